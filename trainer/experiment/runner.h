#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace ddnn {

using Stop = std::function<bool()>;

/// A piece of work that takes seconds to minutes.
struct Job {
  std::string name;
  double estimate_s = 0;  ///< on a core of its own
  std::function<Status(const Stop&)> work;
};

/// Where the work is.
struct JobsState {
  int done = 0;
  int total = 0;
  double share = 0;         ///< of the work that is done, by the estimates
  double seconds_left = 0;  ///< by the estimates, corrected by what is done
  std::vector<std::string> running;
};

/// What is left, by the clock.
/// \param done_s      seconds that the finished jobs took.
/// \param done_est_s  seconds that they were estimated at.
/// \param left_est_s  estimates of jobs not begun.
/// \param running     of each running job, estimate and seconds so far.
double SecondsLeft(double done_s, double done_est_s, double left_est_s,
                   const std::vector<std::pair<double, double>>& running,
                   int threads);

/// Works through jobs, the longest first, on some threads.
///
/// The first failure stops the rest: it is the one returned.
/// \param show  called in the calling thread, about twice a second.
/// \param stop  asked often; once true no job is begun, and those that run are
///     told through their argument. Returns when they have ended.
Status RunJobs(std::vector<Job> jobs, int threads,
               const std::function<void(const JobsState&)>& show,
               const Stop& stop);

}  // namespace ddnn
