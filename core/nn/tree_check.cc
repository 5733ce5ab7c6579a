#include "core/nn/tree_check.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/config.h"

namespace ddnn {
namespace {

class TreeCheck {
 public:
  TreeCheck(const Bundle& bundle, ParsedTree* tree)
      : bundle_(bundle), tree_(*tree) {}

  void Run() {
    LinkChildren();
    CheckParents();
    CheckDevices();
    CheckSections();
    CheckExits();
  }

 private:
  template <typename... Args>
  [[noreturn]] void Fail(int line, fmt::format_string<Args...> format,
                         Args&&... args) const {
    throw ConfigError(
        fmt::format("{}:{}: {}", tree_.file, line,
                    fmt::format(format, std::forward<Args>(args)...)));
  }

  ParsedPlace* Find(const std::string& name) {
    const auto found = std::ranges::find_if(
        tree_.places, [&](const auto& p) { return p.place.name == name; });
    return found == tree_.places.end() ? nullptr : &*found;
  }

  void LinkChildren();
  void CheckParents();
  void CheckCycle(const ParsedPlace& start);
  void CheckDevices();
  void CheckSections();
  void CheckSectionAt(const ParsedPlace& place, int node);
  void CheckExits();
  std::vector<int> DevicesBelow(const Place& edge) const;
  bool offloads() const { return tree_.offload != Offload::kNone; }

  const Bundle& bundle_;
  ParsedTree& tree_;
};

void TreeCheck::LinkChildren() {
  for (const ParsedPlace& parent : tree_.places) {
    for (const std::string& name : parent.children) {
      ParsedPlace* child = Find(name);
      if (child == nullptr) {
        Fail(parent.line, "place '{}': its child '{}' is no place of this file",
             parent.place.name, name);
      }
      if (!child->place.parent.empty()) {
        Fail(parent.line,
             "place '{}': its child '{}' is already a child of '{}'; leave one",
             parent.place.name, name, child->place.parent);
      }
      child->place.parent = parent.place.name;
    }
  }
}

void TreeCheck::CheckCycle(const ParsedPlace& start) {
  const ParsedPlace* at = &start;
  // A walk that enters a cycle elsewhere ends by the count.
  for (std::size_t steps = 0;
       steps < tree_.places.size() && !at->place.parent.empty(); ++steps) {
    at = Find(at->place.parent);
    if (at == &start) {
      Fail(start.line, "place '{}' is below itself: a cycle of children",
           start.place.name);
    }
  }
}

void TreeCheck::CheckParents() {
  for (const ParsedPlace& parsed : tree_.places) CheckCycle(parsed);
  int clouds = 0;
  for (const ParsedPlace& parsed : tree_.places) {
    const Place& place = parsed.place;
    if (place.tier == Tier::kCloud) {
      ++clouds;
      if (!place.parent.empty()) {
        Fail(parsed.line, "place '{}': the cloud is nobody's child",
             place.name);
      }
      continue;
    }
    const Tier above = place.tier == Tier::kDevice ? Tier::kEdge : Tier::kCloud;
    if (place.parent.empty()) {
      Fail(parsed.line,
           "place '{}' is nobody's child; name it among the children of one "
           "place of tier {}",
           place.name, TierName(above));
    }
    const Tier parent = Find(place.parent)->place.tier;
    if (parent != above) {
      Fail(parsed.line,
           "place '{}' of tier {} is a child of '{}' of tier {}; must be of "
           "tier {}",
           place.name, TierName(place.tier), place.parent, TierName(parent),
           TierName(above));
    }
  }
  if (clouds != 1) {
    Fail(1,
         "{} places of tier cloud; must be one, which any number of cloud "
         "agents may take",
         clouds);
  }
}

void TreeCheck::CheckDevices() {
  for (int device = 0; device < bundle_.device_count(); ++device) {
    const ParsedPlace* first = nullptr;
    for (const ParsedPlace& parsed : tree_.places) {
      if (parsed.place.device != device) continue;
      if (first != nullptr) {
        Fail(parsed.line, "places '{}' and '{}' are both device {}",
             first->place.name, parsed.place.name, device);
      }
      first = &parsed;
    }
    if (first == nullptr) {
      Fail(1, "no place is device {}; bundle '{}' has {} devices", device,
           bundle_.name, bundle_.device_count());
    }
  }
  for (const ParsedPlace& parsed : tree_.places) {
    if (parsed.place.tier == Tier::kEdge &&
        DevicesBelow(parsed.place).empty()) {
      Fail(parsed.line, "place '{}' has no children", parsed.place.name);
    }
  }
}

std::vector<int> TreeCheck::DevicesBelow(const Place& edge) const {
  std::vector<int> devices;
  for (const ParsedPlace& parsed : tree_.places) {
    if (parsed.place.tier == Tier::kDevice &&
        parsed.place.parent == edge.name) {
      devices.push_back(parsed.place.device);
    }
  }
  std::ranges::sort(devices);
  return devices;
}

/// Whether this section may run there.
void TreeCheck::CheckSectionAt(const ParsedPlace& parsed, int node) {
  const Place& place = parsed.place;
  const Node& section = bundle_.nodes[static_cast<std::size_t>(node)];
  const Tier tier = offloads() ? Tier::kCloud : section.tier;
  if (place.tier != tier) {
    Fail(parsed.line, "place '{}': section '{}' runs at a place of tier {}{}",
         place.name, section.name, TierName(tier),
         offloads() ? ", since views are offloaded" : "");
  }
  if (place.tier == Tier::kDevice && place.device != node) {
    Fail(parsed.line, "place '{}' is device {}, but runs section '{}'",
         place.name, place.device, section.name);
  }
  if (place.tier == Tier::kEdge &&
      DevicesBelow(place) != bundle_.ChildrenOf(node)) {
    Fail(parsed.line,
         "place '{}': section '{}' is above the devices {}, its children are "
         "{}",
         place.name, section.name, fmt::join(bundle_.ChildrenOf(node), ", "),
         fmt::join(DevicesBelow(place), ", "));
  }
}

void TreeCheck::CheckSections() {
  const bool has_edges = !bundle_.NodesOf(Tier::kEdge).empty();
  if (offloads() && has_edges) {
    Fail(1,
         "offload: bundle '{}' has an edge section; take one of hierarchy b "
         "or c",
         bundle_.name);
  }
  std::vector<const ParsedPlace*> owner(bundle_.nodes.size(), nullptr);
  std::size_t edges = 0;
  for (const ParsedPlace& parsed : tree_.places) {
    const Place& place = parsed.place;
    for (const int node : place.sections) {
      CheckSectionAt(parsed, node);
      auto& owned = owner[static_cast<std::size_t>(node)];
      if (owned != nullptr) {
        Fail(parsed.line, "section '{}' runs at '{}' and at '{}'; leave one",
             bundle_.nodes[static_cast<std::size_t>(node)].name,
             owned->place.name, place.name);
      }
      owned = &parsed;
    }
    if (place.tier != Tier::kEdge) continue;
    ++edges;
    if (has_edges ? place.sections.size() != 1 : edges > 1) {
      Fail(parsed.line,
           "place '{}' must run one edge section of bundle '{}', which has {}",
           place.name, bundle_.name, bundle_.NodesOf(Tier::kEdge).size());
    }
  }
  for (std::size_t node = 0; node < owner.size(); ++node) {
    if (owner[node] != nullptr) continue;
    Fail(1, "section '{}' runs nowhere; add it to the sections of a place",
         bundle_.nodes[node].name);
  }
}

void TreeCheck::CheckExits() {
  const ParsedPlace* lead = nullptr;
  for (const Exit& exit : bundle_.exits) {
    const Tier tier = exit.tier == Tier::kCloud ? Tier::kCloud : Tier::kEdge;
    const ParsedPlace* decider = nullptr;
    for (const ParsedPlace& parsed : tree_.places) {
      const auto& exits = parsed.place.exits;
      const auto count = std::ranges::count(exits, exit.tier);
      if (count == 0) continue;
      if (count > 1 || decider != nullptr) {
        Fail(parsed.line, "exit '{}' is decided twice; leave one",
             ExitName(exit.tier));
      }
      if (parsed.place.tier != tier) {
        Fail(parsed.line, "place '{}': exit '{}' is decided at the {}",
             parsed.place.name, ExitName(exit.tier), TierName(tier));
      }
      decider = &parsed;
    }
    if (offloads() && tier == Tier::kEdge) {
      if (decider == nullptr) continue;
      Fail(decider->line,
           "place '{}': exit '{}' is not decided where views are offloaded",
           decider->place.name, ExitName(exit.tier));
    }
    if (decider == nullptr) {
      Fail(1, "exit '{}' is decided nowhere; add it to the exits of {}",
           ExitName(exit.tier), tier == Tier::kCloud ? "the cloud" : "an edge");
    }
    if (tier == Tier::kCloud) continue;
    if (lead != nullptr && lead != decider) {
      Fail(decider->line,
           "places '{}' and '{}' both decide exits; one edge, the lead, "
           "decides all below the cloud",
           lead->place.name, decider->place.name);
    }
    lead = decider;
  }
}

}  // namespace

void CheckPlaces(const Bundle& bundle, ParsedTree* tree) {
  TreeCheck(bundle, tree).Run();
}

}  // namespace ddnn
