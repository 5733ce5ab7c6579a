#include "trainer/experiment/runner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace ddnn {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class JobQueue {
 public:
  JobQueue(std::vector<Job> jobs, int threads, const Stop& stop)
      : jobs_(std::move(jobs)), threads_(threads), stop_(stop) {
    std::ranges::stable_sort(jobs_, std::greater<>(), &Job::estimate_s);
  }

  Status Run(const std::function<void(const JobsState&)>& show) {
    {
      active_ = threads_;
      std::vector<std::jthread> workers;
      for (int i = 0; i < threads_; ++i) {
        workers.emplace_back([this] { Work(); });
      }
      std::unique_lock lock(mutex_);
      while (active_ > 0) {
        const JobsState state = StateNow();
        lock.unlock();
        show(state);
        lock.lock();
        changed_.wait_for(lock, std::chrono::milliseconds(500),
                          [this] { return active_ == 0; });
      }
      show(StateNow());
    }
    if (failure_) return *failure_;
    return Done{};
  }

 private:
  void Work() {
    const Stop stop = [this] { return failed_ || stop_(); };
    while (!stop()) {
      std::size_t index = 0;
      {
        const std::scoped_lock lock(mutex_);
        if (next_ == jobs_.size()) break;
        index = next_++;
        running_[index] = Clock::now();
      }
      const Status status = jobs_[index].work(stop);
      const std::scoped_lock lock(mutex_);
      done_s_ += SecondsSince(running_[index]);
      done_est_s_ += jobs_[index].estimate_s;
      running_.erase(index);
      ++done_;
      if (!status) {
        if (!failure_) failure_ = status.failure();
        failed_ = true;
      }
    }
    const std::scoped_lock lock(mutex_);
    --active_;
    changed_.notify_all();
  }

  /// Precondition: mutex_ is held.
  JobsState StateNow() const {
    double left = 0;
    for (std::size_t i = next_; i < jobs_.size(); ++i) {
      left += jobs_[i].estimate_s;
    }
    JobsState state{done_, static_cast<int>(jobs_.size()), 0, 0, {}};
    std::vector<std::pair<double, double>> running;
    double under_way = 0;
    double all = done_est_s_ + left;
    for (const auto& [index, begun] : running_) {
      const double estimate = jobs_[index].estimate_s;
      running.emplace_back(estimate, SecondsSince(begun));
      under_way += std::min(estimate, running.back().second);
      all += estimate;
      state.running.push_back(jobs_[index].name);
    }
    state.share = all > 0 ? (done_est_s_ + under_way) / all : 1;
    state.seconds_left =
        SecondsLeft(done_s_, done_est_s_, left, running, threads_);
    return state;
  }

  std::vector<Job> jobs_;
  const int threads_;
  const Stop& stop_;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All below: mutex_.
  std::size_t next_ = 0;
  int active_ = 0;
  int done_ = 0;
  double done_s_ = 0;
  double done_est_s_ = 0;
  std::map<std::size_t, Clock::time_point> running_;
  std::optional<Failure> failure_;
};

}  // namespace

double SecondsLeft(double done_s, double done_est_s, double left_est_s,
                   const std::vector<std::pair<double, double>>& running,
                   int threads) {
  const double scale = done_est_s > 0 ? done_s / done_est_s : 1;
  double sum = scale * left_est_s;
  double longest = 0;
  for (const auto& [estimate, so_far] : running) {
    const double left = std::max(0.0, scale * estimate - so_far);
    sum += left;
    longest = std::max(longest, left);
  }
  return std::max(longest, sum / threads);
}

Status RunJobs(std::vector<Job> jobs, int threads,
               const std::function<void(const JobsState&)>& show,
               const Stop& stop) {
  return JobQueue(std::move(jobs), threads, stop).Run(show);
}

}  // namespace ddnn
