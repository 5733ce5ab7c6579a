#pragma once

#include <sys/types.h>

#include <vector>

namespace ddnn {

/// What a process has used so far.
struct Usage {
  double cpu_s = 0;  ///< user and system
  double rss_mib = 0;
};

/// \return zeros if there is no such process.
Usage UsageOf(pid_t pid);

/// What the processes of one kind use.
struct Load {
  int processes = 0;
  double cpu_percent = 0;      ///< of one core, all together
  double cpu_percent_max = 0;  ///< the busiest process
  double rss_mib = 0;          ///< all together; shared pages count for each
  double rss_mib_max = 0;      ///< the largest process
};

/// \param begin, end  of the same processes, in the same order.
/// \param seconds     between the two; > 0.
Load LoadBetween(const std::vector<Usage>& begin, const std::vector<Usage>& end,
                 double seconds);

}  // namespace ddnn
