#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "core/wire/wire.h"
#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

using testing::ElementsAre;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A codec of the default test bundle, and one of a stranger: a bundle of
/// other classes and filters that claims the same tag.
class CodecTest : public testing::Test {
 protected:
  void SetUp() override { stranger_.tag = bundle_.tag; }

  template <typename T>
  static Error ErrorOf(const Result<T>& result) {
    return result ? Error::kRefused : result.error();
  }
  Error ScoresError(const std::string& bytes, int device = 0) const {
    return ErrorOf(codec_.DecodeScores(bytes, device));
  }
  Error ScoresError(const ScoreMessage& message) const {
    return ScoresError(codec_.Encode(message));
  }
  Error ResultError(const SampleResult& result) const {
    return ErrorOf(codec_.DecodeResult(codec_.Encode(result)));
  }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
  Bundle stranger_ = MakeTestBundle({.classes = 4, .filters = 2});
  const Codec stranger_codec_{stranger_};
};

// ---- scores -----------------------------------------------------------------

using ScoreCodecTest = CodecTest;

TEST_F(ScoreCodecTest, EveryFieldTravels) {
  const auto read = codec_.DecodeScores(codec_.Encode(ExampleBatch()), 5);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sequence, 8U);
  ASSERT_EQ(read->ticks.size(), 3U);
  EXPECT_EQ(read->ticks[0].tick, 1000U);
  EXPECT_EQ(read->ticks[0].views.size(), 1U);
  EXPECT_EQ(read->ticks[1].tick, 1001U);
  EXPECT_TRUE(read->ticks[1].views.empty());
  EXPECT_EQ(read->ticks[2].tick, 1002U);
  ASSERT_EQ(read->ticks[2].views.size(), 2U);
  EXPECT_EQ(read->ticks[2].views[1].object, 1);
  EXPECT_THAT(read->ticks[2].views[1].sums, ElementsAre(257, -16, -1020));
}

TEST_F(ScoreCodecTest, LargestNumbersTravel) {
  const ScoreMessage message{
      .sequence = 0xFFFF'FFFF,
      .ticks = {{.tick = 0xFFFF'FFFF,
                 .views = {{.object = 0xFFFF, .sums = {1024, -1024, 0}}}}}};
  const auto read = codec_.DecodeScores(codec_.Encode(message), 0);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sequence, 0xFFFF'FFFF);
  EXPECT_EQ(read->ticks[0].tick, 0xFFFF'FFFF);
  EXPECT_EQ(read->ticks[0].views[0].object, 0xFFFF);
  EXPECT_THAT(read->ticks[0].views[0].sums, ElementsAre(1024, -1024, 0));
}

TEST_F(ScoreCodecTest, BatchMayCrossTheLastTick) {
  const ScoreMessage message{.ticks = {{0xFFFF'FFFF, {}}, {0, {}}}};
  EXPECT_TRUE(codec_.DecodeScores(codec_.Encode(message), 0).ok());
}

TEST_F(ScoreCodecTest, UnknownDeviceIsNamed) {
  const std::string bytes = codec_.Encode(ExampleScores(1));
  EXPECT_EQ(ScoresError(bytes, 6), Error::kUnknownDevice);
  EXPECT_EQ(ScoresError(bytes, -1), Error::kUnknownDevice);
}

TEST_F(ScoreCodecTest, SumsOfOtherClassCountAreBadShape) {
  const ScoreMessage message{
      .ticks = {{.tick = 1, .views = {{.object = 0, .sums = {1, 2, 3, 4}}}}}};
  EXPECT_EQ(ScoresError(stranger_codec_.Encode(message)), Error::kBadShape);
}

TEST_F(ScoreCodecTest, SumBeyondTheHeadsInputsIsOutOfRange) {
  for (const int sum : {1025, -1025, 32767, -32768}) {
    ScoreMessage message = ExampleScores(1);
    message.ticks[0].views[0].sums[2] = sum;
    EXPECT_EQ(ScoresError(message), Error::kOutOfRange) << sum;
  }
}

TEST_F(ScoreCodecTest, ObjectTwiceInATickIsBadShape) {
  ScoreMessage message = ExampleScores(2);
  message.ticks[0].views[1].object = message.ticks[0].views[0].object;
  EXPECT_EQ(ScoresError(message), Error::kBadShape);
}

TEST_F(ScoreCodecTest, MoreObjectsThanATickHoldsAreOversized) {
  const int limit = static_cast<int>(kMaxObjectsPerTick);
  ScoreMessage message{.ticks = {{.tick = 1, .views = {}}}};
  for (int i = 0; i <= limit; ++i) {
    message.ticks[0].views.push_back({static_cast<ObjectNumber>(i), {0, 0, 0}});
  }
  EXPECT_EQ(ScoresError(message), Error::kOversized);
  message.ticks[0].views.pop_back();
  EXPECT_TRUE(codec_.DecodeScores(codec_.Encode(message), 0).ok());
}

TEST_F(ScoreCodecTest, MoreTicksThanABatchHoldsAreOversized) {
  ScoreMessage message;
  for (Tick tick = 0; tick <= kMaxTicksPerMessage; ++tick) {
    message.ticks.push_back({.tick = tick, .views = {}});
  }
  EXPECT_EQ(ScoresError(message), Error::kOversized);
  message.ticks.pop_back();
  EXPECT_TRUE(codec_.DecodeScores(codec_.Encode(message), 0).ok());
}

TEST_F(ScoreCodecTest, TickTwiceOrBackwardsIsOutOfRange) {
  for (const Tick second : {Tick{1000}, Tick{999}}) {
    ScoreMessage message = ExampleBatch();
    message.ticks[1].tick = second;
    EXPECT_EQ(ScoresError(message), Error::kOutOfRange);
  }
}

/// The batch vector of ExampleBatch(): three pairs of tick and views.
constexpr std::size_t kBatchAt = 48;

TEST_F(ScoreCodecTest, BatchThatCountsOtherViewsIsBadShape) {
  for (const std::uint32_t views : {0U, 2U, 0xFFFF'FFFFU}) {
    std::string bytes = codec_.Encode(ExampleBatch());
    std::memcpy(bytes.data() + kBatchAt + 4, &views, 4);
    EXPECT_EQ(ScoresError(bytes), Error::kBadShape) << views;
  }
}

TEST_F(ScoreCodecTest, BatchThatStartsElsewhereIsBadShape) {
  std::string bytes = codec_.Encode(ExampleBatch());
  const Tick tick = 998;
  std::memcpy(bytes.data() + kBatchAt, &tick, 4);
  EXPECT_EQ(ScoresError(bytes), Error::kBadShape);
}

TEST_F(ScoreCodecTest, EmptyBatchIsBadShape) {
  std::string bytes = codec_.Encode(ExampleBatch());
  std::memset(bytes.data() + kBatchAt - 4, 0, 4);
  EXPECT_EQ(ScoresError(bytes), Error::kBadShape);
}

// ---- requests and maps ------------------------------------------------------

using MapCodecTest = CodecTest;

TEST_F(MapCodecTest, RequestTravels) {
  const auto read = codec_.DecodeRequest(codec_.Encode(ExampleRequest()));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_THAT(read->wanted, ElementsAre(SampleId{1000, 0}, SampleId{1000, 3}));
}

TEST_F(MapCodecTest, RequestForNothingIsBadShape) {
  std::string bytes = codec_.Encode(ExampleRequest());
  std::memset(bytes.data() + 28, 0, 4);
  EXPECT_EQ(ErrorOf(codec_.DecodeRequest(bytes)), Error::kBadShape);
}

TEST_F(MapCodecTest, MapTravels) {
  const auto read = codec_.DecodeMap(codec_.Encode(ExampleMap()), 2);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sample, (SampleId{1000, 3}));
  EXPECT_EQ(read->map, ExampleMap().map);
}

TEST_F(MapCodecTest, MapOfAnUnknownDeviceIsNamed) {
  const std::string bytes = codec_.Encode(ExampleMap());
  EXPECT_EQ(ErrorOf(codec_.DecodeMap(bytes, 6)), Error::kUnknownDevice);
  EXPECT_EQ(ErrorOf(codec_.DecodeMap(bytes, -1)), Error::kUnknownDevice);
}

TEST_F(MapCodecTest, MapOfAnotherShapeIsBadShape) {
  for (const MapShape shape : {MapShape{2, 16, 16}, {5, 16, 16}, {0, 0, 0}}) {
    const SampleMap message{.sample = {}, .map = FeatureMap(shape)};
    const std::string bytes = codec_.Encode(message);
    EXPECT_EQ(ErrorOf(codec_.DecodeMap(bytes, 0)), Error::kBadShape);
  }
}

TEST_F(MapCodecTest, UnusedBitsOfAPlaneMustBeClear) {
  // Four strides of two: 2x2, four bits in each plane's byte.
  const Bundle small = MakeTestBundle({.device_layers = 4});
  const Codec codec(small);
  SampleMap message{.sample = {}, .map = FeatureMap({4, 2, 2})};
  message.map.bits = {0x0F, 0x00, 0x05, 0x0A};
  const auto read = codec.DecodeMap(codec.Encode(message), 0);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->map, message.map);
  message.map.bits[2] = 0x10;
  EXPECT_EQ(ErrorOf(codec.DecodeMap(codec.Encode(message), 0)),
            Error::kOutOfRange);
}

TEST_F(MapCodecTest, DecidedTravels) {
  const auto read = codec_.DecodeDecided(codec_.Encode(Decided{0xFFFF'FFFF}));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->tick, 0xFFFF'FFFF);
}

// ---- cloud ------------------------------------------------------------------

using CloudCodecTest = CodecTest;

TEST_F(CloudCodecTest, AskKeepsWhoIsPresent) {
  const CloudAsk ask = ExampleAsk(bundle_, {1, 4});
  const auto read = codec_.DecodeCloudAsk(codec_.Encode(ask));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sample, ask.sample);
  EXPECT_EQ(read->children, ask.children);
}

TEST_F(CloudCodecTest, AskOfEveryChildTravels) {
  const Bundle bundle = MakeTestBundle({.devices = 32, .filters = 1});
  const Codec codec(bundle);
  CloudAsk ask = ExampleAsk(bundle, {0, 31});
  for (auto& child : ask.children) child = FeatureMap({1, 16, 16});
  const auto read = codec.DecodeCloudAsk(codec.Encode(ask));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->children, ask.children);
}

TEST_F(CloudCodecTest, AskAfterAnEdgeHoldsTheEdgesMap) {
  const Bundle bundle = MakeTestBundle({.edges = 1});
  const Codec codec(bundle);
  const auto read = codec.DecodeCloudAsk(codec.Encode(ExampleAsk(bundle, {0})));
  ASSERT_TRUE(read.ok()) << read.message();
  ASSERT_EQ(read->children.size(), 1U);
  EXPECT_EQ(read->children[0]->shape, (MapShape{4, 8, 8}));
}

TEST_F(CloudCodecTest, AskWithoutAnyMapIsBadShape) {
  const std::string bytes = codec_.Encode(ExampleAsk(bundle_, {}));
  EXPECT_EQ(ErrorOf(codec_.DecodeCloudAsk(bytes)), Error::kBadShape);
}

TEST_F(CloudCodecTest, AskOfAChildBeyondTheTreeIsBadShape) {
  CloudAsk ask = ExampleAsk(bundle_, {0});
  ask.children.resize(7);
  ask.children[6] = ask.children[0];
  EXPECT_EQ(ErrorOf(codec_.DecodeCloudAsk(codec_.Encode(ask))),
            Error::kBadShape);
}

TEST_F(CloudCodecTest, AskOfOtherShapesIsBadShape) {
  const std::string bytes =
      stranger_codec_.Encode(ExampleAsk(stranger_, {0, 1, 2}));
  EXPECT_EQ(ErrorOf(codec_.DecodeCloudAsk(bytes)), Error::kBadShape);
}

TEST_F(CloudCodecTest, AnswerTravels) {
  const auto read = codec_.DecodeCloudAnswer(codec_.Encode(ExampleAnswer()));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sample, (SampleId{1000, 3}));
  EXPECT_EQ(read->logits, ExampleAnswer().logits);
}

TEST_F(CloudCodecTest, AnswerOfOtherClassesIsBadShape) {
  const CloudAnswer answer{.sample = {}, .logits = {1, 2, 3, 4}};
  EXPECT_EQ(ErrorOf(codec_.DecodeCloudAnswer(codec_.Encode(answer))),
            Error::kBadShape);
}

TEST_F(CloudCodecTest, AnswerThatIsNotFiniteIsOutOfRange) {
  for (const float bad : {kNaN, std::numeric_limits<float>::infinity()}) {
    const CloudAnswer answer{.sample = {}, .logits = {1, bad, 3}};
    EXPECT_EQ(ErrorOf(codec_.DecodeCloudAnswer(codec_.Encode(answer))),
              Error::kOutOfRange);
  }
}

// ---- results ----------------------------------------------------------------

using ResultCodecTest = CodecTest;

TEST_F(ResultCodecTest, EveryFieldTravels) {
  SampleResult sent = ExampleResult();
  sent.again = true;
  const auto read = codec_.DecodeResult(codec_.Encode(sent));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sample, sent.sample);
  EXPECT_EQ(read->label, sent.label);
  EXPECT_EQ(read->exit, sent.exit);
  EXPECT_EQ(read->status, sent.status);
  EXPECT_TRUE(read->again);
  EXPECT_EQ(read->eta, sent.eta);
  EXPECT_EQ(read->logits, sent.logits);
  EXPECT_EQ(read->probabilities, sent.probabilities);
  EXPECT_EQ(read->views_used, sent.views_used);
  EXPECT_EQ(read->views_missing, sent.views_missing);
  ASSERT_EQ(read->path.size(), 2U);
  EXPECT_EQ(read->path[0].tier, Tier::kDevice);
  EXPECT_EQ(read->path[0].label, 1);
  EXPECT_EQ(read->path[0].eta, 0.9375F);
  EXPECT_EQ(read->content_bytes, sent.content_bytes);
  EXPECT_EQ(read->latency_ms, sent.latency_ms);
}

TEST_F(ResultCodecTest, ListsOfOtherLengthAreBadShape) {
  SampleResult result = ExampleResult();
  result.logits.push_back(0);
  EXPECT_EQ(ResultError(result), Error::kBadShape);
  result = ExampleResult();
  result.probabilities.pop_back();
  EXPECT_EQ(ResultError(result), Error::kBadShape);
}

TEST_F(ResultCodecTest, UnknownDeviceIsNamed) {
  SampleResult result = ExampleResult();
  result.views_used = {6};
  EXPECT_EQ(ResultError(result), Error::kUnknownDevice);
}

TEST_F(ResultCodecTest, MoreExitsThanTiersAreOversized) {
  SampleResult result = ExampleResult();
  result.path.resize(4, result.path[0]);
  EXPECT_EQ(ResultError(result), Error::kOversized);
}

struct BadValue {
  const char* name;
  void (*apply)(SampleResult& result);
};
class ResultValueTest : public CodecTest,
                        public testing::WithParamInterface<BadValue> {};

TEST_P(ResultValueTest, IsOutOfRange) {
  SampleResult result = ExampleResult();
  GetParam().apply(result);
  EXPECT_EQ(ResultError(result), Error::kOutOfRange);
}

INSTANTIATE_TEST_SUITE_P(
    All, ResultValueTest,
    testing::Values(
        BadValue{"LabelBeyondClasses", [](SampleResult& r) { r.label = 3; }},
        BadValue{"UnknownExit", [](SampleResult& r) { r.exit = Tier{3}; }},
        BadValue{"ExitThatTheBundleLacks",
                 [](SampleResult& r) { r.exit = Tier::kEdge; }},
        BadValue{"UnknownStatus",
                 [](SampleResult& r) { r.status = ResultStatus{3}; }},
        BadValue{"EtaAboveOne", [](SampleResult& r) { r.eta = 1.001F; }},
        BadValue{"EtaNaN", [](SampleResult& r) { r.eta = kNaN; }},
        BadValue{"LogitNaN", [](SampleResult& r) { r.logits[1] = kNaN; }},
        BadValue{"NegativeProbability",
                 [](SampleResult& r) { r.probabilities[0] = -0.1; }},
        BadValue{"ProbabilityNaN",
                 [](SampleResult& r) { r.probabilities[0] = double{kNaN}; }},
        BadValue{"DeviceTwice",
                 [](SampleResult& r) {
                   r.views_used = {2, 2};
                 }},
        BadValue{"DevicesOutOfOrder",
                 [](SampleResult& r) {
                   r.views_missing = {3, 1};
                 }},
        BadValue{"StepLabelBeyondClasses",
                 [](SampleResult& r) { r.path[0].label = 3; }},
        BadValue{"StepsOutOfOrder",
                 [](SampleResult& r) { std::swap(r.path[0], r.path[1]); }},
        BadValue{"StepEtaNegative",
                 [](SampleResult& r) { r.path[0].eta = -0.5F; }},
        BadValue{"NegativeContent",
                 [](SampleResult& r) { r.content_bytes = -1; }},
        BadValue{"LatencyInfinite",
                 [](SampleResult& r) {
                   r.latency_ms = std::numeric_limits<double>::infinity();
                 }}),
    [](const testing::TestParamInfo<BadValue>& value) {
      return std::string(value.param.name);
    });

}  // namespace
}  // namespace ddnn
