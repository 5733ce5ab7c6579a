#include "cli/bundle_command.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/command.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

std::string_view AggregationName(Aggregation aggregation) {
  constexpr std::array<std::string_view, 3> kNames{"MP", "AP", "CC"};
  return kNames[static_cast<std::size_t>(aggregation)];
}

std::string_view AbsentName(Absent absent) {
  return absent == Absent::kMasked ? "masked" : "blank";
}

std::string Hex(std::uint64_t value, int digits) {
  return fmt::format("{:0{}x}", value, digits);
}

/// The record as JSON if it is, else as text.
Json TrainingRecord(const Bundle& bundle) {
  Json record = Json::parse(bundle.training_record, nullptr, false);
  return record.is_discarded() ? Json(bundle.training_record) : record;
}

std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Json NodeJson(const Bundle& bundle, int index) {
  const Node& node = bundle.nodes[static_cast<std::size_t>(index)];
  const MapShape shape = bundle.OutputShape(index);
  Json layers = Json::array();
  for (const ConvP& layer : node.section.layers) {
    layers.push_back({{"in_channels", layer.in_channels},
                      {"filters", layer.filters},
                      {"pool_stride", layer.pool_stride},
                      {"reads_pixels", layer.reads_pixels},
                      {"parameter_bytes", layer.parameter_bytes()}});
  }
  Json json{{"name", node.name},
            {"tier", TierName(node.tier)},
            {"parent", node.parent}};
  if (node.tier == Tier::kDevice) {
    json["camera"] = node.camera;
  } else {
    json["aggregation"] = AggregationName(node.aggregation);
  }
  json["layers"] = std::move(layers);
  json["output"] = {{"channels", shape.channels},
                    {"height", shape.height},
                    {"width", shape.width},
                    {"bytes", shape.bytes()}};
  json["head"] = {{"inputs", node.section.head.inputs},
                  {"classes", node.section.head.classes}};
  json["parameter_bytes"] = node.section.parameter_bytes();
  json["hash"] = Hex(node.hash, 16);
  return json;
}

std::string NodeLines(const Bundle& bundle, int index) {
  const Node& node = bundle.nodes[static_cast<std::size_t>(index)];
  const MapShape shape = bundle.OutputShape(index);
  std::string inputs;
  if (node.tier == Tier::kDevice) {
    inputs = "camera " + node.camera;
  } else {
    inputs = fmt::format("{} of", AggregationName(node.aggregation));
    for (const int child : bundle.ChildrenOf(index)) {
      inputs += ' ' + bundle.nodes[static_cast<std::size_t>(child)].name;
    }
  }
  std::string layers;
  for (const ConvP& layer : node.section.layers) {
    layers += fmt::format("ConvP {}->{} /{}, ", layer.in_channels,
                          layer.filters, layer.pool_stride);
  }
  return fmt::format(
      "  {:<10} {}\n             {}FC {}->{}; map {}x{}x{}, {} bytes; "
      "{} bytes of parameters; hash {}\n",
      node.name, inputs, layers, node.section.head.inputs,
      node.section.head.classes, shape.channels, shape.height, shape.width,
      shape.bytes(), node.section.parameter_bytes(), Hex(node.hash, 16));
}

std::string ClassList(const Bundle& bundle) {
  return fmt::format("{}", fmt::join(bundle.classes, ", "));
}

}  // namespace

std::string DescribeBundle(const Bundle& bundle) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out,
                 "bundle     {}\ntag        {}\nhierarchy  {}\nclasses    {}\n"
                 "absent     {}\n\nsections\n",
                 bundle.name, Hex(bundle.tag, 8), bundle.Hierarchy(),
                 ClassList(bundle), AbsentName(bundle.absent));
  for (int node = 0; node < static_cast<int>(bundle.nodes.size()); ++node) {
    text += NodeLines(bundle, node);
  }
  text += "\nexits\n";
  for (const Exit& exit : bundle.exits) {
    fmt::format_to(out, "  {:<10} {} of {} heads; T = {}; temperature {}\n",
                   ExitName(exit.tier), AggregationName(exit.aggregation),
                   bundle.NodesOf(exit.tier).size(), exit.threshold,
                   exit.temperature);
  }
  fmt::format_to(out, "\ntraining record\n{}\n", Dump(TrainingRecord(bundle)));
  return text;
}

std::string DescribeBundleJson(const Bundle& bundle) {
  Json nodes = Json::array();
  for (int node = 0; node < static_cast<int>(bundle.nodes.size()); ++node) {
    nodes.push_back(NodeJson(bundle, node));
  }
  Json exits = Json::array();
  for (const Exit& exit : bundle.exits) {
    exits.push_back({{"exit", ExitName(exit.tier)},
                     {"aggregation", AggregationName(exit.aggregation)},
                     {"threshold", exit.threshold},
                     {"temperature", exit.temperature}});
  }
  return Dump({{"name", bundle.name},
               {"tag", Hex(bundle.tag, 8)},
               {"hierarchy", std::string(1, bundle.Hierarchy())},
               {"classes", bundle.classes},
               {"absent", AbsentName(bundle.absent)},
               {"nodes", std::move(nodes)},
               {"exits", std::move(exits)},
               {"training_record", TrainingRecord(bundle)}}) +
         '\n';
}

int ShowBundle(const std::filesystem::path& file, bool json) {
  const Bundle bundle = ValueOrThrow(ReadBundle(file));
  std::cout << (json ? DescribeBundleJson(bundle) : DescribeBundle(bundle));
  return kExitOk;
}

int VerifyBundle(const std::filesystem::path& file) {
  const Bundle bundle = ValueOrThrow(ReadBundle(file));
  std::cout << fmt::format("{}: ok, tag {}\n", file.string(),
                           Hex(bundle.tag, 8));
  return kExitOk;
}

}  // namespace ddnn
