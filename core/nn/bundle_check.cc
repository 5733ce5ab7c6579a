#include "core/nn/bundle_check.h"

#include <algorithm>
#include <string_view>

#include "core/base/names.h"

namespace ddnn {
namespace {

/// Length of the UTF-8 sequence that starts with `lead`, 0 if none does.
std::size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool IsPrintableUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto byte = [text](std::size_t i) {
      return static_cast<unsigned char>(text[i]);
    };
    const std::size_t length = SequenceLength(byte(0));
    if (length == 0 || length > text.size()) return false;
    if (length == 1 && (byte(0) < 0x20 || byte(0) == 0x7F)) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
    }
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((byte(0) == 0xE0 && byte(1) < 0xA0) ||
        (byte(0) == 0xED && byte(1) > 0x9F) ||
        (byte(0) == 0xF0 && byte(1) < 0x90) ||
        (byte(0) == 0xF4 && byte(1) > 0x8F)) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && IsPrintableUtf8(text);
}

Status CheckClasses(const std::vector<std::string>& classes) {
  if (classes.size() < 2 || classes.size() > kMaxClasses) {
    return BundleFault(Error::kOutOfRange, "{} classes, allowed are 2 to {}",
                       classes.size(), kMaxClasses);
  }
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (!IsName(classes[c])) {
      return BundleFault(Error::kOutOfRange,
                         "the name of class {} must be 1 to {} bytes of "
                         "printable UTF-8",
                         c, kMaxNameBytes);
    }
    const auto first = static_cast<std::size_t>(
        std::ranges::find(classes, classes[c]) - classes.begin());
    if (first != c) {
      return BundleFault(Error::kOutOfRange, "classes {} and {} are both '{}'",
                         first, c, classes[c]);
    }
  }
  return Done{};
}

Status CheckHeader(const Bundle& bundle) {
  if (!IsName(bundle.name)) {
    return BundleFault(Error::kOutOfRange,
                       "its name must be 1 to {} bytes of printable UTF-8",
                       kMaxNameBytes);
  }
  if (bundle.absent > Absent::kBlank) {
    return BundleFault(Error::kOutOfRange, "absent mode {} is unknown",
                       static_cast<int>(bundle.absent));
  }
  if (bundle.training_record.size() > kMaxTrainingRecordBytes) {
    return BundleFault(Error::kOutOfRange,
                       "training record of {} bytes, at most {}",
                       bundle.training_record.size(), kMaxTrainingRecordBytes);
  }
  return CheckClasses(bundle.classes);
}

Status CheckNode(const Bundle& bundle, std::size_t index) {
  const Node& node = bundle.nodes[index];
  if (!IsValidId(node.name)) {
    return BundleFault(Error::kOutOfRange, "the name of node {} must be {}",
                       index, kIdRule);
  }
  if (node.camera.size() > kMaxNameBytes || !IsPrintableUtf8(node.camera)) {
    return BundleFault(Error::kOutOfRange,
                       "the camera of node {} must be at most {} bytes of "
                       "printable UTF-8",
                       index, kMaxNameBytes);
  }
  if (node.tier > Tier::kCloud || node.aggregation > Aggregation::kConcat) {
    return BundleFault(Error::kOutOfRange,
                       "node {} ('{}'): tier {} or aggregation {} is unknown",
                       index, node.name, static_cast<int>(node.tier),
                       static_cast<int>(node.aggregation));
  }
  if (index > 0 && node.tier < bundle.nodes[index - 1].tier) {
    return BundleFault(Error::kBadShape,
                       "node {} ('{}') must not follow a deeper tier: devices, "
                       "then edges, then the cloud",
                       index, node.name);
  }
  return Done{};
}

Status CheckNodes(const Bundle& bundle) {
  for (std::size_t i = 0; i < bundle.nodes.size(); ++i) {
    if (Status s = CheckNode(bundle, i); !s) return s;
  }
  const auto count = [&bundle](Tier tier) {
    return static_cast<int>(
        std::ranges::count(bundle.nodes, tier, &Node::tier));
  };
  if (count(Tier::kDevice) < 1 || count(Tier::kDevice) > kMaxDevices ||
      count(Tier::kEdge) > kMaxEdges) {
    return BundleFault(Error::kOutOfRange,
                       "{} devices and {} edges, allowed are 1 to {} and 0 to "
                       "{}",
                       count(Tier::kDevice), count(Tier::kEdge), kMaxDevices,
                       kMaxEdges);
  }
  if (count(Tier::kCloud) != 1) {
    return BundleFault(Error::kBadShape, "{} cloud nodes, not 1",
                       count(Tier::kCloud));
  }
  return Done{};
}

Status CheckParent(const Bundle& bundle, int node, Tier parent_tier) {
  const int parent = bundle.nodes[static_cast<std::size_t>(node)].parent;
  if (parent < 0 || parent >= static_cast<int>(bundle.nodes.size())) {
    return BundleFault(Error::kBadShape, "{} has parent {} of {} nodes",
                       Describe(bundle, node), parent, bundle.nodes.size());
  }
  const Tier tier = bundle.nodes[static_cast<std::size_t>(parent)].tier;
  if (tier != parent_tier) {
    return BundleFault(Error::kBadShape, "{} has a parent of tier {}, not {}",
                       Describe(bundle, node), TierName(tier),
                       TierName(parent_tier));
  }
  return Done{};
}

/// Parents are deeper than their children, so there is neither cycle nor
/// orphan.
Status CheckTree(const Bundle& bundle) {
  const std::vector<int> edges = bundle.NodesOf(Tier::kEdge);
  for (const int device : bundle.NodesOf(Tier::kDevice)) {
    Status s =
        CheckParent(bundle, device, edges.empty() ? Tier::kCloud : Tier::kEdge);
    if (!s) return s;
  }
  for (const int edge : edges) {
    if (Status s = CheckParent(bundle, edge, Tier::kCloud); !s) return s;
    if (bundle.ChildrenOf(edge).empty()) {
      return BundleFault(Error::kBadShape, "{} has no children",
                         Describe(bundle, edge));
    }
  }
  if (bundle.nodes.back().parent != -1) {
    return BundleFault(Error::kBadShape, "the root has parent {}",
                       bundle.nodes.back().parent);
  }
  return Done{};
}

/// Names are those of places: see Tree::Of().
Status CheckNodeNames(const Bundle& bundle) {
  for (std::size_t i = 0; i < bundle.nodes.size(); ++i) {
    const Node& node = bundle.nodes[i];
    const auto first = static_cast<std::size_t>(
        std::ranges::find(bundle.nodes, node.name, &Node::name) -
        bundle.nodes.begin());
    const bool reserved =
        node.name == TierName(Tier::kEdge) && node.tier != Tier::kEdge;
    if (first != i || reserved) {
      return BundleFault(Error::kOutOfRange, "node {} must not be named '{}'{}",
                         i, node.name,
                         reserved ? ", which is for edges" : " too");
    }
  }
  return Done{};
}

}  // namespace

Status CheckBundle(const Bundle& bundle) {
  Status status = CheckHeader(bundle);
  if (status) status = CheckNodes(bundle);
  if (status) status = CheckTree(bundle);
  if (status) status = CheckSections(bundle);
  if (status) status = CheckExits(bundle);
  if (status) status = CheckNodeNames(bundle);
  return status;
}

}  // namespace ddnn
