#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/decode.h"
#include "core/wire/identifiers.h"
#include "core/wire/score_reader.h"
#include "core/wire/wire.h"

namespace ddnn {
namespace {

template <typename Vector>
std::size_t SizeOf(const Vector* vector) {
  return vector == nullptr ? 0 : vector->size();
}

SampleId IdOf(const fb::SampleHeader& header) {
  return {header.tick(), header.object()};
}

Status CheckDevice(const Bundle& bundle, int device) {
  if (device >= 0 && device < bundle.device_count()) return Done{};
  return Fault(Error::kUnknownDevice, "device {} of {}", device,
               bundle.device_count());
}

/// Devices and edges send sums and maps.
Status CheckSender(const Bundle& bundle, int node) {
  const int cloud = static_cast<int>(bundle.nodes.size()) - 1;
  if (node >= 0 && node < cloud) return Done{};
  return Fault(Error::kUnknownDevice, "node {} of {}", node, cloud);
}

/// A map from the bytes that hold it.
Result<FeatureMap> ToMap(const MapShape& shape,
                         std::span<const std::uint8_t> bits) {
  const auto plane_bits = static_cast<std::size_t>(shape.height) *
                          static_cast<std::size_t>(shape.width);
  if (plane_bits % 8 != 0) {
    for (std::size_t end = shape.plane_bytes(); end <= bits.size();
         end += shape.plane_bytes()) {
      if (bits[end - 1] >> (plane_bits % 8) != 0) {
        return Fault(Error::kOutOfRange, "map: unused bits of a plane are set");
      }
    }
  }
  FeatureMap map(shape);
  std::ranges::copy(bits, map.bits.begin());
  return map;
}

Result<std::vector<std::optional<FeatureMap>>> ToAskMaps(
    const fb::AskHeader& header, std::span<const std::uint8_t> bits,
    const Bundle& bundle) {
  const int cloud = static_cast<int>(bundle.nodes.size()) - 1;
  const std::vector<int> children = bundle.ChildrenOf(cloud);
  const auto is_present = [&header](std::size_t i) {
    return (header.present() >> i & 1U) != 0;
  };
  const auto known = (std::uint64_t{1} << children.size()) - 1;
  if (header.present() == 0 || header.present() > known) {
    return Fault(Error::kBadShape, "cloud ask: maps {:x} of {} children",
                 header.present(), children.size());
  }
  std::size_t expected = 0;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (is_present(i)) expected += bundle.OutputShape(children[i]).bytes();
  }
  if (bits.size() != expected) {
    return Fault(Error::kBadShape, "cloud ask: {} bytes of maps, not {}",
                 bits.size(), expected);
  }
  std::vector<std::optional<FeatureMap>> maps(children.size());
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (!is_present(i)) continue;
    const MapShape shape = bundle.OutputShape(children[i]);
    auto map = ToMap(shape, bits.first(shape.bytes()));
    if (!map) return map.failure();
    maps[i] = std::move(*map);
    bits = bits.subspan(shape.bytes());
  }
  return maps;
}

constexpr char kScoreMessage[] = "score message";

// ---- results ----------------------------------------------------------------

/// Logits and probabilities; comparisons with NaN are false, so they refuse it.
template <typename T>
Status CheckValues(const std::vector<T>& values, std::size_t classes, T low,
                   T high, const char* what) {
  if (values.size() != classes) {
    return Fault(Error::kBadShape, "{}: {} values, not {}", what, values.size(),
                 classes);
  }
  for (const T value : values) {
    if (!(value >= low && value <= high)) {
      return Fault(Error::kOutOfRange, "{}: a value of {}", what, value);
    }
  }
  return Done{};
}

constexpr float kMaxFloat = std::numeric_limits<float>::max();

Status CheckStep(const Bundle& bundle, int label, Tier exit, float eta) {
  if (label >= bundle.class_count() || bundle.ExitOf(exit) == nullptr ||
      !(eta >= 0 && eta <= 1)) {
    return Fault(Error::kOutOfRange, "result: label {}, exit {}, eta {}", label,
                 static_cast<int>(exit), eta);
  }
  return Done{};
}

/// Devices in ascending order, each once.
Result<std::vector<int>> ToDevices(
    const flatbuffers::Vector<std::uint8_t>* vector, const Bundle& bundle) {
  const auto bytes = CopyVector<std::uint8_t>(vector);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (auto s = CheckDevice(bundle, bytes[i]); !s) return s.failure();
    if (i > 0 && bytes[i] <= bytes[i - 1]) {
      return Fault(Error::kOutOfRange, "result: device {} after {}", bytes[i],
                   bytes[i - 1]);
    }
  }
  return std::vector<int>(bytes.begin(), bytes.end());
}

Result<std::vector<ExitStep>> ToPath(
    const flatbuffers::Vector<const fb::ExitStep*>* vector,
    const Bundle& bundle) {
  if (SizeOf(vector) > kTiers.size()) {
    return Fault(Error::kOversized, "result: {} exits, at most {}",
                 vector->size(), kTiers.size());
  }
  std::vector<ExitStep> path;
  for (const auto& raw : CopyVector<fb::ExitStep>(vector)) {
    const ExitStep step{static_cast<Tier>(raw.exit()), raw.label(), raw.eta()};
    if (auto s = CheckStep(bundle, step.label, step.tier, step.eta); !s) {
      return s.failure();
    }
    if (!path.empty() && step.tier <= path.back().tier) {
      return Fault(Error::kOutOfRange, "result: its exits are out of order");
    }
    path.push_back(step);
  }
  return path;
}

Status CheckResult(const SampleResult& result, const Bundle& bundle) {
  const std::size_t classes = bundle.classes.size();
  Status s = CheckStep(bundle, result.label, result.exit, result.eta);
  if (s && result.status > ResultStatus::kFallback) {
    s = Fault(Error::kOutOfRange, "result: status {}",
              static_cast<int>(result.status));
  }
  if (s) {
    s = CheckValues(result.logits, classes, -kMaxFloat, kMaxFloat,
                    "result: logits");
  }
  if (s) {
    s = CheckValues(result.probabilities, classes, 0.0, 1.0,
                    "result: probabilities");
  }
  if (s && (result.content_bytes < 0 || !std::isfinite(result.latency_ms))) {
    s = Fault(Error::kOutOfRange, "result: {} content bytes, {} ms",
              result.content_bytes, result.latency_ms);
  }
  return s;
}

}  // namespace

Result<ScoreMessage> Codec::DecodeScores(std::string_view bytes,
                                         int node) const {
  const auto in =
      OpenMessage<fb::Scores>(bytes, kScoresIdentifier, kScoreMessage, bundle_);
  if (!in) return in.failure();
  if (auto s = CheckSender(bundle_, node); !s) return s.failure();
  const fb::ScoreHeader& header = *(*in)->header();
  ScoreReader reader(CopyVector<std::int16_t>((*in)->scores()),
                     CopyVector<std::uint32_t>((*in)->sources()), bundle_,
                     node);
  if (auto s = reader.Check(bundle_, node); !s) return s.failure();
  auto batch = CopyVector<fb::BatchTick>((*in)->batch());
  if ((*in)->batch() == nullptr) {
    batch.emplace_back(header.tick(),
                       static_cast<std::uint32_t>(reader.views_left()));
  }
  if (auto s =
          CheckBatch(batch, header.tick(), reader.views_left(), kScoreMessage);
      !s) {
    return s.failure();
  }
  ScoreMessage message{.sequence = header.sequence(), .ticks = {}};
  for (const fb::BatchTick& tick : batch) {
    auto scores = reader.Take(tick.tick(), tick.views());
    if (!scores) return scores.failure();
    message.ticks.push_back(std::move(*scores));
  }
  return message;
}

Result<MapRequest> Codec::DecodeRequest(std::string_view bytes) const {
  const auto in =
      OpenMessage<fb::Request>(bytes, kRequestIdentifier, "request", bundle_);
  if (!in) return in.failure();
  MapRequest request;
  for (const auto& wanted : CopyVector<fb::SampleRef>((*in)->wanted())) {
    request.wanted.push_back({wanted.tick(), wanted.object()});
  }
  if (request.wanted.empty()) {
    return Fault(Error::kBadShape, "request: wants nothing");
  }
  return request;
}

Result<SampleMap> Codec::DecodeMap(std::string_view bytes, int node) const {
  const auto in =
      OpenMessage<fb::FeatureMap>(bytes, kMapIdentifier, "map", bundle_);
  if (!in) return in.failure();
  if (auto s = CheckSender(bundle_, node); !s) return s.failure();
  const MapShape shape = bundle_.OutputShape(node);
  const auto* bits = (*in)->bits();
  if (bits->size() != shape.bytes()) {
    return Fault(Error::kBadShape, "map: {} bytes, node {}'s have {}",
                 bits->size(), node, shape.bytes());
  }
  auto map = ToMap(shape, {bits->data(), bits->size()});
  if (!map) return map.failure();
  return SampleMap{IdOf(*(*in)->header()), std::move(*map)};
}

Result<Decided> Codec::DecodeDecided(std::string_view bytes) const {
  const auto in =
      OpenMessage<fb::Decided>(bytes, kDecidedIdentifier, "decided", bundle_);
  if (!in) return in.failure();
  return Decided{(*in)->header()->tick()};
}

Result<CloudAsk> Codec::DecodeCloudAsk(std::string_view bytes) const {
  const auto in =
      OpenMessage<fb::Ask>(bytes, kAskIdentifier, "cloud ask", bundle_);
  if (!in) return in.failure();
  const fb::AskHeader& header = *(*in)->header();
  CloudAsk ask{.sample = {header.tick(), header.object()}, .children = {}};
  const std::span<const std::uint8_t> bits((*in)->bits()->data(),
                                           (*in)->bits()->size());
  if (header.encoding() == fb::Encoding::kMaps) {
    auto maps = ToAskMaps(header, bits, bundle_);
    if (!maps) return maps.failure();
    ask.children = std::move(*maps);
    return ask;
  }
  auto views = ToAskViews(header, bits, bundle_);
  if (!views) return views.failure();
  ask.offload = static_cast<Offload>(header.encoding());
  ask.views = std::move(*views);
  return ask;
}

Result<CloudAnswer> Codec::DecodeCloudAnswer(std::string_view bytes) const {
  const auto in = OpenMessage<fb::Answer>(bytes, kAnswerIdentifier,
                                          "cloud answer", bundle_);
  if (!in) return in.failure();
  CloudAnswer answer{IdOf(*(*in)->header()),
                     CopyVector<float>((*in)->logits())};
  const Status s = CheckValues(answer.logits, bundle_.classes.size(),
                               -kMaxFloat, kMaxFloat, "cloud answer: logits");
  if (!s) return s.failure();
  return answer;
}

Result<SampleResult> Codec::DecodeResult(std::string_view bytes) const {
  const auto in = OpenMessage<fb::SampleResult>(bytes, kResultIdentifier,
                                                "result", bundle_);
  if (!in) return in.failure();
  const fb::SampleResult& root = *in->operator->();
  auto used = ToDevices(root.views_used(), bundle_);
  if (!used) return used.failure();
  auto missing = ToDevices(root.views_missing(), bundle_);
  if (!missing) return missing.failure();
  auto path = ToPath(root.path(), bundle_);
  if (!path) return path.failure();
  SampleResult result{.sample = IdOf(*root.header()),
                      .label = root.label(),
                      .exit = static_cast<Tier>(root.exit()),
                      .status = static_cast<ResultStatus>(root.status()),
                      .again = root.again(),
                      .eta = root.eta(),
                      .logits = CopyVector<float>(root.logits()),
                      .probabilities = CopyVector<double>(root.probabilities()),
                      .views_used = std::move(*used),
                      .views_missing = std::move(*missing),
                      .path = std::move(*path),
                      .content_bytes = static_cast<int>(root.content_bytes()),
                      .latency_ms = root.latency_ms()};
  if (auto s = CheckResult(result, bundle_); !s) return s.failure();
  return result;
}

}  // namespace ddnn
