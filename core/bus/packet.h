#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

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

/// Bytes of the message's whole PUBLISH packet, properties included.
std::size_t PacketBytes(const OutgoingMessage& message, AliasUse use);

}  // namespace ddnn
