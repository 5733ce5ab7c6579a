#include <spdlog/fmt/fmt.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "bundle_generated.h"
#include "core/base/file.h"
#include "core/nn/bundle.h"
#include "core/nn/flat_buffer.h"

namespace ddnn {
namespace {

constexpr char kBundleIdentifier[] = "DDNB";
constexpr char kSectionIdentifier[] = "DDNS";

// Four layers and a head within the limits of bundle.h stay well below.
constexpr std::size_t kSectionLimitBytes = std::size_t{1} << 20;
constexpr std::size_t kNodesLimit = kMaxDevices + kMaxEdges + 1;
// Values of an exit: its contributors' classes.
constexpr std::size_t kExitValuesLimit = std::size_t{kMaxDevices} * kMaxClasses;

// ---- hashes -----------------------------------------------------------------

std::uint64_t HashOf(std::string_view blob) {
  return XXH3_64bits(blob.data(), blob.size());
}

/// What the tag covers, laid out once and for all: integers little-endian,
/// every list after its length.
class TagInput {
 public:
  template <typename T>
  void Add(T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.append(raw, sizeof(T));
  }
  template <typename List>
  void AddList(const List& list) {
    Add(static_cast<std::uint32_t>(list.size()));
    for (const auto& element : list) Add(element);
  }
  /// 0 stands for "no bundle", so it is never a tag.
  std::uint32_t Tag() const {
    const auto tag = static_cast<std::uint32_t>(HashOf(bytes_));
    return tag == 0 ? 1 : tag;
  }

 private:
  std::string bytes_;
};

std::uint32_t TagOf(const Bundle& bundle) {
  TagInput input;
  input.Add(bundle.absent);
  input.Add(static_cast<std::uint32_t>(bundle.classes.size()));
  for (const std::string& name : bundle.classes) input.AddList(name);
  input.Add(static_cast<std::uint32_t>(bundle.nodes.size()));
  for (const Node& node : bundle.nodes) {
    input.Add(node.tier);
    input.Add(static_cast<std::int32_t>(node.parent));
    input.Add(node.aggregation);
    input.Add(node.hash);
  }
  input.Add(static_cast<std::uint32_t>(bundle.exits.size()));
  for (const Exit& exit : bundle.exits) {
    input.Add(exit.tier);
    input.Add(exit.aggregation);
    input.AddList(exit.scale);
    input.AddList(exit.bias);
    input.AddList(exit.concat_weights);
    input.AddList(exit.concat_scale);
    input.AddList(exit.concat_bias);
  }
  return input.Tag();
}

// ---- encoding ---------------------------------------------------------------

std::string Finished(const flatbuffers::FlatBufferBuilder& builder) {
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()),
          builder.GetSize()};
}

std::string EncodeSection(const Section& section) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::ConvP>> layers;
  for (const ConvP& layer : section.layers) {
    const auto weights = builder.CreateVector(layer.weights);
    const auto thresholds = builder.CreateVector(layer.thresholds);
    const auto at_least = builder.CreateVector(layer.at_least);
    layers.push_back(
        fb::CreateConvP(builder, static_cast<std::uint16_t>(layer.in_channels),
                        static_cast<std::uint16_t>(layer.filters),
                        static_cast<std::uint8_t>(layer.pool_stride),
                        layer.reads_pixels, weights, thresholds, at_least));
  }
  const auto head = fb::CreateBinaryFc(
      builder, static_cast<std::uint16_t>(section.head.inputs),
      static_cast<std::uint16_t>(section.head.classes),
      builder.CreateVector(section.head.weights));
  const auto layer_list = builder.CreateVector(layers);
  builder.Finish(fb::CreateSection(builder, layer_list, head),
                 kSectionIdentifier);
  return Finished(builder);
}

flatbuffers::Offset<fb::Node> EncodeNode(
    flatbuffers::FlatBufferBuilder& builder, const Node& node,
    const std::string& blob) {
  const auto name = builder.CreateString(node.name);
  const auto camera = builder.CreateString(node.camera);
  const auto section = builder.CreateVector(
      reinterpret_cast<const std::uint8_t*>(blob.data()), blob.size());
  return fb::CreateNode(builder, name, static_cast<fb::Tier>(node.tier),
                        static_cast<std::int16_t>(node.parent),
                        static_cast<fb::Aggregation>(node.aggregation), camera,
                        section, node.hash);
}

flatbuffers::Offset<fb::Exit> EncodeExit(
    flatbuffers::FlatBufferBuilder& builder, const Exit& exit) {
  const auto scale = builder.CreateVector(exit.scale);
  const auto bias = builder.CreateVector(exit.bias);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> weights;
  flatbuffers::Offset<flatbuffers::Vector<float>> concat_scale;
  flatbuffers::Offset<flatbuffers::Vector<float>> concat_bias;
  if (exit.aggregation == Aggregation::kConcat) {
    weights = builder.CreateVector(exit.concat_weights);
    concat_scale = builder.CreateVector(exit.concat_scale);
    concat_bias = builder.CreateVector(exit.concat_bias);
  }
  return fb::CreateExit(builder, static_cast<fb::Tier>(exit.tier),
                        static_cast<fb::Aggregation>(exit.aggregation), scale,
                        bias, weights, concat_scale, concat_bias,
                        exit.threshold, exit.temperature);
}

// ---- decoding ---------------------------------------------------------------

Section ToSection(const fb::Section& in) {
  Section section;
  for (const fb::ConvP* layer : *in.layers()) {
    section.layers.push_back(
        {.in_channels = layer->in_channels(),
         .filters = layer->filters(),
         .pool_stride = layer->pool_stride(),
         .reads_pixels = layer->reads_pixels(),
         .weights = CopyVector<std::uint8_t>(layer->weights()),
         .thresholds = CopyVector<std::int32_t>(layer->thresholds()),
         .at_least = CopyVector<std::uint8_t>(layer->at_least())});
  }
  section.head = {.inputs = in.head()->inputs(),
                  .classes = in.head()->classes(),
                  .weights = CopyVector<std::uint8_t>(in.head()->weights())};
  return section;
}

/// \param what  the node, for messages.
Result<Section> DecodeSection(std::string_view blob, std::uint64_t stored_hash,
                              const std::string& what) {
  // The hash first: damage is then told apart from a wrong encoder.
  if (blob.size() > kSectionLimitBytes) {
    return Failure{Error::kOversized,
                   fmt::format("{}: {} bytes, at most {}", what, blob.size(),
                               kSectionLimitBytes)};
  }
  if (HashOf(blob) != stored_hash) {
    return Failure{Error::kMalformed,
                   fmt::format("{}: its hash is {:016x}, but {:016x} is "
                               "stored: the file is damaged",
                               what, HashOf(blob), stored_hash)};
  }
  const auto root = FlatBuffer<fb::Section>::Open(blob, kSectionIdentifier,
                                                  kSectionLimitBytes, what);
  if (!root) return root.failure();
  const std::size_t layers = (*root)->layers()->size();
  if (layers > kMaxLayers) {
    return Failure{Error::kOutOfRange, fmt::format("{}: {} layers, at most {}",
                                                   what, layers, kMaxLayers)};
  }
  return ToSection(*root->operator->());
}

std::string ToString(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

Status CheckLength(const flatbuffers::String* text, std::size_t limit,
                   const char* what) {
  if (text == nullptr || text->size() <= limit) return Done{};
  return Failure{Error::kOutOfRange,
                 fmt::format("bundle: {} of {} bytes, at most {}", what,
                             text->size(), limit)};
}

Status CheckCount(std::size_t count, std::size_t limit, const char* what) {
  if (count <= limit) return Done{};
  return Failure{Error::kOutOfRange,
                 fmt::format("bundle: {} {}, at most {}", count, what, limit)};
}

Status DecodeNodes(const fb::Bundle& in, Bundle& bundle) {
  if (auto s = CheckCount(in.nodes()->size(), kNodesLimit, "nodes"); !s) {
    return s;
  }
  for (const fb::Node* node : *in.nodes()) {
    auto s = CheckLength(node->name(), kMaxNameBytes, "a node's name");
    if (s) s = CheckLength(node->camera(), kMaxNameBytes, "a camera's name");
    if (!s) return s;
    const std::string what =
        fmt::format("bundle: section of node {} ('{}')", bundle.nodes.size(),
                    node->name()->str());
    auto section =
        DecodeSection({reinterpret_cast<const char*>(node->section()->data()),
                       node->section()->size()},
                      node->hash(), what);
    if (!section) return section.failure();
    bundle.nodes.push_back(
        {.name = node->name()->str(),
         .tier = static_cast<Tier>(node->tier()),
         .parent = node->parent(),
         .aggregation = static_cast<Aggregation>(node->aggregation()),
         .camera = ToString(node->camera()),
         .section = std::move(*section),
         .hash = node->hash()});
  }
  return Done{};
}

Status DecodeExits(const fb::Bundle& in, Bundle& bundle) {
  if (auto s = CheckCount(in.exits()->size(), kTiers.size(), "exits"); !s) {
    return s;
  }
  for (const fb::Exit* exit : *in.exits()) {
    const auto size = [](const auto* vector) -> std::size_t {
      return vector == nullptr ? 0 : vector->size();
    };
    const auto values =
        std::max({size(exit->scale()), size(exit->bias()),
                  size(exit->concat_scale()), size(exit->concat_bias())});
    auto s = CheckCount(values, kExitValuesLimit, "values of an exit");
    if (s) {
      s = CheckCount(size(exit->concat_weights()),
                     kExitValuesLimit * kMaxClasses / 8,
                     "bytes of an exit's weights");
    }
    if (!s) return s;
    bundle.exits.push_back(
        {.tier = static_cast<Tier>(exit->tier()),
         .aggregation = static_cast<Aggregation>(exit->aggregation()),
         .scale = CopyVector<float>(exit->scale()),
         .bias = CopyVector<float>(exit->bias()),
         .concat_weights = CopyVector<std::uint8_t>(exit->concat_weights()),
         .concat_scale = CopyVector<float>(exit->concat_scale()),
         .concat_bias = CopyVector<float>(exit->concat_bias()),
         .threshold = exit->threshold(),
         .temperature = exit->temperature()});
  }
  return Done{};
}

Status DecodeNames(const fb::Bundle& in, Bundle& bundle) {
  auto s = CheckLength(in.name(), kMaxNameBytes, "a name");
  if (s) {
    s = CheckLength(in.training_record(), kMaxTrainingRecordBytes,
                    "a training record");
  }
  if (s) s = CheckCount(in.classes()->size(), kMaxClasses, "classes");
  if (!s) return s;
  bundle.name = in.name()->str();
  bundle.training_record = ToString(in.training_record());
  for (const flatbuffers::String* name : *in.classes()) {
    s = CheckLength(name, kMaxNameBytes, "a class's name");
    if (!s) return s;
    bundle.classes.push_back(name->str());
  }
  return Done{};
}

}  // namespace

std::string EncodeBundle(const Bundle& bundle) {
  Bundle hashed = bundle;
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::Node>> nodes;
  for (Node& node : hashed.nodes) {
    const std::string blob = EncodeSection(node.section);
    node.hash = HashOf(blob);
    nodes.push_back(EncodeNode(builder, node, blob));
  }
  std::vector<flatbuffers::Offset<fb::Exit>> exits;
  for (const Exit& exit : bundle.exits) {
    exits.push_back(EncodeExit(builder, exit));
  }
  const auto name = builder.CreateString(bundle.name);
  const auto classes = builder.CreateVectorOfStrings(bundle.classes);
  const auto record = builder.CreateString(bundle.training_record);
  const auto node_list = builder.CreateVector(nodes);
  const auto exit_list = builder.CreateVector(exits);
  builder.Finish(fb::CreateBundle(builder, name, classes,
                                  static_cast<fb::Absent>(bundle.absent),
                                  node_list, exit_list, record, TagOf(hashed)),
                 kBundleIdentifier);
  return Finished(builder);
}

Result<Bundle> DecodeBundle(std::string_view bytes) {
  const auto root = FlatBuffer<fb::Bundle>::Open(bytes, kBundleIdentifier,
                                                 kBundleLimitBytes, "bundle");
  if (!root) return root.failure();
  const fb::Bundle& in = *root->operator->();

  Bundle bundle;
  bundle.absent = static_cast<Absent>(in.absent());
  Status status = DecodeNames(in, bundle);
  if (status) status = DecodeNodes(in, bundle);
  if (status) status = DecodeExits(in, bundle);
  if (status) status = CheckBundle(bundle);
  if (!status) return status.failure();
  bundle.tag = TagOf(bundle);
  if (bundle.tag != in.tag()) {
    return Failure{Error::kMalformed,
                   fmt::format("bundle: its tag is {:08x}, but {:08x} is "
                               "stored: the file is damaged",
                               bundle.tag, in.tag())};
  }
  return bundle;
}

Result<Bundle> ReadBundle(const std::filesystem::path& path) {
  const auto bytes = ReadFile(path, kBundleLimitBytes);
  if (!bytes) return bytes.failure();
  auto bundle = DecodeBundle(*bytes);
  if (bundle) return bundle;
  return Failure{bundle.error(), path.string() + ": " + bundle.message()};
}

Status WriteBundle(const Bundle& bundle, const std::filesystem::path& path) {
  return WriteFileAtomically(path, EncodeBundle(bundle));
}

}  // namespace ddnn
