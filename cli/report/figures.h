#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.h"
#include "cli/summary.h"

namespace ddnn {

/// What a page shows of a run, wherever it comes from. Times are seconds since
/// the run's start unless they say otherwise.
struct RunFigures {
  /// A stretch of time.
  struct Interval {
    PerOutcome<std::int64_t> outcomes{};
    Tally right;  ///< of samples whose class is known

    Interval& operator+=(const Interval& other);
  };
  /// A bar of the latency histogram.
  struct LatencyBar {
    double from_ms = 0;
    double to_ms = 0;
    PerOutcome<std::int64_t> counts{};
  };
  struct Bytes {
    std::string name;
    double per_device_sample = 0;
    bool baseline = false;  ///< what another way of working would take
    std::string meaning;
  };
  enum class Presence { kThere, kCameraDown, kGone };
  struct Stretch {
    double from_s = 0;
    double to_s = 0;
    Presence presence = Presence::kThere;
  };
  struct Agent {
    std::string name;
    std::string tier;
    int device = -1;     ///< index; -1 unless a device
    std::string camera;  ///< of a device, if known
    std::vector<Stretch> stretches;
    /// Of a device, where results tell: samples it saw, did not answer for.
    std::optional<std::int64_t> seen;
    std::optional<std::int64_t> missing;
    Figure payload_bytes;  ///< sent, if known
    Figure mqtt_bytes;

    /// Share of the time since it was first heard of; unknown if never.
    Figure Available() const;
  };

  std::string title;      ///< "site/group"
  std::string source;     ///< where the figures come from, for people
  std::string input;      ///< data set or street, if known
  std::string network;    ///< the bundle's name, if known
  std::string hierarchy;  ///< "a" to "f", if known
  double start_s = 0;     ///< since 1970
  double seconds = 0;     ///< how long
  std::optional<int> devices;
  std::optional<int> expected;  ///< samples that must be answered
  PerExit<Figure> thresholds;

  PerOutcome<std::int64_t> outcomes{};
  std::int64_t degraded = 0;
  std::int64_t repeats = 0;  ///< messages for samples that had ended before
  std::map<std::string, std::int64_t> losses;  ///< by reason
  /// Of which not all that devices said was heard: samples of theirs may be
  /// lost without an event, and are in no figure.
  std::int64_t unheard_ticks = 0;

  Tally right;  ///< of samples whose class is known; lost ones are wrong
  std::vector<std::pair<std::string, Tally>> by_class;  ///< in label order
  /// [class it is][class answered, then lost]; empty if unknown.
  std::vector<std::vector<std::int64_t>> confusion;

  double interval_s = 0;
  std::vector<Interval> intervals;
  std::vector<LatencyBar> latency;     ///< ascending
  PerOutcome<Percentiles> latency_ms;  ///< lost: none
  Percentiles all_latency_ms;
  std::string percentiles;  ///< how exact they are, for people
  std::vector<Bytes> bytes;
  std::vector<Agent> agents;
  std::vector<std::string> notes;  ///< what a reader should know

  std::int64_t samples() const;
  std::int64_t results() const {
    return samples() - At(outcomes, Outcome::kLost);
  }
  /// Adds what must be known of unheard_ticks, if there are any.
  void NoteUnheard();
  /// The bytes of that name; unknown if there are none.
  Figure BytesOf(std::string_view name) const;
};

/// The figures as JSON, for programs; the keys are those of the demo's summary
/// where they mean the same.
std::string ToJson(const RunFigures& run);

}  // namespace ddnn
