#pragma once

#include <chrono>

#include "core/telemetry/registry.h"

namespace ddnn {

/// Observes, in seconds, how long its scope took.
///
/// Reads the machine's steady clock for this alone: nothing that an agent
/// decides may depend on it.
class StageTimer {
 public:
  explicit StageTimer(Histogram stage) : stage_(stage) {}
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;
  ~StageTimer() {
    const std::chrono::duration<double> taken = Clock::now() - start_;
    stage_.Observe(taken.count());
  }

 private:
  using Clock = std::chrono::steady_clock;

  Histogram stage_;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace ddnn
