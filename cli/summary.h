#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/nn/tier.h"

namespace ddnn {

/// A number that may be unknown; JSON says null.
using Figure = std::optional<double>;

/// Right answers out of how many.
struct Tally {
  int correct = 0;
  int total = 0;

  /// Share of right answers; unknown if there is none to judge.
  Figure accuracy() const {
    if (total == 0) return std::nullopt;
    return static_cast<double>(correct) / total;
  }
};

/// Mean accuracy of cars and people; of all classes where a data set knows
/// neither word. Unknown if one of them has nothing to judge.
Figure BalancedAccuracy(
    const std::vector<std::pair<std::string, Tally>>& by_class);

/// The classes that BalancedAccuracy() means, for people: " (car, person)";
/// nothing where it means all.
std::string BalancedOver(
    const std::vector<std::pair<std::string, Tally>>& by_class);

/// The least of some values that at least this share of them does not exceed.
/// \param sorted  ascending, not empty.
/// \param share   above 0, at most 1.
double NearestRank(const std::vector<double>& sorted, double share);

struct Percentiles {
  Figure p50;
  Figure p95;
  Figure p99;
};
/// Nearest-rank percentiles of any values; unknown if there are none.
Percentiles PercentilesOf(std::vector<double> values);

/// How well a network answered a data set, and what it cost. `ddnn demo` and
/// `ddnn evaluate` both end in one, so that they can be compared key by key.
struct Summary {
  int samples = 0;  ///< with a view; every other figure is over these
  int results = 0;
  int lost = 0;
  int duplicates = 0;
  int blind = 0;  ///< rows of what ran that no camera saw; not in `samples`

  /// If every sample left at this exit; unknown where not all got there.
  PerExit<Figure> accuracy;
  Figure overall;   ///< of the answers as given
  Figure balanced;  ///< mean over the classes car and person (else over all)
  std::vector<std::pair<std::string, Tally>> by_class;   ///< in label order
  std::vector<std::pair<std::string, Tally>> by_source;  ///< by name

  PerExit<Figure> exit_share;  ///< over results; with `fallback` they sum to 1
  Figure fallback_share;       ///< status=fallback counts here alone

  // All per device-sample (devices x samples), see docs/wire_format.md.
  Figure formula_bytes;  ///< 4|C| + (1 - l) f o / 8
  Figure content_bytes;  ///< scores and maps of present views
  Figure payload_bytes;  ///< PUBLISH payloads, device -> edge
  Figure mqtt_bytes;     ///< whole packets, device -> edge
  /// What the devices' (the cloud's) network interface sent and received.
  Figure interface_bytes;
  Figure cloud_interface_bytes;

  PerExit<Percentiles> latency_ms;  ///< by exit, without fallbacks
};

/// The documented JSON object, indented, with a newline at its end.
std::string ToJson(const Summary& summary);

/// The same for people: a few aligned lines.
/// \param jpeg_bytes  of a view as JPEG, per device-sample, for comparison.
std::string ToTable(const Summary& summary, Figure jpeg_bytes);

}  // namespace ddnn
