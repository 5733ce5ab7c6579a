#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/evaluate.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/real_data.h"

namespace ddnn {
namespace {

using nlohmann::json;

/// What `ddnn evaluate` says to the same arguments.
struct Offline {
  explicit Offline(std::vector<std::string> arguments) {
    const TempFolder folder;
    arguments.insert(arguments.begin(), "evaluate");
    arguments.insert(arguments.end(),
                     {"--json", (folder / "json").string(), "--predictions",
                      (folder / "csv").string()});
    const Finished finished = RunDdnn(arguments);
    EXPECT_EQ(finished.code, 0) << finished.output;
    summary = json::parse(Slurp(folder / "json"), nullptr, false);
    predictions = Slurp(folder / "csv");
  }

  json summary;
  std::string predictions;
};

/// A demo answers every sample as the evaluator does, and counts alike.
void ExpectEqual(const std::vector<std::string>& arguments) {
  const Offline offline(arguments);
  RunningDemo demo(arguments);
  ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
  EXPECT_EQ(demo.predictions(), offline.predictions);

  const json live = json::parse(demo.summary());
  EXPECT_EQ(live["lost"], 0);
  EXPECT_EQ(live["duplicates"], 0);
  for (const char* key :
       {"samples", "results", "blind", "by_class", "by_source", "exit_share",
        "formula_bytes", "content_bytes"}) {
    EXPECT_EQ(live[key], offline.summary[key]) << key;
  }
  EXPECT_EQ(live["accuracy"]["overall"],
            offline.summary["accuracy"]["overall"]);
  EXPECT_EQ(live["accuracy"]["local"], offline.summary["accuracy"]["local"]);
  EXPECT_GE(live["payload_bytes"], live["content_bytes"]);
  EXPECT_GT(live["mqtt_bytes"], live["payload_bytes"]);
  EXPECT_TRUE(offline.summary["mqtt_bytes"].is_null());
}

TEST(DemoEqualityTest, TinyDataThroughHierarchyC) {
  const TinyWorld world(0);
  ExpectEqual(world.Arguments());
}

TEST(DemoEqualityTest, TinyDataThroughHierarchyE) {
  const TinyWorld world(1);
  ExpectEqual(world.Arguments());
}

TEST(DemoEqualityTest, TinyDataThroughHierarchyF) {
  const TinyWorld world(2);
  ExpectEqual(world.Arguments());
}

TEST(DemoEqualityTest, TinyDataOffloaded) {
  const TinyWorld world;
  for (const std::string offload : {"raw", "jpeg:80"}) {
    auto arguments = world.Arguments();
    arguments.insert(arguments.end(), {"--offload", offload});
    ExpectEqual(arguments);
  }
}

TEST(DemoEqualityTest, PreloadedViewsAreTheSameViews) {
  const TinyWorld world;
  const Offline offline(world.Arguments());
  auto arguments = world.Arguments();
  arguments.push_back("--preload");
  RunningDemo demo(arguments);
  ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
  EXPECT_EQ(demo.predictions(), offline.predictions);
}

TEST(DemoEqualityTest, ARepeatedReplayAnswersEachSampleAlike) {
  const TinyWorld world;
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(), {"--samples", "402"});
  RunningDemo demo(arguments);
  ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
  const std::string once = Offline(world.Arguments()).predictions;
  const auto header = once.find('\n') + 1;
  std::string repeated = once;
  for (int i = 1; i < 100; ++i) repeated += once.substr(header);
  const std::string all = demo.predictions();
  EXPECT_EQ(all.substr(0, repeated.size()), repeated);
  EXPECT_EQ(json::parse(demo.summary())["results"], 402);
}

TEST(DemoEqualityTest, APacedReplayAnswersAlike) {
  const TinyWorld world;
  const Offline offline(world.Arguments());
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(), {"--rate", "20"});
  RunningDemo demo(arguments);
  ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
  EXPECT_EQ(demo.predictions(), offline.predictions);
}

/// The shipped networks on the real data set.
class ShippedTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    data_ = RealData();
    if (!data_) GTEST_SKIP() << kNoRealData;
  }
  std::filesystem::path ShippedBundle() const {
    return SourceFolder() /
           (std::string("models/epfl-mvmc-") + GetParam() + ".ddnn");
  }
  std::vector<std::string> Arguments(
      const std::filesystem::path& bundle) const {
    return {"--dataset", data_->string(), "--split",
            "time:test", "--bundle",      bundle.string()};
  }

  std::optional<std::filesystem::path> data_;
};

TEST_P(ShippedTest, EverySampleOfTheTestSplitIsAnsweredAsOffline) {
  ExpectEqual(Arguments(ShippedBundle()));
}

TEST_P(ShippedTest, AlsoWhenManySamplesTravelOn) {
  Bundle bundle = ReadBundle(ShippedBundle()).value();
  for (Exit& exit : bundle.exits) {
    if (exit.tier != Tier::kCloud) exit.threshold *= 0.6F;
  }
  const TempFolder folder;
  ASSERT_TRUE(WriteBundle(bundle, folder / "unsure.ddnn").ok());
  ExpectEqual(Arguments(folder / "unsure.ddnn"));
}

TEST_P(ShippedTest, IsTheDefaultForItsHierarchy) {
  RunningDemo demo({"--dataset", data_->string(), "--split", "time:test",
                    "--samples", "5", "--hierarchy", GetParam()});
  ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
  EXPECT_NE(demo.output().find(std::string("epfl-mvmc-") + GetParam()),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Hierarchy, ShippedTest,
                         ::testing::Values("b", "c", "d", "e", "f"),
                         [](const auto& test) { return test.param; });

/// The demo on the street answers as its export does offline.
class StreetDemoTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempFolder>();
    const Finished finished =
        RunDdnn({"street", "--seed", "2", "--ticks", "40", "--out", Street()});
    ASSERT_EQ(finished.code, 0) << finished.output;
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string Street() { return (*folder_ / "street").string(); }

  /// \param bundle  the shipped one that the demo is expected to take.
  static void ExpectEqual(const std::string& bundle,
                          const std::vector<std::string>& of_demo,
                          std::vector<std::string> of_evaluate = {}) {
    of_evaluate.insert(
        of_evaluate.end(),
        {"--dataset", Street(), "--bundle",
         (SourceFolder() / "models" / (bundle + ".ddnn")).string()});
    const Offline offline(of_evaluate);
    std::vector<std::string> arguments{"--samples", "36", "--rate", "0"};
    arguments.insert(arguments.end(), of_demo.begin(), of_demo.end());
    RunningDemo demo(arguments);
    ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
    EXPECT_NE(demo.output().find(bundle), std::string::npos) << demo.output();
    EXPECT_GT(std::ranges::count(demo.predictions(), '\n'), 15);
    EXPECT_TRUE(offline.predictions.starts_with(demo.predictions()))
        << offline.predictions << "\n"
        << demo.predictions();
  }

 private:
  static inline std::unique_ptr<TempFolder> folder_;
};

TEST_F(StreetDemoTest, WithoutArgumentsHierarchyEIsShown) {
  ExpectEqual("street-e", {});
}

TEST_F(StreetDemoTest, OffloadedPixelsAreAnsweredByTheCloud) {
  ExpectEqual("street-c", {"--hierarchy", "a"}, {"--offload", "raw"});
  ExpectEqual("street-c", {"--offload", "jpeg:75"}, {"--offload", "jpeg:75"});
}

TEST_F(StreetDemoTest, EachOtherHierarchyHasANetworkOfItsOwn) {
  for (const std::string letter : {"b", "c", "d", "f"}) {
    ExpectEqual("street-" + letter, {"--hierarchy", letter});
  }
}

}  // namespace
}  // namespace ddnn
