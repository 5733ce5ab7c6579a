#include "cli/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command.h"
#include "core/offload/jpeg.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

std::vector<int> IdsOf(const Replay& replay) {
  std::vector<int> ids;
  for (std::size_t i = 0; i < replay.expected().size(); ++i) {
    ids.push_back(replay.RowOf(i).id);
  }
  return ids;
}

ExitCode CodeOf(const Bundle& bundle, const std::filesystem::path& dataset,
                const std::string& split) {
  try {
    const Replay replay(bundle, ReadReplayRows(dataset, split), 0);
  } catch (const CommandError& e) {
    return e.code();
  }
  return kExitOk;
}

TEST(ReplayTest, SamplesComeInOrderOfFrame) {
  const TinyReplay tiny;
  EXPECT_EQ(IdsOf(tiny.replay), (std::vector<int>{11, 14, 10, 12}));
  EXPECT_EQ(tiny.replay.tick_count(), 2U);
}

TEST(ReplayTest, FewerSamplesCutTheReplayWithinATick) {
  const TinyReplay tiny(3);
  EXPECT_EQ(IdsOf(tiny.replay), (std::vector<int>{11, 14, 10}));
  EXPECT_EQ(tiny.replay.tick_count(), 2U);
}

TEST(ReplayTest, MoreSamplesRepeatTheReplay) {
  const TinyReplay tiny(5);
  EXPECT_EQ(IdsOf(tiny.replay), (std::vector<int>{11, 14, 10, 12, 11}));
  EXPECT_EQ(tiny.replay.tick_count(), 3U);
  EXPECT_EQ(tiny.replay.expected().back().offset, 2U);
}

TEST(ReplayTest, FindKnowsTicksAndObjects) {
  const TinyReplay tiny;
  EXPECT_EQ(tiny.replay.Find(1, 0), 2U);
  EXPECT_EQ(tiny.replay.Find(0, 2), std::nullopt);
  EXPECT_EQ(tiny.replay.Find(2, 0), std::nullopt);
}

TEST(ReplayTest, RowsThatNobodySeesAreBlindButKeepTheirTick) {
  TinyDataSet data;
  data.Edit("splits.csv", "13,train", "13,test");
  const Replay replay(TinyBundle(), ReadReplayRows(data.root(), "time:test"),
                      0);
  EXPECT_EQ(replay.blind(), 1);
  EXPECT_EQ(replay.expected().size(), 4U);
  EXPECT_EQ(replay.tick_count(), 3U);
}

TEST(ReplayTest, CamerasOutsideTheBundleDoNotSee) {
  Bundle bundle = MakeTestBundle({.devices = 1, .classes = 2});
  bundle.classes = {"car", "person"};
  const TinyDataSet data;
  const Replay replay(bundle, ReadReplayRows(data.root(), "time:test"), 0);
  EXPECT_EQ(replay.blind(), 2);
  EXPECT_EQ(IdsOf(replay), (std::vector<int>{11, 10}));
}

TEST(ReplayTest, SeesTellsCamerasApart) {
  const TinyReplay tiny;
  EXPECT_TRUE(tiny.replay.Sees(0, 0));
  EXPECT_FALSE(tiny.replay.Sees(0, 1));
  EXPECT_TRUE(tiny.replay.Sees(1, 1));
}

TEST(ReplayTest, OtherClassesAreRefusedByName) {
  Bundle bundle = TinyBundle();
  bundle.classes = {"car", "bus"};
  const TinyDataSet data;
  try {
    const Replay replay(bundle, ReadReplayRows(data.root(), "time:test"), 0);
    FAIL();
  } catch (const CommandError& e) {
    EXPECT_EQ(e.code(), kExitData);
    EXPECT_THAT(e.what(), HasSubstr("car, bus"));
    EXPECT_THAT(e.what(), HasSubstr("car, person"));
  }
}

TEST(ReplayTest, UnknownCamerasAreRefused) {
  Bundle bundle = TinyBundle();
  bundle.nodes[1].camera = "cam9";
  const TinyDataSet data;
  EXPECT_EQ(CodeOf(bundle, data.root(), "time:test"), kExitData);
}

TEST(ReplayTest, BadSplitsAndFoldersAreRefused) {
  const TinyDataSet data;
  EXPECT_EQ(CodeOf(TinyBundle(), data.root(), "time"), kExitUsage);
  EXPECT_EQ(CodeOf(TinyBundle(), data.root(), "time:dusk"), kExitData);
  EXPECT_EQ(CodeOf(TinyBundle(), data.root() / "no", "time:test"), kExitData);
}

TEST(ReplayTest, ASplitThatNobodySeesIsRefused) {
  TinyDataSet data;
  data.Edit("splits.csv", "13,train", "13,dusk");
  EXPECT_EQ(CodeOf(TinyBundle(), data.root(), "time:dusk"), kExitData);
}

TEST(ReplayTest, JpegBytesAreSpreadOverAllDeviceSamples) {
  const TinyReplay tiny;
  const SampleViews views = ValueOrThrow(ReadAllViews(tiny.replay.data()));
  SampleViews one_view(4, std::vector<std::optional<View>>(2));
  one_view[0][0] = views[0][0];
  ASSERT_TRUE(one_view[0][0].has_value());
  const auto bytes = static_cast<double>(EncodeJpeg(*views[0][0], 90).size());
  EXPECT_DOUBLE_EQ(JpegBytesPerDeviceSample(tiny.replay, one_view), bytes / 8);
}

}  // namespace
}  // namespace ddnn
