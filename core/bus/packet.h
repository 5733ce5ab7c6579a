#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// How a message names its topic.
struct AliasUse {
  std::uint16_t alias = 0;  ///< 0 = none: by its name alone
  bool named = true;        ///< the name is sent too
};

/// The topic aliases of one connection to a broker. They die with it: make a
/// new table for each, or the broker closes the connection (0x94).
/// Thread-safety: none; packets must leave in the order of Confirm() calls.
class AliasTable {
 public:
  /// \param maximum  the topic alias maximum of the CONNACK.
  explicit AliasTable(std::uint16_t maximum = 0) : maximum_(maximum) {}

  /// The form in which `message` would go out now. A topic that wants an alias
  /// gets one at its first use, while there are any.
  AliasUse Propose(const OutgoingMessage& message) const;

  /// `message` went out in the form proposed for it.
  void Confirm(const OutgoingMessage& message, AliasUse use);

 private:
  std::uint16_t maximum_;
  std::unordered_map<std::string, std::uint16_t> aliases_;
};

/// True if the content type says that the payload is UTF-8 text, which the
/// payload format indicator then tells too.
bool IsText(const OutgoingMessage& message);

// Whole packets of MQTT 5 that carry no properties: the acknowledgement of one
// message, DISCONNECT without and with a reason, and all but the topics and
// codes of SUBSCRIBE, UNSUBSCRIBE and their answers.
inline constexpr std::size_t kShortAckBytes = 2 + 2;
inline constexpr std::size_t kPlainDisconnectBytes = 2;
inline constexpr std::size_t kReasonedDisconnectBytes = 2 + 1;
inline constexpr std::size_t kListedAckBytes = 2 + 2 + 1;

/// A topic or filter that the broker shall send.
struct Subscription {
  std::string filter;
  Qos qos;
};

/// Bytes of one SUBSCRIBE packet for all of them.
std::size_t SubscribePacketBytes(
    const std::vector<Subscription>& subscriptions);

/// Bytes of the message's whole PUBLISH packet, properties included.
std::size_t PacketBytes(const OutgoingMessage& message, AliasUse use);

}  // namespace ddnn
