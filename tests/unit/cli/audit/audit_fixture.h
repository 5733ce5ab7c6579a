#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "cli/audit/audit.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {

inline constexpr std::uint32_t kTag = 77;
/// The schedule's first tick falls due then; an auditor has been there for
/// long.
inline const Instant kStart{std::chrono::seconds(1'700'000'000)};

/// Ten ticks a second; the instant of what is heard counts from kStart.
class AuditTest : public ::testing::Test {
 protected:
  explicit AuditTest(Tick first_tick = 1000) : first_(first_tick) {
    audit_.OnConnected(kStart - std::chrono::seconds(60));
    Begin(first_);
  }

  void Begin(Tick first, int ms = 0) {
    GroupConfig config;
    config.bundle_tag = kTag;
    config.devices = 3;
    config.classes = {"car", "person"};
    config.schedule = {kStart + milliseconds(ms), 10, first};
    Hear(config, ms);
  }
  void Hear(const HeardEvent& event, int ms) {
    audit_.OnHeard(event, kStart + milliseconds(ms));
  }
  /// Of object 0 of the first tick but `offset`.
  SampleId Sample(int offset = 0, ObjectNumber object = 0) const {
    return {first_ + static_cast<Tick>(offset), object};
  }
  void Mention(const SampleId& sample, int ms, int device = 0) {
    Hear(HeardScores{device, {kTag, {sample.tick}, {sample}}}, ms);
  }
  void Answer(const SampleId& sample, int ms, bool again = false,
              int label = 1) {
    SampleResult result = Repeat(sample, label);
    result.again = again;
    Hear(result, ms);
  }
  /// An answer, flagged `again`.
  static SampleResult Repeat(const SampleId& sample, int label = 1) {
    SampleResult result = ResultOf(sample.tick, sample.object, label);
    result.again = true;
    return result;
  }
  void Lose(const SampleId& sample, int ms) {
    Hear(SampleLoss{sample, LossReason::kSilent}, ms);
  }
  void Unhear(int first, int last, std::vector<int> devices, int ms) {
    Hear(TicksUnheard{Sample(first).tick, Sample(last).tick, devices}, ms);
  }
  /// The watermark passes a tick.
  void Decide(int offset, int ms) {
    Hear(HeardWatermark{Sample(offset).tick}, ms);
  }
  void PassTime(int ms) { audit_.OnTime(kStart + milliseconds(ms)); }
  const AuditFigures& Finish(int ms = 60'000) {
    audit_.Finish(kStart + milliseconds(ms));
    return audit_.figures();
  }
  const AuditFigures& figures() const { return audit_.figures(); }

  const Tick first_;
  Audit audit_;
};

}  // namespace ddnn
