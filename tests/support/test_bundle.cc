#include "tests/support/test_bundle.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

namespace ddnn {
namespace {

using Random = std::mt19937_64;

double Uniform(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
}

std::vector<std::uint8_t> RandomBits(Random& random, int count) {
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(count + 7) / 8);
  for (std::uint8_t& byte : bits) byte = static_cast<std::uint8_t>(random());
  if (count % 8 != 0) {
    bits.back() &= static_cast<std::uint8_t>((1U << (count % 8)) - 1);
  }
  return bits;
}

/// `maps` = how many children are summed into the input: tables of thresholds.
ConvP RandomLayer(Random& random, int in_channels, int filters, int stride,
                  int maps) {
  ConvP layer;
  layer.in_channels = in_channels;
  layer.filters = filters;
  layer.pool_stride = stride;
  layer.weights = RandomBits(random, filters * in_channels * 9);
  layer.at_least = RandomBits(random, filters);
  for (int present = 1; present <= maps; ++present) {
    // Around the largest of nine sums of 9 * in_channels signs.
    const double spread = std::sqrt(9.0 * in_channels * present);
    for (int f = 0; f < filters; ++f) {
      layer.thresholds.push_back(
          static_cast<std::int32_t>(spread * Uniform(random, 0.0, 2.5)));
    }
  }
  return layer;
}

ConvP RandomPixelLayer(Random& random, int filters) {
  ConvP layer = RandomLayer(random, 3, filters, 2, 1);
  layer.reads_pixels = true;
  for (std::int32_t& threshold : layer.thresholds) {
    threshold = static_cast<std::int32_t>(65536 * Uniform(random, -1.0, 5.0));
  }
  return layer;
}

BinaryFc RandomHead(Random& random, const MapShape& shape, int classes) {
  BinaryFc head{.inputs = shape.channels * shape.height * shape.width,
                .classes = classes,
                .weights = {}};
  for (int c = 0; c < classes; ++c) {
    const auto row = RandomBits(random, head.inputs);
    head.weights.insert(head.weights.end(), row.begin(), row.end());
  }
  return head;
}

Exit RandomExit(Random& random, const Bundle& bundle, Tier tier,
                const TestBundleOptions& options) {
  Exit exit;
  exit.tier = tier;
  exit.aggregation = options.scores;
  exit.threshold = tier == Tier::kCloud ? 1.0F : options.threshold;
  const int classes = options.classes;
  for (const int node : bundle.NodesOf(tier)) {
    const int inputs =
        bundle.nodes[static_cast<std::size_t>(node)].section.head.inputs;
    for (int c = 0; c < classes; ++c) {
      exit.scale.push_back(static_cast<float>(Uniform(random, 0.5, 1.5) /
                                              std::sqrt(double(inputs))));
      exit.bias.push_back(static_cast<float>(Uniform(random, -0.5, 0.5)));
    }
  }
  if (exit.aggregation == Aggregation::kConcat) {
    const int values = static_cast<int>(exit.scale.size());
    exit.concat_weights = RandomBits(random, classes * values);
    for (int c = 0; c < classes; ++c) {
      exit.concat_scale.push_back(static_cast<float>(
          Uniform(random, 0.5, 1.5) / std::sqrt(double(values))));
      exit.concat_bias.push_back(
          static_cast<float>(Uniform(random, -0.5, 0.5)));
    }
  }
  return exit;
}

void AddNode(Bundle& bundle, std::string name, Tier tier, int parent,
             Aggregation maps) {
  Node node;
  node.name = std::move(name);
  node.tier = tier;
  node.parent = parent;
  node.aggregation = maps;
  bundle.nodes.push_back(std::move(node));
}

void AddTree(Bundle& bundle, const TestBundleOptions& options) {
  const int cloud = options.devices + options.edges;
  for (int i = 0; i < options.devices; ++i) {
    const std::string number = std::to_string(i);
    const int parent = options.devices + i * options.edges / options.devices;
    AddNode(bundle, "device" + number, Tier::kDevice, parent, options.maps);
    bundle.nodes.back().camera = "cam" + number;
  }
  for (int i = 0; i < options.edges; ++i) {
    const std::string name =
        options.edges == 1 ? "edge" : "edge" + std::to_string(i);
    AddNode(bundle, name, Tier::kEdge, cloud, options.maps);
  }
  AddNode(bundle, "cloud", Tier::kCloud, -1, options.maps);
}

void AddDeviceSection(Random& random, const TestBundleOptions& options,
                      Section& section) {
  section.layers.push_back(RandomPixelLayer(random, options.filters));
  for (int l = 1; l < options.device_layers; ++l) {
    section.layers.push_back(
        RandomLayer(random, options.filters, options.filters, 2, 1));
  }
}

void AddUpperSection(Random& random, const TestBundleOptions& options,
                     Bundle& bundle, int node) {
  const std::vector<int> children = bundle.ChildrenOf(node);
  const int count = static_cast<int>(children.size());
  const int child_channels = bundle.OutputShape(children.front()).channels;
  const int in_channels = options.maps == Aggregation::kConcat
                              ? child_channels * count
                              : child_channels;
  const int maps = options.maps == Aggregation::kAveragePool ? count : 1;
  Node& self = bundle.nodes[static_cast<std::size_t>(node)];
  if (self.tier == Tier::kEdge) {
    self.section.layers.push_back(
        RandomLayer(random, in_channels, options.edge_filters, 2, maps));
    return;
  }
  self.section.layers.push_back(
      RandomLayer(random, in_channels, options.cloud_filters, 1, maps));
  for (int l = 1; l < options.cloud_layers; ++l) {
    self.section.layers.push_back(RandomLayer(random, options.cloud_filters,
                                              options.cloud_filters, 1, 1));
  }
}

}  // namespace

Bundle MakeTestBundle(const TestBundleOptions& options) {
  Random random(options.seed);
  Bundle bundle;
  bundle.name = "test";
  for (int c = 0; c < options.classes; ++c) {
    bundle.classes.push_back("class" + std::to_string(c));
  }
  bundle.absent = options.absent;
  bundle.training_record = R"({"data":"random"})";
  AddTree(bundle, options);
  for (int node = 0; node < static_cast<int>(bundle.nodes.size()); ++node) {
    Node& self = bundle.nodes[static_cast<std::size_t>(node)];
    if (self.tier == Tier::kDevice) {
      AddDeviceSection(random, options, self.section);
    } else {
      AddUpperSection(random, options, bundle, node);
    }
    self.section.head =
        RandomHead(random, bundle.OutputShape(node), options.classes);
  }
  if (options.local_exit) {
    bundle.exits.push_back(RandomExit(random, bundle, Tier::kDevice, options));
  }
  if (options.edges > 0 && options.edge_exit) {
    bundle.exits.push_back(RandomExit(random, bundle, Tier::kEdge, options));
  }
  bundle.exits.push_back(RandomExit(random, bundle, Tier::kCloud, options));
  auto read = DecodeBundle(EncodeBundle(bundle));
  if (!read) {
    std::fprintf(stderr, "MakeTestBundle: %s\n", read.message().c_str());
    std::abort();
  }
  return std::move(*read);
}

}  // namespace ddnn
