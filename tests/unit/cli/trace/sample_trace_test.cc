#include "cli/trace/sample_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Optional;

SampleTrace Example() {
  SampleResult result = ResultOf(17, 2, 1);
  result.exit = Tier::kCloud;
  result.path = {{Tier::kDevice, 0, 0.9375F, 2.25},
                 {Tier::kCloud, 1, 0.25F, 12.5}};
  result.latency_ms = 12.5;
  result.times = {.gathered = 2.25,
                  .asked = 2.25,
                  .maps = 5.0,
                  .offered = 5.0,
                  .answered = 12.5};
  SampleTrace trace{.site = "yard",
                    .group = "gate",
                    .config = {},
                    .end = result,
                    .messages = {},
                    .devices = {{0, "pi0"}, {1, "pi1"}},
                    .thresholds = {0.75, std::nullopt, std::nullopt},
                    .truth = {}};
  trace.config.classes = {"car", "person"};
  trace.config.devices = 2;
  SampleTrace::Message score;
  score.kind = MessageKind::kScore;
  score.agent = "pi0";
  score.payload_bytes = 48;
  score.at_ms = 1.5;
  trace.messages = {score};
  return trace;
}

/// Whether the texts come in this order.
void ExpectInOrder(const std::string& text,
                   const std::vector<std::string>& parts) {
  std::size_t at = 0;
  for (const auto& part : parts) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << " is not behind in\n"
                                        << text;
    at = found;
  }
}

TEST(ParseSampleTest, NamesASampleOrTheNext) {
  EXPECT_THAT(ParseSample("1000-3").value(), Optional(SampleId{1000, 3}));
  EXPECT_EQ(ParseSample("next").value(), std::nullopt);
}

TEST(ParseSampleTest, OtherWordsAreRefused) {
  for (const char* text : {"", "-", "1000", "1000-", "-3", "1000-3x", " 1-2",
                           "1000-65536", "4294967296-0", "1--2", "NEXT"}) {
    EXPECT_FALSE(ParseSample(text)) << text;
  }
}

TEST(SampleTraceTest, WayIsToldInOrder) {
  ExpectInOrder(
      ToText(Example()),
      {"sample 17-2 of yard/gate: person (25.0 %), cloud exit, ok, 12.50 ms",
       "answered from: pi0, pi1 (of 2 devices)", "1.50", "#",
       "pi0 sends scores: sees it, 48 B", "2.25", "no more scores are awaited",
       "local exit: car, eta 0.9375 > T 0.7500, not sure enough",
       "asks for feature maps", "5.00", "no more maps are awaited",
       "hands on to the cloud", "12.50", "has the cloud's answer",
       "cloud exit: person, eta 0.2500, leaves here", "result: person"});
}

TEST(SampleTraceTest, WhatCausedComesFirstThoughItWasHeardLater) {
  SampleTrace trace = Example();
  const auto heard = [&trace](MessageKind kind, double at_ms) {
    trace.messages.push_back({.kind = kind, .agent = "pi0", .at_ms = at_ms});
  };
  trace.messages[0].at_ms = 2.75;
  heard(MessageKind::kRequest, 2.0);
  heard(MessageKind::kFeature, 6.0);
  heard(MessageKind::kAsk, 4.5);
  heard(MessageKind::kAnswer, 13.0);
  ExpectInOrder(
      ToText(trace),
      {"2.75", "pi0 sends scores", "no more scores", "asks for feature maps",
       "request for maps", "pi0 sends its feature map", "no more maps",
       "hands on to the cloud", "pi0 asks the cloud", "the cloud answers pi0",
       "has the cloud's answer", "result: person"});
}

TEST(SampleTraceTest, ScoresThatCameTooLateStayWhereTheyAre) {
  SampleTrace trace = Example();
  trace.messages[0].at_ms = 20;
  std::get<SampleResult>(trace.end).views_missing = {0};
  ExpectInOrder(ToText(trace),
                {"no more scores", "result: person", "pi0 sends scores"});
}

TEST(SampleTraceTest, FallbackAndMissingViewsSaySo) {
  SampleTrace trace = Example();
  auto& result = std::get<SampleResult>(trace.end);
  result.status = ResultStatus::kFallback;
  result.exit = Tier::kDevice;
  result.path.pop_back();
  result.views_used = {0};
  result.views_missing = {1};
  ExpectInOrder(ToText(trace), {"fallback", "missing: pi1",
                                "local exit: car, eta 0.9375 > T 0.7500, not "
                                "sure enough",
                                "deeper tiers are silent: the local exit's"});
}

TEST(SampleTraceTest, ResultOfAnEdgeThatTellsNoTimesHasAWayToo) {
  SampleTrace trace = Example();
  auto& result = std::get<SampleResult>(trace.end);
  result.times = {};
  for (ExitStep& step : result.path) step.at_ms.reset();
  trace.messages.clear();
  const std::string text = ToText(trace);
  EXPECT_THAT(text, HasSubstr("result: person"));
  EXPECT_THAT(text, Not(HasSubstr("exit: car")));
}

TEST(SampleTraceTest, BatchesAndMessagesBeforeTheTickAreShown) {
  SampleTrace trace = Example();
  trace.messages[0].ticks = 4;
  trace.messages[0].at_ms = -3;
  EXPECT_THAT(ToText(trace), HasSubstr("    -3.00  #"));
  EXPECT_THAT(ToText(trace), HasSubstr("48 B in a batch of 4 ticks"));
}

TEST(SampleTraceTest, AbsurdTimesAreShown) {
  SampleTrace trace = Example();
  auto& result = std::get<SampleResult>(trace.end);
  result.latency_ms = std::numeric_limits<double>::max();
  trace.messages[0].at_ms = std::numeric_limits<double>::lowest();
  EXPECT_THAT(ToText(trace), HasSubstr("result: person"));
}

TEST(SampleTraceTest, NamesCannotDriveTheTerminal) {
  SampleTrace trace = Example();
  trace.config.classes = {"\x1b[2J", "a\nb"};
  trace.devices[0] = trace.site = "\x1b[2J";
  trace.truth = "\x1b[2J";
  EXPECT_THAT(ToText(trace), Not(HasSubstr("\x1b")));
  EXPECT_THAT(ToText(trace), HasSubstr("a?b"));
}

}  // namespace
}  // namespace ddnn
