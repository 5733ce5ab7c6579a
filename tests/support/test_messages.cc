#include "tests/support/test_messages.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/wire/clock.h"

namespace ddnn {
namespace {

constexpr Tick kTick = 1000;
constexpr const char* kGroup = "crossing";

TickScores ExampleTick(Tick tick, int views) {
  TickScores scores{.tick = tick, .views = {}};
  for (int i = 0; i < views; ++i) {
    scores.views.push_back(
        {static_cast<ObjectNumber>(i), {258 - i, -16 * i, -1022 + 2 * i}});
  }
  return scores;
}

/// Whatever comes after the two bytes that a JPEG starts with.
EncodedView ExampleView(int index) {
  return index % 2 == 0 ? "\xFF\xD8\x01\x02\x03" : "\xFF\xD8";
}

TickScores ExampleOffloadTick(Tick tick, int views) {
  TickScores pixels{.tick = tick, .views = {}};
  for (int i = 0; i < views; ++i) {
    pixels.views.push_back({static_cast<ObjectNumber>(i), {}, ExampleView(i)});
  }
  return pixels;
}

template <typename T>
Result<std::string> Again(const Codec& codec, const Result<T>& decoded) {
  if (!decoded) return decoded.failure();
  return codec.Encode(*decoded);
}

}  // namespace

ScoreMessage ExampleScores(int views) {
  return {.sequence = 7, .ticks = {ExampleTick(kTick, views)}};
}

ScoreMessage ExampleBatch() {
  return {.sequence = 8,
          .ticks = {ExampleTick(kTick, 1), ExampleTick(kTick + 1, 0),
                    ExampleTick(kTick + 2, 2)}};
}

OffloadMessage ExampleOffload(int views) {
  return {.sequence = 7,
          .offload = Offload::kJpeg,
          .ticks = {ExampleOffloadTick(kTick, views)}};
}

OffloadMessage ExampleOffloadBatch() {
  return {
      .sequence = 8,
      .offload = Offload::kJpeg,
      .ticks = {ExampleOffloadTick(kTick, 1), ExampleOffloadTick(kTick + 1, 0),
                ExampleOffloadTick(kTick + 2, 2)}};
}

MapRequest ExampleRequest() { return {.wanted = {{kTick, 0}, {kTick, 3}}}; }

SampleMap ExampleMap() {
  SampleMap message{.sample = {kTick, 3}, .map = FeatureMap({4, 16, 16})};
  for (std::size_t i = 0; i < message.map.bits.size(); ++i) {
    message.map.bits[i] = static_cast<std::uint8_t>(i);
  }
  return message;
}

CloudAsk ExampleAsk(const Bundle& bundle, std::initializer_list<int> present) {
  const int cloud = static_cast<int>(bundle.nodes.size()) - 1;
  const std::vector<int> children = bundle.ChildrenOf(cloud);
  CloudAsk ask{.sample = {kTick, 3}, .children = {}};
  ask.children.resize(children.size());
  for (const int child : present) {
    const auto i = static_cast<std::size_t>(child);
    FeatureMap map(bundle.OutputShape(children[i]));
    for (std::size_t byte = 0; byte < map.bits.size(); ++byte) {
      map.bits[byte] = static_cast<std::uint8_t>(16 * i + byte % 16);
    }
    ask.children[i] = std::move(map);
  }
  return ask;
}

CloudAsk ExampleOffloadAsk(const Bundle& bundle) {
  CloudAsk ask{.sample = {kTick, 3},
               .children = {},
               .offload = Offload::kJpeg,
               .views = {}};
  ask.views.resize(static_cast<std::size_t>(bundle.device_count()));
  ask.views[0] = ExampleView(0);
  ask.views[2] = ExampleView(1);
  return ask;
}

CloudAnswer ExampleAnswer() {
  return {.sample = {kTick, 3}, .logits = {1.5F, -0.25F, 0.1F}};
}

SampleResult ExampleResult() {
  SampleResult result;
  result.sample = {kTick, 3};
  result.label = 2;
  result.exit = Tier::kCloud;
  result.status = ResultStatus::kDegraded;
  result.eta = 0.40625F;
  result.logits = {-1.25F, 0.1F, 2.0F};
  result.probabilities = {0.03125, 0.125, 0.84375};
  result.views_used = {0, 2, 3};
  result.views_missing = {5};
  result.path = {{Tier::kDevice, 1, 0.9375F, 2.25},
                 {Tier::kCloud, 2, 0.40625F, 12.5}};
  result.content_bytes = 402;
  result.latency_ms = 12.5;
  result.times = {.gathered = 2.25,
                  .asked = 2.25,
                  .maps = 5.0,
                  .offered = 5.0,
                  .answered = 12.5};
  return result;
}

GroupConfig ExampleConfig(const Bundle& bundle) {
  return {
      .bundle_tag = bundle.tag,
      .devices = bundle.device_count(),
      .classes = bundle.classes,
      .schedule = {Instant(std::chrono::nanoseconds(1'700'000'000'250'000'000)),
                   25.0, 3'845'294'342},
      .term = 7};
}

AgentState ExampleState(const Bundle& bundle) {
  return {.online = true,
          .tier = "device",
          .group = kGroup,
          .device = 3,
          .boot = 1'700'000'000,
          .bundle_tag = bundle.tag,
          .metrics = "127.0.0.1:9113"};
}

AgentCounters ExampleCounters() {
  return {{"rejected_request_wrong_bundle", 0},
          {"sent_score_messages", 35},
          {"sent_score_payload_bytes", 1544}};
}

Leave ExampleLeave() {
  return {.error = Error::kUnknownDevice,
          .reason = "device 6 of 6: set `device` to 0..5"};
}

ClockQuestion ExampleQuestion() {
  return {Instant(std::chrono::nanoseconds(1'700'000'000'250'000'000))};
}

SampleLoss ExampleLoss() {
  return {.sample = {kTick, 3}, .reason = LossReason::kLate};
}

TicksUnheard ExampleUnheard() {
  return {.first = kTick, .last = kTick + 90, .devices = {0, 2}};
}

Lease ExampleLease() { return {.holder = "edge-a", .term = 7, .beat = 12}; }

std::span<const ExampleKind> MessageKinds() {
  using S = std::string_view;
  static constexpr std::array<ExampleKind, 14> kKinds{{
      {"score_without_view",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleScores(0)); },
       [](const Codec& c, S in) { return Again(c, c.DecodeScores(in, 0)); }},
      {"score_of_one_view",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleScores(1)); },
       [](const Codec& c, S in) { return Again(c, c.DecodeScores(in, 0)); }},
      {"score_of_two_views",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleScores(2)); },
       [](const Codec& c, S in) { return Again(c, c.DecodeScores(in, 0)); }},
      {"score_batch",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleBatch()); },
       [](const Codec& c, S in) { return Again(c, c.DecodeScores(in, 0)); }},
      {"offload_without_view",
       [](const Codec& c, const Bundle&) {
         return c.Encode(ExampleOffload(0));
       },
       [](const Codec& c, S in) { return Again(c, c.DecodeOffload(in)); }},
      {"offload_of_one_view",
       [](const Codec& c, const Bundle&) {
         return c.Encode(ExampleOffload(1));
       },
       [](const Codec& c, S in) { return Again(c, c.DecodeOffload(in)); }},
      {"offload_batch",
       [](const Codec& c, const Bundle&) {
         return c.Encode(ExampleOffloadBatch());
       },
       [](const Codec& c, S in) { return Again(c, c.DecodeOffload(in)); }},
      {"request",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleRequest()); },
       [](const Codec& c, S in) { return Again(c, c.DecodeRequest(in)); }},
      {"feature",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleMap()); },
       [](const Codec& c, S in) { return Again(c, c.DecodeMap(in, 0)); }},
      {"decided",
       [](const Codec& c, const Bundle&) { return c.Encode(Decided{kTick}); },
       [](const Codec& c, S in) { return Again(c, c.DecodeDecided(in)); }},
      {"ask",
       [](const Codec& c, const Bundle& b) {
         return c.Encode(ExampleAsk(b, {0}));
       },
       [](const Codec& c, S in) { return Again(c, c.DecodeCloudAsk(in)); }},
      {"ask_with_views",
       [](const Codec& c, const Bundle& b) {
         return c.Encode(ExampleOffloadAsk(b));
       },
       [](const Codec& c, S in) { return Again(c, c.DecodeCloudAsk(in)); }},
      {"answer",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleAnswer()); },
       [](const Codec& c, S in) { return Again(c, c.DecodeCloudAnswer(in)); }},
      {"result",
       [](const Codec& c, const Bundle&) { return c.Encode(ExampleResult()); },
       [](const Codec& c, S in) { return Again(c, c.DecodeResult(in)); }},
  }};
  return kKinds;
}

std::span<const JsonKind> JsonKinds() {
  using S = std::string_view;
  using R = Result<std::string>;
  static constexpr std::array<JsonKind, 9> kKinds{{
      {"config",
       [](const Bundle& b) { return EncodeGroupConfig(ExampleConfig(b)); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeGroupConfig(in);
         return out ? R(EncodeGroupConfig(*out)) : R(out.failure());
       }},
      {"state",
       [](const Bundle& b) { return EncodeAgentState(ExampleState(b)); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeAgentState(in);
         return out ? R(EncodeAgentState(*out)) : R(out.failure());
       }},
      {"info", [](const Bundle&) { return EncodeAgentInfo(ExampleCounters()); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeAgentInfo(in);
         return out ? R(EncodeAgentInfo(*out)) : R(out.failure());
       }},
      {"leave", [](const Bundle&) { return EncodeLeave(ExampleLeave()); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeLeave(in);
         return out ? R(EncodeLeave(*out)) : R(out.failure());
       }},
      {"result",
       [](const Bundle& b) {
         return EncodeResultJson(ExampleResult(), kGroup, b.classes);
       },
       [](const Bundle& b, S in) -> R {
         const auto out = DecodeResultJson(in, b.classes);
         return out ? R(EncodeResultJson(*out, kGroup, b.classes))
                    : R(out.failure());
       }},
      {"clock_question",
       [](const Bundle&) { return EncodeClockQuestion(ExampleQuestion()); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeClockQuestion(in);
         return out ? R(EncodeClockQuestion(*out)) : R(out.failure());
       }},
      {"clock_answer",
       [](const Bundle&) {
         const ClockQuestion question = ExampleQuestion();
         return EncodeClockAnswer(
             {question.asked, question.asked + milliseconds(3)});
       },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeClockAnswer(in);
         return out ? R(EncodeClockAnswer(*out)) : R(out.failure());
       }},
      {"lost",
       [](const Bundle&) { return EncodeLossJson(ExampleLoss(), kGroup); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeLossJson(in);
         return out ? R(EncodeLossJson(std::get<SampleLoss>(*out), kGroup))
                    : R(out.failure());
       }},
      {"lease", [](const Bundle&) { return EncodeLease(ExampleLease()); },
       [](const Bundle&, S in) -> R {
         const auto out = DecodeLease(in);
         return out ? R(EncodeLease(*out)) : R(out.failure());
       }},
  }};
  return kKinds;
}

}  // namespace ddnn
