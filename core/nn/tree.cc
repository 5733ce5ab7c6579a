#include "core/nn/tree.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/nn/tree_check.h"
#include "core/nn/tree_file.h"

namespace ddnn {
namespace {

/// Devices by index, then edges, then the cloud.
bool ComesBefore(const Place& a, const Place& b) {
  return a.tier != b.tier ? a.tier < b.tier : a.device < b.device;
}

bool Decides(const Place& place) { return !place.exits.empty(); }

/// Nothing for an empty list.
std::string ListLine(std::string_view key,
                     const std::vector<std::string>& names) {
  if (names.empty()) return "";
  return fmt::format("    {}: [{}]\n", key, fmt::join(names, ", "));
}

std::string NamesOf(const std::vector<const Place*>& places) {
  std::string names;
  for (const Place* place : places) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", place->name);
  }
  return names;
}

}  // namespace

std::string_view Name(Offload offload) {
  switch (offload) {
    case Offload::kRaw:
      return "raw";
    case Offload::kJpeg:
      return "jpeg";
    default:
      return "none";
  }
}

Tree Tree::Of(const Bundle& bundle, Offload offload, int jpeg_quality) {
  Tree tree;
  tree.offload_ = offload;
  tree.jpeg_quality_ = jpeg_quality;
  for (std::size_t i = 0; i < bundle.nodes.size(); ++i) {
    const Node& node = bundle.nodes[i];
    Place place{.name = node.name, .tier = node.tier};
    if (node.parent >= 0) {
      place.parent = bundle.nodes[static_cast<std::size_t>(node.parent)].name;
    }
    if (node.tier == Tier::kDevice) place.device = static_cast<int>(i);
    if (node.tier == Tier::kCloud) place.exits = {Tier::kCloud};
    place.sections = {static_cast<int>(i)};
    tree.places_.push_back(std::move(place));
  }
  if (bundle.NodesOf(Tier::kEdge).empty()) {
    const auto name = TierName(Tier::kEdge);
    for (Place& place : tree.places_) {
      if (place.tier == Tier::kDevice) place.parent = name;
    }
    const auto cloud = std::prev(tree.places_.end());
    tree.places_.insert(cloud, {.name = std::string(name),
                                .tier = Tier::kEdge,
                                .parent = cloud->name});
  }
  const auto lead = std::ranges::find(tree.places_, Tier::kEdge, &Place::tier);
  for (const Exit& exit : bundle.exits) {
    if (exit.tier != Tier::kCloud && offload == Offload::kNone) {
      lead->exits.push_back(exit.tier);
    }
  }
  if (offload != Offload::kNone) tree.MoveSectionsToCloud();
  return tree;
}

void Tree::MoveSectionsToCloud() {
  std::vector<int> sections;
  for (Place& place : places_) {
    sections.insert(sections.end(), place.sections.begin(),
                    place.sections.end());
    place.sections.clear();
  }
  places_.back().sections = std::move(sections);
}

Tree Tree::Read(const std::filesystem::path& file, const Bundle& bundle) {
  ParsedTree parsed = ReadTreeFile(file, bundle);
  CheckPlaces(bundle, &parsed);
  Tree tree;
  tree.offload_ = parsed.offload;
  tree.jpeg_quality_ = parsed.jpeg_quality;
  for (ParsedPlace& place : parsed.places) {
    tree.places_.push_back(std::move(place.place));
  }
  std::ranges::stable_sort(tree.places_, ComesBefore);
  return tree;
}

const Place* Tree::Find(std::string_view name) const {
  const auto found = std::ranges::find(places_, name, &Place::name);
  return found == places_.end() ? nullptr : &*found;
}

std::vector<const Place*> Tree::PlacesOf(Tier tier) const {
  std::vector<const Place*> found;
  for (const Place& place : places_) {
    if (place.tier == tier) found.push_back(&place);
  }
  return found;
}

const Place& Tree::Lead() const {
  const std::vector<const Place*> edges = PlacesOf(Tier::kEdge);
  const auto lead = std::ranges::find_if(
      edges, [](const Place* edge) { return Decides(*edge); });
  return lead == edges.end() ? *edges.front() : **lead;
}

std::vector<int> Tree::DevicesBelow(const Place& edge) const {
  std::vector<int> devices;
  for (const Place& place : places_) {
    if (place.tier == Tier::kDevice && place.parent == edge.name) {
      devices.push_back(place.device);
    }
  }
  return devices;
}

char Tree::Hierarchy() const {
  if (offload_ != Offload::kNone) return 'a';
  const std::vector<const Place*> edges = PlacesOf(Tier::kEdge);
  if (edges.size() > 1) return 'f';
  const bool has_section = !edges.front()->sections.empty();
  if (PlacesOf(Tier::kDevice).size() == 1) return has_section ? 'd' : 'b';
  return has_section ? 'e' : 'c';
}

std::string Tree::ToYaml(const Bundle& bundle) const {
  std::string text;
  if (offload_ != Offload::kNone) {
    text += fmt::format("offload: {}\njpeg_quality: {}\n", Name(offload_),
                        jpeg_quality_);
  }
  text += "places:\n";
  for (const Place& place : places_) {
    std::vector<std::string> sections;
    for (const int node : place.sections) {
      sections.push_back(bundle.nodes[static_cast<std::size_t>(node)].name);
    }
    std::vector<std::string> exits;
    for (const Tier exit : place.exits) exits.emplace_back(ExitName(exit));
    std::vector<std::string> children;
    for (const Place& child : places_) {
      if (child.parent == place.name) children.push_back(child.name);
    }
    text +=
        fmt::format("  {}:\n    tier: {}\n", place.name, TierName(place.tier));
    if (place.device >= 0)
      text += fmt::format("    device: {}\n", place.device);
    text += ListLine("sections", sections) + ListLine("exits", exits) +
            ListLine("children", children);
  }
  return text;
}

void AddPlaceKeys(ConfigTable* table, Tier tier, PlaceConfig* config) {
  table->Path("bundle", &config->bundle, "the group's trained network")
      .Required();
  table->Path("tree", &config->tree,
              "who runs which part of it; if left out, the bundle's own tree");
  ConfigTable::Key& place = table->Text(
      "place", &config->place, "the part of the tree that this agent runs");
  if (tier == Tier::kDevice) place.Required();
}

Placement LoadPlacement(const PlaceConfig& config, Tier tier) {
  auto bundle = ReadBundle(config.bundle);
  if (!bundle) throw ConfigError("bundle: " + bundle.message());
  Placement placement{.bundle = std::move(*bundle), .tree = {}, .place = {}};
  const bool own = config.tree.empty();
  placement.tree = own ? Tree::Of(placement.bundle)
                       : Tree::Read(config.tree, placement.bundle);
  const std::filesystem::path& source = own ? config.bundle : config.tree;
  const std::vector<const Place*> places = placement.tree.PlacesOf(tier);
  if (config.place.empty() && places.size() == 1) {
    placement.place = *places.front();
    return placement;
  }
  const Place* place = placement.tree.Find(config.place);
  if (place == nullptr || place->tier != tier) {
    throw ConfigError(fmt::format(
        "place = '{}': {} has for agents of tier {}: {}", config.place,
        source.string(), TierName(tier), NamesOf(places)));
  }
  placement.place = *place;
  return placement;
}

}  // namespace ddnn
