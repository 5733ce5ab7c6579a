#include "trainer/experiment/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

namespace ddnn {
namespace {

bool Never() { return false; }
void Silent(const JobsState& /*state*/) {}

Job Counting(std::atomic<int>* count) {
  return {"job", 1, [count](const Stop& /*stop*/) -> Status {
            ++*count;
            return Done{};
          }};
}

TEST(RunJobsTest, EachJobRunsOnce) {
  std::atomic<int> count = 0;
  const std::vector<Job> jobs(20, Counting(&count));
  EXPECT_TRUE(RunJobs(jobs, 3, Silent, Never).ok());
  EXPECT_EQ(count, 20);
}

TEST(RunJobsTest, LongestJobsComeFirst) {
  std::vector<std::string> order;
  std::vector<Job> jobs;
  for (const auto& [name, seconds] :
       {std::pair{"short", 1.0}, {"long", 9.0}, {"middle", 5.0}}) {
    jobs.push_back(
        {name, seconds, [&order, name](const Stop& /*stop*/) -> Status {
           order.emplace_back(name);
           return Done{};
         }});
  }
  EXPECT_TRUE(RunJobs(jobs, 1, Silent, Never).ok());
  EXPECT_THAT(order, testing::ElementsAre("long", "middle", "short"));
}

TEST(RunJobsTest, FirstFailureStopsTheRestAndIsReturned) {
  std::atomic<int> count = 0;
  std::vector<Job> jobs(10, Counting(&count));
  jobs[0].estimate_s = 9;
  jobs[0].work = [](const Stop& /*stop*/) -> Status {
    return Failure{Error::kMalformed, "broke"};
  };
  const auto status = RunJobs(jobs, 1, Silent, Never);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.message(), "broke");
  EXPECT_EQ(count, 0);
}

TEST(RunJobsTest, StopReachesRunningJobsAndBeginsNoOther) {
  std::atomic<bool> stopped = false;
  std::atomic<int> begun = 0;
  const Job job{"job", 1, [&](const Stop& stop) -> Status {
                  ++begun;
                  stopped = true;
                  EXPECT_TRUE(stop());
                  return Done{};
                }};
  EXPECT_TRUE(
      RunJobs({job, job, job}, 1, Silent, [&] { return stopped.load(); }).ok());
  EXPECT_EQ(begun, 1);
}

TEST(RunJobsTest, LastStateIsComplete) {
  std::atomic<int> count = 0;
  JobsState last;
  EXPECT_TRUE(RunJobs(
                  std::vector<Job>(3, Counting(&count)), 2,
                  [&last](const JobsState& state) { last = state; }, Never)
                  .ok());
  EXPECT_EQ(last.done, 3);
  EXPECT_EQ(last.total, 3);
  EXPECT_DOUBLE_EQ(last.share, 1);
  EXPECT_DOUBLE_EQ(last.seconds_left, 0);
}

TEST(RunJobsTest, NothingToDoEndsAtOnce) {
  EXPECT_TRUE(RunJobs({}, 2, Silent, Never).ok());
}

TEST(SecondsLeftTest, TrustsEstimatesBeforeTheFirstIsDone) {
  EXPECT_DOUBLE_EQ(SecondsLeft(0, 0, 30, {{10, 4}}, 2), 18);
}

TEST(SecondsLeftTest, IsCorrectedByWhatIsDone) {
  // Estimated 10, took 20: everything takes twice as long.
  EXPECT_DOUBLE_EQ(SecondsLeft(20, 10, 30, {}, 2), 30);
}

TEST(SecondsLeftTest, IsAtLeastTheLongestRunningJob) {
  EXPECT_DOUBLE_EQ(SecondsLeft(0, 0, 0, {{10, 1}, {3, 3}}, 4), 9);
}

}  // namespace
}  // namespace ddnn
