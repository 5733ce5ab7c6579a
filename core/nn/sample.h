#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/tick.h"
#include "core/nn/feature_map.h"
#include "core/nn/network.h"
#include "core/nn/tier.h"
#include "core/nn/tree.h"
#include "core/nn/view.h"

namespace ddnn {

/// Number of one thing within a tick, as its device named it.
using ObjectNumber = std::uint16_t;

/// One thing at one tick across a group's cameras.
struct SampleId {
  Tick tick = 0;
  ObjectNumber object = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm about `= default`
  friend auto operator<=>(const SampleId&, const SampleId&) = default;
};

/// "<tick>-<object>", the `sample` of result topics.
std::string ToString(const SampleId& id);

/// What one device says about one tick: of each view it has the class sums, or
/// where devices offload the view itself.
/// No views at all means "alive, sees nothing". Also what an edge that is not
/// its group's lead says of some of the tick's samples.
struct TickScores {
  struct ViewScores {
    ObjectNumber object = 0;
    Sums sums;             ///< [C]; empty where devices offload
    EncodedView pixels{};  ///< empty unless devices offload
    /// Of an edge: bit i is set if device i's map is in it. Of a device: 0.
    std::uint32_t sources = 0;
  };
  Tick tick = 0;
  std::vector<ViewScores> views;
};

/// One child's feature map of a sample, sent when asked for.
struct SampleMap {
  SampleId sample;
  FeatureMap map;
};

/// What the cloud needs to answer alone: the maps of its node's children, in
/// order; none where the child is absent or missing. Where devices offload, the
/// devices' views instead.
struct CloudAsk {
  SampleId sample;
  std::vector<std::optional<FeatureMap>> children;
  Offload offload = Offload::kNone;  ///< how `views` are encoded
  std::vector<EncodedView> views{};  ///< by device; empty = absent or missing
};

/// The cloud's logits for a sample, [C].
struct CloudAnswer {
  SampleId sample;
  std::vector<float> logits;
};

enum class ResultStatus : std::uint8_t {
  kOk = 0,
  kDegraded = 1,  ///< views are missing: a device did not answer
  kFallback = 2,  ///< a deeper tier was silent; wins over degraded
};
/// "ok", "degraded", "fallback".
std::string_view Name(ResultStatus status);

/// What an exit said on a sample's way.
struct ExitStep {
  Tier tier = Tier::kDevice;
  int label = 0;
  float eta = 0;
  std::optional<double> at_ms{};  ///< of its decision, as SampleTimes
};

/// A latency is told as no more than this, 46 days: a clock was set.
inline constexpr double kMaxLatencyMs = 4e9;

/// When the edge came how far on a sample's way: milliseconds, counted as
/// SampleResult::latency_ms. Nothing = that did not happen, or is not known.
/// What was computed on the way is in the next instant, not in its own.
struct SampleTimes {
  std::optional<double> gathered;  ///< no more scores were awaited
  std::optional<double> asked;     ///< maps were asked for, the first time
  std::optional<double> maps;      ///< no more maps were awaited, some had come
  std::optional<double> offered;   ///< to the cloud, the first time
  std::optional<double> answered;  ///< the cloud's answer came
};

/// The answer for one sample.
struct SampleResult {
  SampleId sample;
  int label = 0;
  Tier exit = Tier::kDevice;  ///< where the class came from
  ResultStatus status = ResultStatus::kOk;
  /// May be a repeat: this lead goes on with a former run and the tick was due
  /// when it opened, or a connection broke before the broker acknowledged it.
  /// Also set on first answers.
  bool again = false;
  float eta = 0;
  std::vector<float> logits;
  std::vector<double> probabilities;
  std::vector<int> views_used;     ///< devices that saw the sample
  std::vector<int> views_missing;  ///< devices that did not answer
  /// Every exit reached; the last one's class counts.
  std::vector<ExitStep> path;
  int content_bytes = 0;  ///< scores and maps, or encoded views, received
  /// From the tick's instant (unpaced: from its first score).
  double latency_ms = 0;
  SampleTimes times{};
};

enum class LossReason : std::uint8_t {
  kLate = 0,      ///< scores came after the tick was decided
  kOverload = 1,  ///< more samples in flight than the edge holds
  kShutdown = 2,  ///< the edge stopped before it could answer
  kSilent = 3,    ///< deeper tiers were silent, and no exit was reached before
};
/// "late", "overload", "shutdown", "silent".
std::string_view Name(LossReason reason);

/// A sample that the edge came to know and could not answer.
struct SampleLoss {
  SampleId sample;
  LossReason reason = LossReason::kLate;
  bool again = false;  ///< as SampleResult: it may have had an event before
};

/// What some devices said of a range of ticks, if anything, was never heard: a
/// sample of these ticks that has no event of its own is lost.
struct TicksUnheard {
  Tick first = 0;
  Tick last = 0;             ///< included; not Before(first)
  std::vector<int> devices;  ///< ascending
};

/// What topic `lost` tells.
using Loss = std::variant<SampleLoss, TicksUnheard>;

}  // namespace ddnn
