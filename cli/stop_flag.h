#pragma once

#include <atomic>
#include <thread>

#include "core/base/program.h"

namespace ddnn {

/// A flag that SIGINT, SIGTERM and SIGHUP raise. A closed pipe at standard
/// output ends nothing any more.
///
/// Construct it first, before any thread starts: it blocks the signals.
/// Thread-safety: raised() from any thread.
class StopFlag {
 public:
  StopFlag();
  ~StopFlag() { signal_.Notify(); }
  StopFlag(const StopFlag&) = delete;
  StopFlag& operator=(const StopFlag&) = delete;

  bool raised() const { return raised_; }

 private:
  StopSignal signal_;  // before the thread, which must inherit its mask
  std::atomic<bool> raised_ = false;
  std::jthread waiter_;
};

}  // namespace ddnn
