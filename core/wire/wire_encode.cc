#include <bit>
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "core/wire/identifiers.h"
#include "core/wire/wire.h"
#include "wire_generated.h"

namespace ddnn {
namespace {

using flatbuffers::FlatBufferBuilder;

template <typename Root>
std::string Finish(FlatBufferBuilder& builder, flatbuffers::Offset<Root> root,
                   const char* identifier) {
  builder.Finish(root, identifier);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()),
          builder.GetSize()};
}

fb::SampleHeader HeaderOf(const Bundle& bundle, const SampleId& sample) {
  return {bundle.tag, sample.tick, sample.object, 0};
}

/// Device numbers fit a byte: kMaxDevices.
std::vector<std::uint8_t> Narrow(const std::vector<int>& devices) {
  return {devices.begin(), devices.end()};
}

/// The last 16 bits of a number, little-endian.
void Append(std::vector<std::uint8_t>* bytes, std::size_t number) {
  bytes->push_back(static_cast<std::uint8_t>(number));
  bytes->push_back(static_cast<std::uint8_t>(number >> 8));
}

/// An encoded view after its size.
void Append(std::vector<std::uint8_t>* bytes, const EncodedView& view) {
  assert(!view.empty() && view.size() <= kMaxEncodedViewBytes);
  Append(bytes, view.size());
  bytes->insert(bytes->end(), view.begin(), view.end());
}

}  // namespace

std::string Codec::Encode(const ScoreMessage& message) const {
  assert(!message.ticks.empty());
  std::vector<std::int16_t> scores;
  std::vector<std::uint32_t> sources;
  std::vector<fb::BatchTick> batch;
  for (const TickScores& tick : message.ticks) {
    batch.emplace_back(tick.tick,
                       static_cast<std::uint32_t>(tick.views.size()));
    for (const TickScores::ViewScores& view : tick.views) {
      assert(static_cast<int>(view.sums.size()) == bundle_.class_count());
      scores.push_back(std::bit_cast<std::int16_t>(view.object));
      for (const std::int32_t sum : view.sums) {
        scores.push_back(static_cast<std::int16_t>(sum));
      }
      if (view.sources != 0) sources.push_back(view.sources);
    }
  }
  FlatBufferBuilder builder;
  const fb::ScoreHeader header(bundle_.tag, message.sequence,
                               message.ticks.front().tick);
  flatbuffers::Offset<flatbuffers::Vector<std::int16_t>> score_vector;
  flatbuffers::Offset<flatbuffers::Vector<const fb::BatchTick*>> batch_vector;
  if (!scores.empty()) score_vector = builder.CreateVector(scores);
  flatbuffers::Offset<flatbuffers::Vector<std::uint32_t>> source_vector;
  if (batch.size() > 1) batch_vector = builder.CreateVectorOfStructs(batch);
  if (!sources.empty()) source_vector = builder.CreateVector(sources);
  return Finish(builder,
                fb::CreateScores(builder, &header, score_vector, batch_vector,
                                 source_vector),
                kScoresIdentifier);
}

std::string Codec::Encode(const OffloadMessage& message) const {
  assert(!message.ticks.empty() && message.offload != Offload::kNone);
  std::vector<std::uint8_t> views;
  std::vector<fb::BatchTick> batch;
  for (const TickScores& tick : message.ticks) {
    batch.emplace_back(tick.tick,
                       static_cast<std::uint32_t>(tick.views.size()));
    for (const TickScores::ViewScores& view : tick.views) {
      Append(&views, std::size_t{view.object});
      Append(&views, view.pixels);
    }
  }
  FlatBufferBuilder builder;
  const fb::OffloadHeader header(bundle_.tag, message.ticks.front().tick,
                                 message.sequence,
                                 static_cast<fb::Encoding>(message.offload), 0);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> view_vector;
  flatbuffers::Offset<flatbuffers::Vector<const fb::BatchTick*>> batch_vector;
  if (!views.empty()) view_vector = builder.CreateVector(views);
  if (batch.size() > 1) batch_vector = builder.CreateVectorOfStructs(batch);
  return Finish(builder,
                fb::CreateOffload(builder, &header, view_vector, batch_vector),
                kOffloadIdentifier);
}

std::string Codec::Encode(const MapRequest& message) const {
  assert(!message.wanted.empty());
  std::vector<fb::SampleRef> wanted;
  for (const SampleId& sample : message.wanted) {
    wanted.emplace_back(sample.tick, sample.object, 0);
  }
  FlatBufferBuilder builder;
  const fb::RequestHeader header(bundle_.tag);
  const auto vector = builder.CreateVectorOfStructs(wanted);
  return Finish(builder, fb::CreateRequest(builder, &header, vector),
                kRequestIdentifier);
}

std::string Codec::Encode(const SampleMap& message) const {
  FlatBufferBuilder builder;
  const fb::SampleHeader header = HeaderOf(bundle_, message.sample);
  const auto bits = builder.CreateVector(message.map.bits);
  return Finish(builder, fb::CreateFeatureMap(builder, &header, bits),
                kMapIdentifier);
}

std::string Codec::Encode(const Decided& message) const {
  FlatBufferBuilder builder;
  const fb::DecidedHeader header(bundle_.tag, message.tick);
  return Finish(builder, fb::CreateDecided(builder, &header),
                kDecidedIdentifier);
}

std::string Codec::Encode(const CloudAsk& message) const {
  assert(message.children.empty() != (message.offload == Offload::kNone));
  std::uint32_t present = 0;
  std::vector<std::uint8_t> bits;
  for (std::size_t i = 0; i < message.children.size(); ++i) {
    if (!message.children[i]) continue;
    present |= std::uint32_t{1} << i;
    const auto& map = message.children[i]->bits;
    bits.insert(bits.end(), map.begin(), map.end());
  }
  for (std::size_t i = 0; i < message.views.size(); ++i) {
    if (message.views[i].empty()) continue;
    present |= std::uint32_t{1} << i;
    Append(&bits, message.views[i]);
  }
  FlatBufferBuilder builder;
  const fb::AskHeader header(
      bundle_.tag, message.sample.tick, message.sample.object,
      static_cast<fb::Encoding>(message.offload), 0, present);
  const auto vector = builder.CreateVector(bits);
  return Finish(builder, fb::CreateAsk(builder, &header, vector),
                kAskIdentifier);
}

std::string Codec::Encode(const CloudAnswer& message) const {
  FlatBufferBuilder builder;
  const fb::SampleHeader header = HeaderOf(bundle_, message.sample);
  const auto logits = builder.CreateVector(message.logits);
  return Finish(builder, fb::CreateAnswer(builder, &header, logits),
                kAnswerIdentifier);
}

std::string Codec::Encode(const SampleResult& message) const {
  FlatBufferBuilder builder;
  std::vector<fb::ExitStep> steps;
  for (const ExitStep& step : message.path) {
    steps.emplace_back(step.eta, static_cast<std::uint16_t>(step.label),
                       static_cast<fb::ExitTier>(step.tier));
  }
  const fb::SampleHeader header = HeaderOf(bundle_, message.sample);
  const auto logits = builder.CreateVector(message.logits);
  const auto probabilities = builder.CreateVector(message.probabilities);
  const auto used = builder.CreateVector(Narrow(message.views_used));
  const auto missing = builder.CreateVector(Narrow(message.views_missing));
  const auto path = builder.CreateVectorOfStructs(steps);
  return Finish(
      builder,
      fb::CreateSampleResult(
          builder, &header, static_cast<std::uint16_t>(message.label),
          static_cast<fb::ExitTier>(message.exit),
          static_cast<fb::ResultStatus>(message.status), message.again,
          message.eta, logits, probabilities, used, missing, path,
          static_cast<std::uint32_t>(message.content_bytes),
          message.latency_ms),
      kResultIdentifier);
}

}  // namespace ddnn
