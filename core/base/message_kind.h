#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ddnn {

/// What a message is about: one value for each kind of topic. Counters and
/// metrics are labelled by it, so the set is closed; a new value needs a line
/// in message_kind.cc.
enum class MessageKind : std::uint8_t {
  kScore,
  kFeature,
  kOffload,
  kRequest,
  kDecided,
  kConfig,
  kClock,
  kRelay,
  kEdgeScore,
  kEdgeFeature,
  kEdgeRequest,
  kAsk,
  kAnswer,
  kResult,
  kResultFb,
  kLatest,
  kLost,
  kState,
  kInfo,
  kCommand,
  kPreview,
  kLease,
  kControl,  ///< MQTT's own: subscriptions, acknowledgements, DISCONNECT
  kOther,    ///< topics that are not ours
};

inline constexpr std::size_t kMessageKinds =
    static_cast<std::size_t>(MessageKind::kOther) + 1;

/// The stable lower-case name, e.g. "edge_score".
std::string_view Name(MessageKind kind);

/// The link that such messages cross: "device_edge", "edge_edge" or
/// "edge_cloud"; "site" for what the site's broker tells whoever asks.
std::string_view LinkOf(MessageKind kind);

/// A value for each kind.
template <typename T>
struct ByKind {
  T& operator[](MessageKind kind) {
    return values[static_cast<std::size_t>(kind)];
  }
  const T& operator[](MessageKind kind) const {
    return values[static_cast<std::size_t>(kind)];
  }
  std::array<T, kMessageKinds> values{};
};

}  // namespace ddnn
