#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/feature_map.h"
#include "core/nn/tier.h"

namespace ddnn {

/// How the children's class vectors or feature maps become one input.
enum class Aggregation : std::uint8_t {
  kMaxPool = 0,      ///< MP: element-wise maximum; of bits, OR
  kAveragePool = 1,  ///< AP: element-wise mean
  kConcat = 2,       ///< CC: side by side
};

/// What an absent or missing child contributes to an aggregator.
enum class Absent : std::uint8_t {
  kMasked = 0,  ///< nothing: no taps (CC), the identity (MP), not counted (AP)
  kBlank = 1,   ///< what a zero image would have answered
};

/// Limits that a bundle must keep; they bound every later allocation.
inline constexpr int kMaxClasses = 64;
inline constexpr int kMaxDevices = 32;
inline constexpr int kMaxFilters = 64;
inline constexpr int kMaxChannels = 256;
inline constexpr int kMaxLayers = 4;
inline constexpr int kMaxEdges = 8;
/// Sums travel as int16, so a head has no more inputs than that holds.
inline constexpr int kMaxHeadInputs = 32767;
/// Largest magnitude of an exit's scales and biases: logits stay finite.
inline constexpr float kMaxExitScale = 1e9F;
/// Names of bundle, classes, nodes and cameras: this many bytes of UTF-8.
inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxTrainingRecordBytes = std::size_t{1} << 20;

/// A convolution block: 3x3 binary-weight convolution (stride 1, padding 1) ->
/// 3x3 max pooling (stride 1 or 2, padding 1) -> threshold. (Paper, III-B.)
///
/// Bias and batch norm are folded into one threshold per filter:
///
///     gamma > 0:  bit = pooled >= threshold      (at_least)
///     gamma < 0:  bit = pooled <= threshold      (!at_least)
///     gamma = 0:  a threshold that is always or never met
///
/// In the first layer of a device the input are pixels divided by the view's
/// scale m; its thresholds k are Q16 and the comparison is
/// `65536 * pooled >= m * k`, exact in int32 (|k| <= kMaxPixelThreshold).
struct ConvP {
  int in_channels = 0;
  int filters = 0;
  int pool_stride = 1;
  bool reads_pixels = false;  ///< input: a View, not bits
  /// Bit i of [filters][in_channels][3][3], least significant bit of each byte
  /// first; set = +1, clear = -1. Unused bits are 0.
  std::vector<std::uint8_t> weights;
  /// [tables][filters]. One table, but D after an AP aggregator of D children:
  /// table m - 1 serves when m of them are present.
  std::vector<std::int32_t> thresholds;
  /// Bit per filter, packed as the weights.
  std::vector<std::uint8_t> at_least;

  bool Weight(int filter, int channel, int ky, int kx) const {
    const int row = (filter * in_channels + channel) * 3 + ky;
    const std::size_t bit =
        static_cast<std::size_t>(row) * 3 + static_cast<std::size_t>(kx);
    return (weights[bit / 8] >> (bit % 8)) & 1U;
  }
  bool AtLeast(int filter) const {
    const auto bit = static_cast<std::size_t>(filter);
    return (at_least[bit / 8] >> (bit % 8)) & 1U;
  }
  std::int32_t Threshold(int filter, int table = 0) const {
    return thresholds[static_cast<std::size_t>(table) *
                          static_cast<std::size_t>(filters) +
                      static_cast<std::size_t>(filter)];
  }
  /// Of the map that this layer makes of one of shape `input`.
  MapShape OutputShape(const MapShape& input) const {
    return {filters, (input.height - 1) / pool_stride + 1,
            (input.width - 1) / pool_stride + 1};
  }
  std::size_t parameter_bytes() const {
    return weights.size() + at_least.size() +
           thresholds.size() * sizeof(std::int32_t);
  }
};

/// A threshold of +-this is never (always) met: 27 taps of at most m, plus 1.
inline constexpr std::int32_t kMaxPixelThreshold = 27 * 65536 + 1;

/// A binary fully connected layer: bits in, integer sums out.
/// sum[c] = sum over inputs of weight * input, both +-1.
struct BinaryFc {
  int inputs = 0;
  int classes = 0;
  /// Bit i of [classes][inputs], least significant bit of each byte first; each
  /// class starts at a whole byte, so that it lines up with the map's bytes.
  /// `inputs` counts the map's valid bits in plane order.
  std::vector<std::uint8_t> weights;

  std::size_t row_bytes() const {
    return (static_cast<std::size_t>(inputs) + 7) / 8;
  }
};

/// The layers that one node of the tree runs, and the FC that feeds its exit.
struct Section {
  std::vector<ConvP> layers;
  BinaryFc head;

  std::size_t parameter_bytes() const;
};

/// A place in the network's tree.
struct Node {
  std::string name;  ///< e.g. "device0", "edge", "cloud"
  Tier tier = Tier::kDevice;
  int parent = -1;  ///< index into Bundle::nodes; -1 for the root
  Aggregation aggregation = Aggregation::kConcat;  ///< of the children's maps
  std::string camera;  ///< devices: the camera of the data set, e.g. "cam0"
  Section section;
  std::uint64_t hash = 0;  ///< XXH3-64 of the section's blob; filled when read
};

/// The classifier after the sections of one tier: sums of its contributors
/// (all nodes of the tier, in node order) -> class scores.
///
///     v[i][c] = sum[i][c] * scale[i][c] + bias[i][c]
///     logits  = MP, AP over i of v, or CC: a binary FC over all v, then
///               logit[c] = z[c] * concat_scale[c] + concat_bias[c]
struct Exit {
  Tier tier = Tier::kDevice;
  Aggregation aggregation = Aggregation::kMaxPool;
  std::vector<float> scale;  ///< [contributors][C]
  std::vector<float> bias;   ///< [contributors][C]
  std::vector<std::uint8_t>
      concat_weights;  ///< CC: bits [C][contributors * C], as ConvP's
  std::vector<float> concat_scale;  ///< CC: [C]
  std::vector<float> concat_bias;   ///< CC: [C]
  float threshold = 1.0F;  ///< T in [0, 1]; beside the weights, not in the tag
  float temperature = 1.0F;  ///< > 0, divides the logits; not in the tag
};

/// One trained network: what every agent of a group must share.
///
/// Nodes are ordered devices first (device i is node i), then edges, then the
/// cloud, the root. Where there are edges, every device is under one. Exits are
/// ordered by tier; the cloud's always exists.
struct Bundle {
  std::string name;                  ///< e.g. "epfl-mvmc-c"
  std::vector<std::string> classes;  ///< in label order
  Absent absent = Absent::kMasked;
  std::vector<Node> nodes;
  std::vector<Exit> exits;
  std::string training_record;  ///< JSON: data, recipe, seed, date, accuracy
  std::uint32_t tag = 0;  ///< identity of tree and weights; filled when read

  int class_count() const { return static_cast<int>(classes.size()); }
  int device_count() const;
  /// Indices of the nodes whose parent is `node`, in order.
  std::vector<int> ChildrenOf(int node) const;
  /// Indices of a tier's nodes, in order.
  std::vector<int> NodesOf(Tier tier) const;
  /// The exit of a tier, or nullptr.
  const Exit* ExitOf(Tier tier) const;
  Exit* ExitOf(Tier tier);
  /// Output shape of a node's section.
  MapShape OutputShape(int node) const;
  /// Letter of the paper's Figure 2 that the tree corresponds to: 'b' .. 'f'.
  char Hierarchy() const;
};

/// Bytes a device sends for a sample, the paper's III-E:
/// c = 4 |C| + (1 - l) f o / 8, l = share of samples that left locally.
double FormulaBytes(const Bundle& bundle, double local_share);

/// Longest bundle file that is read.
inline constexpr std::size_t kBundleLimitBytes = std::size_t{16} << 20;

/// Checks a bundle in full: tree, shapes, sizes, ranges.
/// \return Done, or kBadShape / kOutOfRange with a message naming the node.
Status CheckBundle(const Bundle& bundle);

/// Decodes a bundle file's bytes, checks it, and fills in hashes and tag.
/// \return kTruncated, kOversized, kWrongIdentifier, kMalformed, kBadShape,
///     kOutOfRange: each with a message that names what is wrong. Nothing is
///     allocated on the word of the input alone.
Result<Bundle> DecodeBundle(std::string_view bytes);

/// Encodes a bundle; `hash` and `tag` are computed, not read.
/// Precondition: CheckBundle(bundle).ok().
std::string EncodeBundle(const Bundle& bundle);

/// ReadFile and DecodeBundle; messages name the file.
Result<Bundle> ReadBundle(const std::filesystem::path& path);

/// EncodeBundle and WriteFileAtomically.
Status WriteBundle(const Bundle& bundle, const std::filesystem::path& path);

}  // namespace ddnn
