#include "core/wire/mention.h"

#include <bit>
#include <cstring>
#include <utility>

#include "core/wire/decode.h"
#include "core/wire/identifiers.h"
#include "core/wire/wire.h"

namespace ddnn {
namespace {

constexpr char kWhat[] = "message";

template <typename Root>
Result<FlatBuffer<Root>> Open(std::string_view bytes, const char* identifier) {
  return FlatBuffer<Root>::Open(bytes, identifier, kPayloadLimitBytes, kWhat);
}

/// Shares a message's objects out among the ticks of its batch.
Result<Mention> Share(const fb::BatchTick& only,
                      std::vector<fb::BatchTick> batch,
                      const std::vector<ObjectNumber>& objects) {
  if (batch.empty()) batch.push_back(only);
  if (auto s = CheckBatch(batch, only.tick(), objects.size(), kWhat); !s) {
    return s.failure();
  }
  Mention mention;
  std::size_t next = 0;
  for (const fb::BatchTick& tick : batch) {
    mention.ticks.push_back(tick.tick());
    for (std::uint32_t view = 0; view < tick.views(); ++view) {
      mention.samples.push_back({tick.tick(), objects[next++]});
    }
  }
  return mention;
}

Result<Mention> ReadScores(std::string_view bytes, int classes) {
  const auto in = Open<fb::Scores>(bytes, kScoresIdentifier);
  if (!in) return in.failure();
  const auto values = CopyVector<std::int16_t>((*in)->scores());
  const auto each = static_cast<std::size_t>(classes) + 1;
  if (values.size() % each != 0) {
    return Fault(Error::kBadShape, "message: {} values, not {} a view",
                 values.size(), each);
  }
  std::vector<ObjectNumber> objects;
  for (std::size_t i = 0; i < values.size(); i += each) {
    objects.push_back(std::bit_cast<ObjectNumber>(values[i]));
  }
  const fb::ScoreHeader& header = *(*in)->header();
  auto mention =
      Share({header.tick(), static_cast<std::uint32_t>(objects.size())},
            CopyVector<fb::BatchTick>((*in)->batch()), objects);
  if (mention) mention->bundle_tag = header.bundle_tag();
  return mention;
}

Result<Mention> ReadOffload(std::string_view bytes) {
  const auto in = Open<fb::Offload>(bytes, kOffloadIdentifier);
  if (!in) return in.failure();
  const auto views = CopyVector<std::uint8_t>((*in)->views());
  std::vector<ObjectNumber> objects;
  for (std::size_t at = 0; at < views.size();) {
    std::uint16_t numbers[2];  // the object's, the view's size
    if (views.size() - at < sizeof(numbers)) {
      return Fault(Error::kBadShape, "message: its views are cut off");
    }
    std::memcpy(numbers, views.data() + at, sizeof(numbers));
    at += sizeof(numbers);
    if (views.size() - at < numbers[1]) {
      return Fault(Error::kBadShape, "message: its views are cut off");
    }
    at += numbers[1];
    objects.push_back(numbers[0]);
  }
  const fb::OffloadHeader& header = *(*in)->header();
  auto mention =
      Share({header.tick(), static_cast<std::uint32_t>(objects.size())},
            CopyVector<fb::BatchTick>((*in)->batch()), objects);
  if (mention) mention->bundle_tag = header.bundle_tag();
  return mention;
}

Result<Mention> ReadRequest(std::string_view bytes) {
  const auto in = Open<fb::Request>(bytes, kRequestIdentifier);
  if (!in) return in.failure();
  Mention mention{
      .bundle_tag = (*in)->header()->bundle_tag(), .ticks = {}, .samples = {}};
  for (const auto& wanted : CopyVector<fb::SampleRef>((*in)->wanted())) {
    mention.samples.push_back({wanted.tick(), wanted.object()});
  }
  return mention;
}

/// A message whose header names one sample.
template <typename Root>
Result<Mention> ReadSample(std::string_view bytes, const char* identifier) {
  const auto in = Open<Root>(bytes, identifier);
  if (!in) return in.failure();
  const auto& header = *(*in)->header();
  return Mention{.bundle_tag = header.bundle_tag(),
                 .ticks = {},
                 .samples = {{header.tick(), header.object()}}};
}

Result<Mention> ReadDecided(std::string_view bytes) {
  const auto in = Open<fb::Decided>(bytes, kDecidedIdentifier);
  if (!in) return in.failure();
  return Mention{.bundle_tag = (*in)->header()->bundle_tag(),
                 .ticks = {(*in)->header()->tick()},
                 .samples = {}};
}

}  // namespace

Result<Mention> ReadMention(std::string_view bytes, int classes) {
  const std::string_view identifier =
      bytes.size() < 8 ? std::string_view() : bytes.substr(4, 4);
  if (identifier == kOffloadIdentifier) return ReadOffload(bytes);
  if (identifier == kRequestIdentifier) return ReadRequest(bytes);
  if (identifier == kDecidedIdentifier) return ReadDecided(bytes);
  if (identifier == kMapIdentifier) {
    return ReadSample<fb::FeatureMap>(bytes, kMapIdentifier);
  }
  if (identifier == kAskIdentifier) {
    return ReadSample<fb::Ask>(bytes, kAskIdentifier);
  }
  if (identifier == kAnswerIdentifier) {
    return ReadSample<fb::Answer>(bytes, kAnswerIdentifier);
  }
  return ReadScores(bytes, classes);
}

}  // namespace ddnn
