// Devices are killed in a running system, one by one and in pairs: every answer
// is the one that the evaluator gives to the views that are left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/real_data.h"

namespace ddnn {
namespace {

using nlohmann::json;

std::string WithCommas(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) {
    text += (text.empty() ? "" : ",") + std::to_string(number);
  }
  return text;
}

/// Sample and answer, a line each.
std::vector<std::pair<std::string, std::string>> LinesOf(
    const std::string& csv) {
  std::vector<std::pair<std::string, std::string>> lines;
  std::istringstream in(csv);
  std::string line;
  std::getline(in, line);  // the header
  while (std::getline(in, line)) {
    const std::size_t comma = line.find(',');
    lines.emplace_back(line.substr(0, comma), line.substr(comma + 1));
  }
  return lines;
}

/// Answers by sample; of one that was shown several times, the last.
using Answers = std::map<std::string, std::string>;

Answers AnswersIn(const std::string& csv) {
  Answers answers;
  for (auto& [sample, answer] : LinesOf(csv)) answers[sample] = answer;
  return answers;
}

struct Offline {
  Answers answers;
  json summary;
};

Offline Evaluate(std::vector<std::string> arguments,
                 const std::vector<int>& without) {
  const TempFolder folder;
  arguments.insert(arguments.begin(), "evaluate");
  arguments.insert(arguments.end(),
                   {"--json", (folder / "json").string(), "--predictions",
                    (folder / "csv").string()});
  if (!without.empty()) {
    arguments.insert(arguments.end(), {"--without", WithCommas(without)});
  }
  const Finished finished = RunDdnn(arguments);
  EXPECT_EQ(finished.code, 0) << finished.output;
  return {AnswersIn(Slurp(folder / "csv")),
          json::parse(Slurp(folder / "json"), nullptr, false)};
}

/// The share of right answers, as the summary gives it.
double Overall(const json& summary) {
  return summary["accuracy"]["overall"].get<double>();
}

class AccuracyUnderFaultsTest
    : public testing::TestWithParam<std::vector<int>> {};

TEST_P(AccuracyUnderFaultsTest,
       EveryAnswerIsTheEvaluatorsToTheViewsThatAreLeft) {
  const auto data = RealData();
  if (!data) GTEST_SKIP() << kNoRealData;
  const std::vector<std::string> arguments{
      "--dataset", data->string(),
      "--split",   "time:test",
      "--bundle",  std::string(DDNN_SOURCE_DIR) + "/models/epfl-mvmc-c.ddnn"};
  const Offline before = Evaluate(arguments, {});
  const Offline after = Evaluate(arguments, GetParam());
  // Of the tick in which they die, one may have spoken and the other not.
  std::vector<Offline> meanwhile{before};
  for (const int device : GetParam()) {
    if (GetParam().size() == 1) break;
    meanwhile.push_back(Evaluate(arguments, {device}));
  }

  // Each row many times; the last one is after the kill in any case.
  std::vector<std::string> live_arguments = arguments;
  live_arguments.insert(
      live_arguments.end(),
      {"--samples", std::to_string(10 * before.answers.size()), "--rate",
       "50"});
  RunningDemo demo(live_arguments);
  ASSERT_TRUE(demo.AwaitAnswers());
  for (const int device : GetParam()) {
    ::kill(demo.PidOf("device" + std::to_string(device)), SIGKILL);
  }
  EXPECT_EQ(demo.AwaitEnd(), 1) << demo.output();  // it names the dead
  const json live = json::parse(demo.summary());
  EXPECT_EQ(live["lost"], 0);
  EXPECT_EQ(live["duplicates"], 0);
  const Answers last = AnswersIn(demo.predictions());
  for (const auto& [sample, answer] : after.answers) {
    EXPECT_EQ(last.at(sample), answer) << sample;
  }

  int others = 0;
  for (const auto& [sample, answer] : LinesOf(demo.predictions())) {
    const auto left = after.answers.find(sample);
    if (left != after.answers.end() && left->second == answer) continue;
    ++others;
    EXPECT_TRUE(std::ranges::any_of(meanwhile, [&](const Offline& offline) {
      const auto at = offline.answers.find(sample);
      return at != offline.answers.end() && at->second == answer;
    })) << sample;
  }
  std::cout << "without " << WithCommas(GetParam()) << ": "
            << Overall(after.summary) << " over " << after.answers.size()
            << " of " << before.answers.size() << " samples, live and offline; "
            << others << " answers before the kill\n";
}

INSTANTIATE_TEST_SUITE_P(Devices, AccuracyUnderFaultsTest,
                         testing::Values(std::vector{0}, std::vector{1},
                                         std::vector{2}, std::vector{3},
                                         std::vector{4}, std::vector{5},
                                         std::vector{0, 1}, std::vector{0, 5},
                                         std::vector{1, 3}, std::vector{2, 4},
                                         std::vector{3, 5}),
                         [](const auto& devices) {
                           std::string name = "Without";
                           for (const int device : devices.param)
                             name += std::to_string(device);
                           return name;
                         });

}  // namespace
}  // namespace ddnn
