#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/tick.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"

namespace ddnn {

/// What the broker retains of the group's run, `config` and `decided`, whoever
/// leads: another edge, this one before its end, or this one now, whose words
/// come back. Who leads the group next goes on with it, so that devices keep
/// their ticks and offer again what is not decided.
/// Thread-safety: none.
class RetainedRun {
 public:
  struct Run {
    TickSchedule schedule;
    Tick decided = 0;  ///< ticks up to this one are
    friend bool operator==(const Run&, const Run&) = default;
  };

  /// \param codec  borrowed; outlives this.
  RetainedRun(const Bundle& bundle, double ticks_per_s, const Codec* codec)
      : tag_(bundle.tag), ticks_per_s_(ticks_per_s), codec_(*codec) {}

  /// \return Done, also of what was deleted; else why it means nothing.
  Status OnConfig(std::string_view payload);
  Status OnDecided(std::string_view payload);
  /// What a file kept stands in where the broker has forgotten.
  void OnKept(const Run& run) { kept_ = run; }

  /// The run to go on with: of this network, at this pace, not of the future
  /// and not worn out; the watermark that is furthest on. Nothing if that is
  /// more than kLargestSetBack ahead of what is due: the clock was set back, or
  /// the watermark is nobody's; ticks that are due were answered already.
  std::optional<Run> Resumable(Instant now) const;

  /// The watermark that the broker has told last.
  std::optional<Tick> heard_decided() const { return decided_; }

  /// A tick that no former run has used, nor any after it; nothing if none is
  /// known.
  std::optional<Tick> FirstUnused() const;

 private:
  bool Fits(const TickSchedule& schedule, Instant now) const;

  const std::uint32_t tag_;
  const double ticks_per_s_;
  const Codec& codec_;
  std::optional<GroupConfig> config_;
  std::optional<Tick> decided_;
  std::optional<Run> kept_;
};

}  // namespace ddnn
