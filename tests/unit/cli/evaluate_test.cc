#include "cli/evaluate.h"

#include <gtest/gtest.h>

#include <map>

#include "cli/command.h"
#include "core/fusion/coordinator.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

struct Evaluated {
  explicit Evaluated(float threshold, int edges = 0,
                     const OffloadOption& travel = {}) {
    Bundle bundle = TinyBundle(edges);
    for (Exit& exit : bundle.exits) {
      if (exit.tier != Tier::kCloud) exit.threshold = threshold;
    }
    network = std::make_shared<const Network>(std::move(bundle));
    board = std::make_unique<Scoreboard>(tiny.replay, network->bundle(),
                                         travel.offload);
    EvaluateReplay(
        network, tiny.replay, ValueOrThrow(ReadAllViews(tiny.replay.data())),
        board.get(), [this](int answered) { last_answered = answered; },
        travel);
    summary = board->Summarize();
  }

  TinyReplay tiny;
  std::shared_ptr<const Network> network;
  std::unique_ptr<Scoreboard> board;
  int last_answered = 0;
  Summary summary;
};

TEST(EvaluateTest, EverySampleIsAnswered) {
  const Evaluated evaluated(0.5F);
  EXPECT_EQ(evaluated.summary.results, 4);
  EXPECT_EQ(evaluated.summary.lost, 0);
  EXPECT_EQ(evaluated.summary.duplicates, 0);
  EXPECT_EQ(evaluated.last_answered, 4);
}

TEST(EvaluateTest, ThresholdOneLeavesAllAtTheLocalExit) {
  const Evaluated evaluated(1.0F);
  EXPECT_EQ(evaluated.summary.exit_share[0], 1.0);
  EXPECT_EQ(evaluated.summary.overall, evaluated.summary.accuracy[0]);
}

TEST(EvaluateTest, ThresholdZeroSendsAllToTheCloud) {
  for (const int edges : {0, 1}) {
    const Evaluated evaluated(0.0F, edges);
    EXPECT_EQ(evaluated.summary.exit_share[2], 1.0);
    EXPECT_EQ(evaluated.summary.overall, evaluated.summary.accuracy[2]);
  }
}

TEST(EvaluateTest, AnExitThatTheBundleLacksHasNoAccuracy) {
  EXPECT_EQ(Evaluated(0.5F).summary.accuracy[1], std::nullopt);
  EXPECT_NE(Evaluated(0.5F, 1).summary.accuracy[1], std::nullopt);
}

TEST(EvaluateTest, LocalAnswersCostTwoBytesAClassForEachView) {
  const Evaluated evaluated(1.0F);
  // Sample 11 has two views, the others one; two classes; 2 x 4 device-samples.
  EXPECT_EQ(evaluated.summary.content_bytes, (2 + 1 + 1 + 1) * 4 / 8.0);
}

TEST(EvaluateTest, RawOffloadAnswersAsIfEverySampleWentToTheCloud) {
  for (const int edges : {0, 1}) {
    const Evaluated offloaded(1.0F, edges, {.offload = Offload::kRaw});
    const Evaluated all_to_the_cloud(0.0F, edges);
    EXPECT_EQ(offloaded.board->PredictionsCsv(),
              all_to_the_cloud.board->PredictionsCsv());
  }
}

TEST(EvaluateTest, OffloadBytesAreThoseOfTheEncodedViews) {
  const Evaluated raw(1.0F, 0, {.offload = Offload::kRaw});
  EXPECT_EQ(raw.summary.content_bytes, 5 * 3072 / 8.0);
  EXPECT_EQ(raw.summary.formula_bytes, std::nullopt);
  const Evaluated jpeg(1.0F, 0, {.offload = Offload::kJpeg});
  EXPECT_EQ(jpeg.summary.content_bytes,
            JpegBytesPerDeviceSample(
                jpeg.tiny.replay,
                ValueOrThrow(ReadAllViews(jpeg.tiny.replay.data()))));
}

TEST(EvaluateTest, AnOffloadHasNoExitButTheClouds) {
  const Evaluated raw(1.0F, 1, {.offload = Offload::kRaw});
  EXPECT_EQ(raw.summary.exit_share[2], 1.0);
  EXPECT_EQ(raw.summary.accuracy[0], std::nullopt);
  EXPECT_EQ(raw.summary.accuracy[1], std::nullopt);
  EXPECT_EQ(raw.summary.overall, raw.summary.accuracy[2]);
}

TEST(SetThresholdTest, ChangesTheNamedExit) {
  Bundle bundle = TinyBundle(1);
  SetThreshold("edge=0.125", &bundle);
  EXPECT_EQ(bundle.ExitOf(Tier::kEdge)->threshold, 0.125F);
}

TEST(SetThresholdTest, RefusesWhatIsNoThreshold) {
  Bundle bundle = TinyBundle();
  for (const char* text :
       {"", "local", "local=", "local=x", "local=0.5x", "local=1.5",
        "local=-0.1", "local=nan", "edge=0.5", "=0.5"}) {
    EXPECT_THROW(SetThreshold(text, &bundle), CommandError) << text;
  }
}

}  // namespace
}  // namespace ddnn
