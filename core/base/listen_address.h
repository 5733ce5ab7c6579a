#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ddnn {

/// HOST:PORT, where a program listens or by which it was asked for.
struct HostPort {
  std::string_view host;  ///< of the text that was split; IPv6 in brackets
  std::optional<std::uint16_t> port;  ///< if the text has a colon for one
};

/// Splits HOST or HOST:PORT at the last colon outside brackets. HOST can be
/// anything, see IsAddress(); it is borrowed from `text`.
/// \return nothing if what follows the colon is no number from 0 to 65535.
std::optional<HostPort> SplitHostPort(std::string_view text);

/// Whether a host is an IPv4 address or an IPv6 address in brackets, to the
/// last byte.
bool IsAddress(std::string_view host);

/// Whether an address stands for all of a machine's, however it is spelled.
bool IsEveryAddress(std::string_view host);
/// Whether it is the machine's own, which means another one elsewhere.
bool IsLoopback(std::string_view host);

/// Where a program listens.
struct ListenAddress {
  std::string host;  ///< an address or "localhost"; IPv6 in brackets
  std::uint16_t port = 0;

  std::string ToString() const;    ///< HOST:PORT
  std::string SocketHost() const;  ///< without brackets, as sockets want it
};

/// Takes HOST:PORT apart.
/// \param key     where the operator gave it, for messages.
/// \param remedy  ends the message, e.g. how to do without.
/// \throws ConfigError  naming the key, the form and the remedy.
ListenAddress ParseListenAddress(const std::string& listen,
                                 const std::string& key,
                                 const std::string& remedy = "");

}  // namespace ddnn
