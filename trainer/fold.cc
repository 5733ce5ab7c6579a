#include "trainer/fold.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace ddnn {
namespace {

void SetBit(std::vector<std::uint8_t>* bits, std::size_t bit) {
  (*bits)[bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
}

std::vector<std::uint8_t> PackSigns(std::span<const float> weights) {
  std::vector<std::uint8_t> bits((weights.size() + 7) / 8);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] >= 0) SetBit(&bits, i);
  }
  return bits;
}

double Deviation(const TrainedNorm& norm, std::size_t i) {
  return std::sqrt(norm.variance[i] + kBatchNormEpsilon);
}

/// \param unit   what one step of the threshold stands for: 65536 for Q16, the
///     number of summed maps for AP, else 1.
/// \param never  a threshold beyond every sum.
std::int32_t FoldThreshold(const TrainedNorm& norm, std::size_t i, double unit,
                           std::int32_t never) {
  const double gamma = norm.gamma[i];
  const double beta = norm.beta[i];
  if (gamma == 0) return beta >= 0 ? -never : never;
  const double t = norm.mean[i] - beta * Deviation(norm, i) / gamma;
  const double whole = gamma > 0 ? std::ceil(unit * t) : std::floor(unit * t);
  return static_cast<std::int32_t>(std::clamp(
      whole, static_cast<double>(-never), static_cast<double>(never)));
}

Node MakeNode(std::string name, Tier tier, int parent,
              Aggregation aggregation) {
  Node node;
  node.name = std::move(name);
  node.tier = tier;
  node.parent = parent;
  node.aggregation = aggregation;
  return node;
}

Section FoldSection(const TrainedSection& section, bool reads_pixels,
                    int tables) {
  Section out;
  for (const TrainedConv& layer : section.layers) {
    out.layers.push_back(FoldConv(layer, reads_pixels, tables));
    reads_pixels = false;
    tables = 1;
  }
  out.head = FoldFc(section.head);
  return out;
}

Exit MakeExit(Tier tier, Aggregation aggregation,
              const std::vector<TrainedSection>& contributors) {
  Exit exit;
  exit.tier = tier;
  exit.aggregation = aggregation;
  for (const TrainedSection& section : contributors) {
    const FoldedNorm norm = FoldNorm(section.head.norm);
    exit.scale.insert(exit.scale.end(), norm.scale.begin(), norm.scale.end());
    exit.bias.insert(exit.bias.end(), norm.bias.begin(), norm.bias.end());
  }
  return exit;
}

}  // namespace

ConvP FoldConv(const TrainedConv& conv, bool reads_pixels, int tables) {
  ConvP out;
  out.in_channels = conv.in_channels;
  out.filters = conv.filters;
  out.pool_stride = conv.pool_stride;
  out.reads_pixels = reads_pixels;
  out.weights = PackSigns(conv.weights);
  const auto filters = static_cast<std::size_t>(conv.filters);
  out.at_least.resize((filters + 7) / 8);
  for (std::size_t f = 0; f < filters; ++f) {
    if (conv.norm.gamma[f] >= 0) SetBit(&out.at_least, f);
  }
  for (int m = 1; m <= tables; ++m) {
    const std::int32_t never =
        reads_pixels ? kMaxPixelThreshold : 9 * conv.in_channels * m + 1;
    for (std::size_t f = 0; f < filters; ++f) {
      out.thresholds.push_back(
          FoldThreshold(conv.norm, f, reads_pixels ? 65536.0 : m, never));
    }
  }
  return out;
}

BinaryFc FoldFc(const TrainedFc& fc) {
  BinaryFc out;
  out.inputs = fc.inputs;
  const auto inputs = static_cast<std::size_t>(fc.inputs);
  out.classes = static_cast<int>(fc.weights.size() / inputs);
  for (std::size_t start = 0; start < fc.weights.size(); start += inputs) {
    const auto row = PackSigns(std::span(fc.weights).subspan(start, inputs));
    out.weights.insert(out.weights.end(), row.begin(), row.end());
  }
  return out;
}

FoldedNorm FoldNorm(const TrainedNorm& norm) {
  FoldedNorm out;
  for (std::size_t i = 0; i < norm.gamma.size(); ++i) {
    const double scale = norm.gamma[i] / Deviation(norm, i);
    out.scale.push_back(static_cast<float>(scale));
    out.bias.push_back(static_cast<float>(norm.beta[i] - scale * norm.mean[i]));
  }
  return out;
}

Bundle FoldNetwork(const TrainedNetwork& network, const Recipe& recipe,
                   const BundleNames& names) {
  const auto devices = static_cast<int>(network.devices.size());
  const Aggregation maps = recipe.MapAggregation();
  const auto edges = static_cast<int>(network.edges.size());
  const int share = edges > 0 ? devices / edges : devices;
  const int tables = maps == Aggregation::kAveragePool ? share : 1;

  Bundle bundle;
  bundle.name = recipe.name;
  bundle.classes = names.classes;
  bundle.absent = recipe.AbsentViews();
  for (int i = 0; i < devices; ++i) {
    Node node =
        MakeNode("device" + std::to_string(i), Tier::kDevice,
                 devices + (edges > 0 ? i / share : 0), Aggregation::kConcat);
    node.camera = names.cameras[static_cast<std::size_t>(i)];
    node.section =
        FoldSection(network.devices[static_cast<std::size_t>(i)], true, 1);
    bundle.nodes.push_back(std::move(node));
  }
  bundle.exits.push_back(
      MakeExit(Tier::kDevice, recipe.LocalAggregation(), network.devices));
  if (recipe.LocalAggregation() == Aggregation::kConcat) {
    Exit& local = bundle.exits.back();
    local.concat_weights = PackSigns(network.local_concat.weights);
    const FoldedNorm norm = FoldNorm(network.local_concat.norm);
    local.concat_scale = norm.scale;
    local.concat_bias = norm.bias;
  }
  for (int i = 0; i < edges; ++i) {
    Node edge = MakeNode(edges == 1 ? "edge" : "edge" + std::to_string(i),
                         Tier::kEdge, devices + edges, maps);
    edge.section =
        FoldSection(network.edges[static_cast<std::size_t>(i)], false, tables);
    bundle.nodes.push_back(std::move(edge));
  }
  if (edges > 0) {
    bundle.exits.push_back(
        MakeExit(Tier::kEdge, Aggregation::kMaxPool, network.edges));
  }
  Node cloud = MakeNode("cloud", Tier::kCloud, -1,
                        edges > 0 ? Aggregation::kConcat : maps);
  cloud.section = FoldSection(network.cloud, false, edges > 0 ? 1 : tables);
  bundle.nodes.push_back(std::move(cloud));
  bundle.exits.push_back(
      MakeExit(Tier::kCloud, Aggregation::kMaxPool, {network.cloud}));
  return bundle;
}

}  // namespace ddnn
