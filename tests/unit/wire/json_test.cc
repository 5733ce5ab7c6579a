#include "core/wire/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

/// `text` with the first `from` replaced.
std::string With(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
  return text.replace(at, from.size(), to);
}

class EveryJsonTest : public testing::TestWithParam<JsonKind> {
 protected:
  std::string Text() const { return GetParam().encode(bundle_); }
  Failure FailureOf(std::string_view text) const {
    const auto again = GetParam().reencode(bundle_, text);
    if (again) return {Error::kRefused, "was accepted"};
    return again.failure();
  }
  const Bundle bundle_ = MakeTestBundle();
};

TEST_P(EveryJsonTest, RoundTripIsExact) {
  const auto again = GetParam().reencode(bundle_, Text());
  ASSERT_TRUE(again.ok()) << again.message();
  EXPECT_EQ(*again, Text());
}

TEST_P(EveryJsonTest, CutAtEveryLengthIsMalformed) {
  const std::string text = Text();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(FailureOf(text.substr(0, length)).error, Error::kMalformed);
  }
}

TEST_P(EveryJsonTest, OtherJsonIsMalformed) {
  for (const char* text :
       {"[]", "null", "1", "\"v\"", "{}", "{\"v\":1} x", "{\"v\":1,}",
        "{'v':1}", "\xFF\xFE", "{\"v\":1e999}"}) {
    EXPECT_EQ(FailureOf(text).error, Error::kMalformed) << text;
  }
}

TEST_P(EveryJsonTest, OtherVersionIsOutOfRange) {
  const Failure failure = FailureOf(With(Text(), "\"v\":1", "\"v\":2"));
  EXPECT_EQ(failure.error, Error::kOutOfRange);
  EXPECT_THAT(failure.message, HasSubstr("`v` is 2"));
}

TEST_P(EveryJsonTest, TextBeyondTheLimitIsOversized) {
  const std::string text = Text() + std::string(kJsonLimitBytes, ' ');
  EXPECT_EQ(FailureOf(text).error, Error::kOversized);
}

TEST_P(EveryJsonTest, UnknownFieldsAreIgnored) {
  const std::string text = With(Text(), "{", "{\"later\":{\"a\":[1]},");
  EXPECT_TRUE(GetParam().reencode(bundle_, text).ok());
}

INSTANTIATE_TEST_SUITE_P(All, EveryJsonTest, testing::ValuesIn(JsonKinds()),
                         [](const testing::TestParamInfo<JsonKind>& kind) {
                           return std::string(kind.param.name);
                         });

/// A field that lies, and what the decoder says of it.
struct JsonFault {
  const char* name;
  const char* kind;
  const char* from;
  const char* to;
  Error error;
  const char* message;
};
void PrintTo(const JsonFault& fault, std::ostream* out) { *out << fault.name; }

class JsonFaultTest : public testing::TestWithParam<JsonFault> {};

TEST_P(JsonFaultTest, IsRefusedByTheFieldsName) {
  const JsonFault& fault = GetParam();
  const Bundle bundle = MakeTestBundle();
  for (const JsonKind& kind : JsonKinds()) {
    if (kind.name != std::string_view(fault.kind)) continue;
    const auto again =
        kind.reencode(bundle, With(kind.encode(bundle), fault.from, fault.to));
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error(), fault.error) << again.message();
    EXPECT_THAT(again.message(), HasSubstr(fault.message));
  }
}

constexpr Error kMalformed = Error::kMalformed;
constexpr Error kOutOfRange = Error::kOutOfRange;

const JsonFault kConfigFaults[] = {
    {"TagIsANumber", "config", "\"bcda02c4\"", "12", kMalformed,
     "config: `bundle` is not a text"},
    {"TagIsShort", "config", "bcda02c4", "bcda02c", kOutOfRange, "`bundle`"},
    {"TagIsNotHexadecimal", "config", "bcda02c4", "bcda02cg", kMalformed,
     "`bundle` is not eight hexadecimal digits"},
    {"TagIsUpperCase", "config", "bcda02c4", "BCDA02C4", kMalformed,
     "`bundle`"},
    {"NoDevices", "config", "\"devices\":6", "\"devices\":0", kOutOfRange,
     "`devices` is 0, allowed are 1 to 32"},
    {"TooManyDevices", "config", "\"devices\":6", "\"devices\":33", kOutOfRange,
     "`devices` is 33"},
    {"DevicesMissing", "config", "\"devices\"", "\"x\"", kMalformed,
     "`devices` is missing"},
    {"DevicesAreAFraction", "config", "\"devices\":6", "\"devices\":6.5",
     kMalformed, "`devices` is not a whole number"},
    {"OneClass", "config", ",\"class1\",\"class2\"", "", kOutOfRange,
     "`classes` has 1 elements"},
    {"ClassIsANumber", "config", "\"class1\"", "1", kMalformed,
     "`classes[1]` is not a text"},
    {"ClassWithoutName", "config", "\"class1\"", "\"\"", kOutOfRange,
     "`classes[1]` has 0 bytes"},
    {"ClassesAreAnObject", "config", "[\"class0\",\"class1\",\"class2\"]", "{}",
     kMalformed, "`classes` is not a list"},
    {"NegativeRate", "config", "25.0", "-1", kOutOfRange, "`ticks_per_s`"},
    {"RateIsAText", "config", "25.0", "\"25\"", kMalformed,
     "`ticks_per_s` is not a number"},
    {"StartBeyondTheClock", "config", "1700000000", "9223372036854775807",
     kOutOfRange, "`start_s`"},
    {"StartBeyondSixtyFourBits", "config", "1700000000", "18446744073709551615",
     kOutOfRange, "`start_s`"},
    {"NanosecondsBeyondASecond", "config", "250000000", "1000000000",
     kOutOfRange, "`start_ns`"},
    {"TickBeyondThirtyTwoBits", "config", "3845294342", "4294967296",
     kOutOfRange, "`first_tick`"},
};

const JsonFault kAgentFaults[] = {
    {"OnlineIsANumber", "state", "true", "1", kMalformed,
     "`online` is neither true nor false"},
    {"UnknownTier", "state", "\"device\",\"group\"", "\"fog\",\"group\"",
     kOutOfRange, "`tier` is none of the known names"},
    {"GroupIsNoId", "state", "crossing", "a/b", kOutOfRange, "`group` must be"},
    {"DeviceWithoutIndex", "state", "\"device\":3", "\"device\":-1",
     kOutOfRange, "`device` is -1"},
    {"EdgeWithDeviceIndex", "state", "\"tier\":\"device\"", "\"tier\":\"edge\"",
     kOutOfRange, "`device` is 3"},
    {"CameraIsANumber", "state", "\"camera_up\":true", "\"camera_up\":1",
     kMalformed, "`camera_up`"},
    {"MetricsHoldAQuote", "state", "127.0.0.1:9113", "127.0.0.1:9'",
     kOutOfRange, "`metrics`"},
    {"MetricsWithoutPort", "state", "127.0.0.1:9113", "127.0.0.1", kOutOfRange,
     "`metrics`"},
    {"MetricsAtPort0", "state", "127.0.0.1:9113", "127.0.0.1:0", kOutOfRange,
     "`metrics`"},
    {"MetricsAtAName", "state", "127.0.0.1:9113", "face:80", kOutOfRange,
     "`metrics`"},
    {"LatencyOfAges", "result", "\"latency_ms\":12.5", "\"latency_ms\":1e308",
     kOutOfRange, "`latency_ms`"},
    {"AViewTwice", "result", "\"views\":[0,2,3]", "\"views\":[0,2,2]",
     kOutOfRange, "`views` does not ascend"},
    {"NegativeBoot", "state", "1700000000", "-1", kOutOfRange, "`boot`"},
    {"NegativeCounter", "info", "35", "-35", kMalformed,
     "`sent_score_messages` is not a count"},
    {"CounterIsAText", "info", "35", "\"35\"", kMalformed,
     "`sent_score_messages`"},
    {"CountersAreAList", "info",
     "{\"rejected_request_wrong_bundle\":0,\"sent_score_messages\":35,"
     "\"sent_score_payload_bytes\":1544}",
     "[1]", kMalformed, "`counters` is not an object"},
    {"AskedBeforeTime", "clock_question", "1700000000250000000", "-1",
     kOutOfRange, "`asked_ns` is -1"},
    {"HeardBeyondTheClock", "clock_answer", "1700000000253000000",
     "9223372036854775808", kOutOfRange, "`heard_ns`"},
    {"HeardMissing", "clock_answer", ",\"heard_ns\":1700000000253000000", "",
     kMalformed, "`heard_ns` is missing"},
    {"UnknownLeaveError", "leave", "unknown_device", "oops", kOutOfRange,
     "`error` is none"},
    {"ReasonIsAList", "leave", "\"device 6 of 6: set `device` to 0..5\"", "[]",
     kMalformed, "`reason` is not a text"},
};

const JsonFault kResultFaults[] = {
    {"SampleContradictsTick", "result", "\"tick\":1000", "\"tick\":1001",
     kMalformed, "`sample` is not <tick>-<object>"},
    {"ObjectBeyondSixteenBits", "result", "\"object\":3", "\"object\":65536",
     kOutOfRange, "`object`"},
    {"LabelBeyondClasses", "result", "\"label\":2", "\"label\":3", kOutOfRange,
     "`label` is 3, allowed are 0 to 2"},
    {"ClassContradictsLabel", "result", "\"class2\"", "\"class1\"", kMalformed,
     "`class` is not the label's"},
    {"UnknownExit", "result", "\"exit\":\"cloud\"", "\"exit\":\"device\"",
     kOutOfRange, "`exit`"},
    {"UnknownStatus", "result", "degraded", "late", kOutOfRange, "`status`"},
    {"AgainMissing", "result", "\"again\":false,", "", kMalformed,
     "`again` is missing"},
    {"EtaAboveOne", "result", "\"eta\":0.40625", "\"eta\":1.5", kOutOfRange,
     "`eta` is 1.5"},
    {"ProbabilityMissing", "result", "[0.03125,", "[", kOutOfRange,
     "`probabilities` has 2 elements, allowed are 3 to 3"},
    {"ProbabilityAboveOne", "result", "0.03125", "3.125", kOutOfRange,
     "`probabilities[0]`"},
    {"LogitIsNull", "result", "-1.25", "null", kMalformed,
     "`logits[0]` is not a number"},
    {"LogitBeyondFloat", "result", "-1.25", "1e39", kOutOfRange, "`logits[0]`"},
    {"DeviceBeyondLimit", "result", "[0,2,3]", "[0,2,32]", kOutOfRange,
     "`views[2]` is 32"},
    {"MissingIsAFraction", "result", "[5]", "[5.5]", kMalformed,
     "`missing[0]`"},
    {"StepIsAText", "result",
     "{\"exit\":\"local\",\"class\":\"class1\","
     "\"label\":1,\"eta\":0.9375,\"at_ms\":2.25}",
     "\"local\"", kMalformed, "`path[0]` is not an object"},
    {"StepWithUnknownExit", "result", "\"local\"", "\"fog\"", kOutOfRange,
     "path[0]: `exit`"},
    {"NegativeBytes", "result", "402", "-402", kOutOfRange, "`content_bytes`"},
    {"LatencyIsAText", "result", "\"latency_ms\":12.5",
     "\"latency_ms\":\"12.5\"", kMalformed, "`latency_ms`"},
    {"StepBeforeItsTick", "result", "\"at_ms\":2.25", "\"at_ms\":-1",
     kOutOfRange, "path[0]: `at_ms`"},
    {"TimesAreAList", "result", "\"times_ms\":{", "\"times_ms\":[],\"x\":{",
     kMalformed, "`times_ms` is not an object"},
    {"TimeIsAText", "result", "\"maps\":5.0", "\"maps\":\"5\"", kMalformed,
     "times_ms: `maps` is not a number"},
    {"UnknownLoss", "lost", "late", "early", kOutOfRange, "`reason`"},
    {"LossOfNoSample", "lost", "1000-3", "1000", kMalformed, "`sample`"},
};

std::string NameOf(const testing::TestParamInfo<JsonFault>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Config, JsonFaultTest,
                         testing::ValuesIn(kConfigFaults), NameOf);
INSTANTIATE_TEST_SUITE_P(Agent, JsonFaultTest, testing::ValuesIn(kAgentFaults),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Result, JsonFaultTest,
                         testing::ValuesIn(kResultFaults), NameOf);

TEST(ResultJsonTest, LogitsSurviveExactly) {
  const Bundle bundle = MakeTestBundle();
  SampleResult sent = ExampleResult();
  // Neighbours of round numbers, extremes, and values of every magnitude.
  std::vector<float> values{0.1F,
                            std::nextafter(0.1F, 1.0F),
                            1.0F / 3.0F,
                            16777217.0F,
                            -0.0F,
                            std::numeric_limits<float>::denorm_min(),
                            std::numeric_limits<float>::min(),
                            std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::lowest()};
  for (float v = 1.2345678e-38F; v < 1e38F; v *= 7.389056F) values.push_back(v);
  for (const float value : values) {
    sent.logits[1] = value;
    const auto read = DecodeResultJson(
        EncodeResultJson(sent, "g", bundle.classes), bundle.classes);
    ASSERT_TRUE(read.ok()) << read.message();
    EXPECT_EQ(read->logits, sent.logits) << value;
    EXPECT_EQ(std::signbit(read->logits[1]), std::signbit(value));
  }
}

TEST(ResultJsonTest, EveryFieldTravels) {
  const Bundle bundle = MakeTestBundle();
  SampleResult sent = ExampleResult();
  sent.again = true;
  sent.probabilities = {1.0 / 3.0, 0.1, 0.2};
  sent.latency_ms = 0.143;
  const auto read = DecodeResultJson(
      EncodeResultJson(sent, "g", bundle.classes), bundle.classes);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sample, sent.sample);
  EXPECT_EQ(read->label, sent.label);
  EXPECT_EQ(read->exit, sent.exit);
  EXPECT_EQ(read->status, sent.status);
  EXPECT_TRUE(read->again);
  EXPECT_EQ(read->eta, sent.eta);
  EXPECT_EQ(read->probabilities, sent.probabilities);
  EXPECT_EQ(read->views_used, sent.views_used);
  EXPECT_EQ(read->views_missing, sent.views_missing);
  ASSERT_EQ(read->path.size(), 2U);
  EXPECT_EQ(read->path[0].tier, Tier::kDevice);
  EXPECT_EQ(read->path[0].label, 1);
  EXPECT_EQ(read->path[0].eta, 0.9375F);
  EXPECT_EQ(read->content_bytes, sent.content_bytes);
  EXPECT_EQ(read->latency_ms, sent.latency_ms);
  EXPECT_EQ(read->path[0].at_ms, sent.path[0].at_ms);
  EXPECT_EQ(read->times.gathered, sent.times.gathered);
  EXPECT_EQ(read->times.answered, sent.times.answered);
}

TEST(ResultJsonTest, TimesAreToldToTheMicrosecond) {
  const Bundle bundle = MakeTestBundle();
  SampleResult sent = ExampleResult();
  sent.latency_ms = 12.345678999999998;
  sent.path[0].at_ms = 1.0 / 3;
  sent.times.gathered = 2.0004999;
  const std::string json = EncodeResultJson(sent, "g", bundle.classes);
  EXPECT_THAT(json, HasSubstr("\"latency_ms\":12.346,"));
  EXPECT_THAT(json, HasSubstr("\"at_ms\":0.333}"));
  EXPECT_THAT(json, HasSubstr("\"gathered\":2.0,"));
}

TEST(ResultJsonTest, ResultOfAnEdgeThatTellsNoTimesIsRead) {
  const Bundle bundle = MakeTestBundle();
  SampleResult sent = ExampleResult();
  sent.times = {};
  for (ExitStep& step : sent.path) step.at_ms.reset();
  const std::string text =
      With(EncodeResultJson(sent, "g", bundle.classes), ",\"times_ms\":{}", "");
  const auto read = DecodeResultJson(text, bundle.classes);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_FALSE(read->times.gathered);
  EXPECT_FALSE(read->path[0].at_ms);
}

TEST(GroupConfigTest, DeepNestingIsMalformed) {
  const auto read = DecodeGroupConfig(std::string(kJsonLimitBytes, '['));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), Error::kMalformed);
}

TEST(GroupConfigTest, EveryFieldTravels) {
  const Bundle bundle = MakeTestBundle();
  GroupConfig sent = ExampleConfig(bundle);
  sent.schedule.start += std::chrono::nanoseconds(123'456'789);
  sent.schedule.ticks_per_second = 1.0 / 3.0;
  const auto read = DecodeGroupConfig(EncodeGroupConfig(sent));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->bundle_tag, bundle.tag);
  EXPECT_EQ(read->devices, 6);
  EXPECT_EQ(read->classes, bundle.classes);
  EXPECT_EQ(read->schedule.start, sent.schedule.start);
  EXPECT_EQ(read->schedule.ticks_per_second, sent.schedule.ticks_per_second);
  EXPECT_EQ(read->schedule.first_tick, sent.schedule.first_tick);
}

TEST(AgentStateTest, EveryFieldTravels) {
  const AgentState sent = ExampleState(MakeTestBundle());
  const auto read = DecodeAgentState(EncodeAgentState(sent));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_TRUE(read->online);
  EXPECT_EQ(read->tier, "device");
  EXPECT_EQ(read->group, sent.group);
  EXPECT_EQ(read->device, 3);
  EXPECT_EQ(read->boot, sent.boot);
  EXPECT_EQ(read->bundle_tag, sent.bundle_tag);
}

TEST(AgentStateTest, CameraOfADeviceIsUpUnlessItSaysOtherwise) {
  AgentState sent = ExampleState(MakeTestBundle());
  sent.camera_up = false;
  std::string text = EncodeAgentState(sent);
  EXPECT_FALSE(DecodeAgentState(text)->camera_up);
  const std::string field = ",\"camera_up\":false";
  text.erase(text.find(field), field.size());
  EXPECT_TRUE(DecodeAgentState(text)->camera_up);
}

TEST(AgentStateTest, CloudHasNeitherGroupNorIndex) {
  AgentState sent;
  sent.tier = "cloud";
  const auto read = DecodeAgentState(EncodeAgentState(sent));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->tier, "cloud");
  EXPECT_TRUE(read->group.empty());
  EXPECT_EQ(read->device, -1);
}

// Whether an index exists in the group is for the edge to say, not the syntax.
TEST(AgentStateTest, IndexBeyondTheGroupIsWellFormed) {
  AgentState sent = ExampleState(MakeTestBundle());
  sent.device = 6;
  EXPECT_TRUE(DecodeAgentState(EncodeAgentState(sent)).ok());
}

TEST(AgentInfoTest, LargestCountTravels) {
  const AgentCounters sent{{"bytes", ~std::uint64_t{0}}};
  const auto read = DecodeAgentInfo(EncodeAgentInfo(sent));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(*read, sent);
}

TEST(AgentInfoTest, TooManyCountersAreOutOfRange) {
  AgentCounters sent;
  for (int i = 0; i < 1025; ++i) sent["n" + std::to_string(i)] = 1;
  const auto read = DecodeAgentInfo(EncodeAgentInfo(sent));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), Error::kOutOfRange);
}

TEST(LeaveTest, EveryErrorTravels) {
  for (const Error error :
       {Error::kWrongBundle, Error::kUnknownDevice, Error::kRefused}) {
    const auto read = DecodeLeave(EncodeLeave({error, "because"}));
    ASSERT_TRUE(read.ok()) << read.message();
    EXPECT_EQ(read->error, error);
    EXPECT_EQ(read->reason, "because");
  }
}

TEST(LeaveTest, BytesThatAreNoUtf8AreReplaced) {
  const auto read = DecodeLeave(EncodeLeave({Error::kRefused, "caf\xE9"}));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->reason, "caf\xEF\xBF\xBD");
}

TEST(LossJsonTest, EveryReasonTravels) {
  for (const LossReason reason : {LossReason::kLate, LossReason::kOverload,
                                  LossReason::kShutdown, LossReason::kSilent}) {
    const auto read = DecodeLossJson(EncodeLossJson({{7, 65535}, reason}, "g"));
    ASSERT_TRUE(read.ok()) << read.message();
    const auto& loss = std::get<SampleLoss>(*read);
    EXPECT_EQ(loss.sample, (SampleId{7, 65535}));
    EXPECT_EQ(loss.reason, reason);
  }
}

TEST(LossJsonTest, ARangeOfTicksTravels) {
  const auto read =
      DecodeLossJson(EncodeLossJson({0xFFFFFFFE, 3, {0, 31}}, "g"));
  ASSERT_TRUE(read.ok()) << read.message();
  const auto& ticks = std::get<TicksUnheard>(*read);
  EXPECT_EQ(ticks.first, 0xFFFFFFFE);
  EXPECT_EQ(ticks.last, 3);
  EXPECT_EQ(ticks.devices, (std::vector{0, 31}));
}

TEST(LossJsonTest, ARangeThatEndsBeforeItBeginsIsRefused) {
  const auto read = DecodeLossJson(EncodeLossJson({8, 7, {0}}, "g"));
  EXPECT_EQ(read.error(), Error::kOutOfRange);
}

TEST(LossJsonTest, ARangeOfNoDeviceIsRefused) {
  EXPECT_FALSE(
      DecodeLossJson(EncodeLossJson(TicksUnheard{7, 8, {}}, "g")).ok());
}

TEST(LeaseTest, EveryFieldTravels) {
  const auto read = DecodeLease(EncodeLease({"edge-a", 0xFFFFFFFF, 12}));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->holder, "edge-a");
  EXPECT_EQ(read->term, 0xFFFFFFFF);
  EXPECT_EQ(read->beat, 12);
}

TEST(LeaseTest, AHolderThatIsNoIdIsRefused) {
  EXPECT_EQ(DecodeLease(EncodeLease({"Edge A", 1, 1})).error(),
            Error::kOutOfRange);
}

TEST(LeaseTest, NobodyMayHoldIt) {
  EXPECT_TRUE(DecodeLease(EncodeLease({"", 1, 1})).ok());
}

}  // namespace
}  // namespace ddnn
