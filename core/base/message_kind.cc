#include "core/base/message_kind.h"

namespace ddnn {
namespace {

struct Words {
  std::string_view name;
  std::string_view link;
};

constexpr std::string_view kDeviceEdge = "device_edge";
constexpr std::string_view kEdgeEdge = "edge_edge";
constexpr std::string_view kEdgeCloud = "edge_cloud";
constexpr std::string_view kSite = "site";

// In the order of the enum.
constexpr std::array<Words, kMessageKinds> kWords{{
    {"score", kDeviceEdge},
    {"feature", kDeviceEdge},
    {"offload", kDeviceEdge},
    {"request", kDeviceEdge},
    {"decided", kDeviceEdge},
    {"config", kDeviceEdge},
    {"clock", kSite},
    {"relay", kEdgeEdge},
    {"edge_score", kEdgeEdge},
    {"edge_feature", kEdgeEdge},
    {"edge_request", kEdgeEdge},
    {"ask", kEdgeCloud},
    {"answer", kEdgeCloud},
    {"result", kSite},
    {"result_fb", kSite},
    {"latest", kSite},
    {"lost", kSite},
    {"state", kSite},
    {"info", kSite},
    {"command", kSite},
    {"preview", kSite},
    {"lease", kSite},
    {"control", kSite},
    {"other", kSite},
}};
static_assert(!kWords.back().name.empty());

const Words& Of(MessageKind kind) {
  return kWords[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view Name(MessageKind kind) { return Of(kind).name; }

std::string_view LinkOf(MessageKind kind) { return Of(kind).link; }

}  // namespace ddnn
