#include "trainer/exact.h"

#include <torch/torch.h>

#include <limits>

#include "trainer/pixels.h"

namespace ddnn {
namespace {

using torch::Tensor;

struct NodeValues {
  Tensor map;      ///< [N, filters, H, W] double, +-1
  Tensor sums;     ///< [N, C] double, whole numbers
  Tensor present;  ///< [N] double, 1 or 0
};

/// +-1 from packed bits, in double.
Tensor Signs(const std::vector<std::uint8_t>& bits, std::size_t first,
             std::int64_t count) {
  Tensor signs = torch::empty({count}, torch::kDouble);
  auto* out = signs.data_ptr<double>();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t bit = first + static_cast<std::size_t>(i);
    out[i] = ((bits[bit / 8] >> (bit % 8)) & 1U) != 0 ? 1.0 : -1.0;
  }
  return signs;
}

/// \param scale  [N, 1, 1, 1] of the views, for the first layer; else
/// undefined. \param table  [N] int64: which table of thresholds serves each
/// row.
Tensor RunConv(const ConvP& conv, const Tensor& x, const Tensor& scale,
               const Tensor& table) {
  const Tensor weight =
      Signs(conv.weights, 0, std::int64_t{9} * conv.filters * conv.in_channels)
          .view({conv.filters, conv.in_channels, 3, 3});
  const Tensor z = torch::max_pool2d(torch::conv2d(x, weight, {}, 1, 1), 3,
                                     conv.pool_stride, 1);
  const Tensor thresholds =
      torch::tensor(conv.thresholds, torch::kDouble).view({-1, conv.filters});
  const Tensor k =
      thresholds.index_select(0, table).unsqueeze(-1).unsqueeze(-1);
  const Tensor left = scale.defined() ? z * 65536 : z;
  const Tensor right = scale.defined() ? k * scale : k;
  const Tensor at_least =
      Signs(conv.at_least, 0, conv.filters).gt(0).view({1, conv.filters, 1, 1});
  const Tensor bit = torch::where(at_least, left.ge(right), left.le(right));
  return bit.to(torch::kDouble) * 2 - 1;
}

Tensor RunFc(const BinaryFc& fc, const Tensor& map) {
  std::vector<Tensor> rows;
  for (int c = 0; c < fc.classes; ++c) {
    const std::size_t first = static_cast<std::size_t>(c) * fc.row_bytes() * 8;
    rows.push_back(Signs(fc.weights, first, fc.inputs));
  }
  return torch::matmul(map.flatten(1), torch::stack(rows).t());
}

NodeValues RunSection(const Section& section, Tensor x, Tensor scale,
                      Tensor table) {
  for (const ConvP& layer : section.layers) {
    x = RunConv(layer, x, scale, table);
    scale = Tensor();
    table = torch::zeros_like(table);
  }
  return {x, RunFc(section.head, x), {}};
}

/// \param maps  [N, children, filters, H, W]; mask [N, children].
NodeValues RunUpper(const Node& node, const Tensor& maps, const Tensor& mask) {
  const Tensor weight = mask.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
  Tensor table = torch::zeros({maps.size(0)}, torch::kLong);
  Tensor x;
  switch (node.aggregation) {
    case Aggregation::kMaxPool:
      x = maps.masked_fill(weight.eq(0), -1).amax(1);
      break;
    case Aggregation::kAveragePool:
      x = (maps * weight).sum(1);
      // A node with no child present is absent itself: any table serves.
      table = mask.sum(1).clamp_min(1).to(torch::kLong) - 1;
      break;
    case Aggregation::kConcat:
      x = (maps * weight).flatten(1, 2);
      break;
  }
  return RunSection(node.section, x, {}, table);
}

/// \param sums  [N, contributors, C]; mask [N, contributors], both double.
Tensor ExitScores(const Exit& exit, const Tensor& sums, const Tensor& mask) {
  const auto contributors = sums.size(1);
  const auto classes = sums.size(2);
  const auto table = [&](const std::vector<float>& values) {
    return torch::tensor(values).view({contributors, classes});
  };
  const Tensor v =
      sums.to(torch::kFloat) * table(exit.scale) + table(exit.bias);
  const Tensor here = mask.to(torch::kFloat).unsqueeze(-1);
  if (exit.aggregation == Aggregation::kMaxPool) {
    return v.masked_fill(here.eq(0), -std::numeric_limits<float>::infinity())
        .amax(1);
  }
  const Tensor counted = v * here;
  if (exit.aggregation == Aggregation::kAveragePool) {
    Tensor total = torch::zeros_like(counted.select(1, 0));
    for (std::int64_t i = 0; i < contributors; ++i)
      total += counted.select(1, i);
    return total / here.sum(1);
  }
  const Tensor signs =
      Signs(exit.concat_weights, 0, classes * contributors * classes)
          .to(torch::kFloat)
          .view({classes, -1});
  const Tensor flat = counted.flatten(1);
  Tensor z = torch::zeros({flat.size(0), classes});
  for (std::int64_t i = 0; i < flat.size(1); ++i) {
    z += flat.select(1, i).unsqueeze(1) * signs.select(1, i);
  }
  return z * torch::tensor(exit.concat_scale) + torch::tensor(exit.concat_bias);
}

std::vector<std::vector<float>> ToRows(const Tensor& scores) {
  std::vector<std::vector<float>> rows;
  const Tensor flat = scores.contiguous();
  const float* data = flat.data_ptr<float>();
  const auto classes = flat.size(1);
  for (std::int64_t i = 0; i < flat.size(0); ++i) {
    rows.emplace_back(data + i * classes, data + (i + 1) * classes);
  }
  return rows;
}

/// Every node's values, in node order.
std::vector<NodeValues> RunTree(const Bundle& bundle,
                                const PixelTensors& pixels,
                                const Tensor& mask) {
  const int devices = bundle.device_count();
  std::vector<NodeValues> values;
  const Tensor table = torch::zeros({mask.size(0)}, torch::kLong);
  for (int i = 0; i < static_cast<int>(bundle.nodes.size()); ++i) {
    const Node& node = bundle.nodes[static_cast<std::size_t>(i)];
    if (i < devices) {
      const Tensor scale = pixels.scale.select(1, i).to(torch::kDouble);
      values.push_back(RunSection(node.section,
                                  pixels.bytes.select(1, i).to(torch::kDouble),
                                  scale.view({-1, 1, 1, 1}), table));
      values.back().present = mask.select(1, i);
      continue;
    }
    std::vector<Tensor> maps;
    std::vector<Tensor> masks;
    for (const int child : bundle.ChildrenOf(i)) {
      maps.push_back(values[static_cast<std::size_t>(child)].map);
      masks.push_back(values[static_cast<std::size_t>(child)].present);
    }
    const Tensor present = torch::stack(masks, 1);
    values.push_back(RunUpper(node, torch::stack(maps, 1), present));
    values.back().present = present.amax(1);
  }
  return values;
}

}  // namespace

ExitLogits EvaluateExactly(const Bundle& bundle, const Examples& examples) {
  const torch::NoGradGuard no_grad;
  const PixelTensors pixels = PixelsOf(examples);
  const Tensor present = pixels.present.to(torch::kDouble);
  const Tensor mask =
      bundle.absent == Absent::kMasked ? present : torch::ones_like(present);
  const std::vector<NodeValues> values = RunTree(bundle, pixels, mask);
  ExitLogits out;
  for (const Exit& exit : bundle.exits) {
    std::vector<Tensor> sums;
    std::vector<Tensor> masks;
    for (const int node : bundle.NodesOf(exit.tier)) {
      sums.push_back(values[static_cast<std::size_t>(node)].sums);
      masks.push_back(values[static_cast<std::size_t>(node)].present);
    }
    out.tiers.push_back(exit.tier);
    out.logits.push_back(ToRows(
        ExitScores(exit, torch::stack(sums, 1), torch::stack(masks, 1))));
  }
  return out;
}

}  // namespace ddnn
