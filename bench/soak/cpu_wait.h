#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <vector>

#include "bench/soak/site.h"
#include "core/base/clock.h"

namespace ddnn {

/// How long a site's threads had work and no CPU, since other work had it: what
/// a busy machine does to them, in contrast to what they wait for by
/// themselves. From the kernel's own count (schedstat).
/// Thread-safety: none.
class CpuWait {
 public:
  static constexpr milliseconds kLookEvery{100};

  /// Counts from now on.
  explicit CpuWait(const std::vector<Site::Process>& processes)
      : before_(Read(processes)) {}

  /// Call every now and then; looks at most every kLookEvery.
  void Look(const std::vector<Site::Process>& processes, Instant now);

  /// Of the thread that waited longest, all its waits together, at the last
  /// look. Threads that have ended do not count.
  milliseconds Longest() const {
    return longest_.empty() ? milliseconds(0) : longest_.rbegin()->second;
  }
  /// The same at the first look that was not before `until`.
  milliseconds LongestUntil(Instant until) const;

 private:
  using Waits = std::map<pid_t, std::chrono::nanoseconds>;  // by thread
  static Waits Read(const std::vector<Site::Process>& processes);

  const Waits before_;
  std::map<Instant, milliseconds> longest_;  // at each look
};

}  // namespace ddnn
