#include "core/base/listen_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/config.h"

namespace ddnn {
namespace {

/// An address as IPv6 has it: IPv4 in its last four bytes behind 0xffff.
using AddressBytes = std::array<unsigned char, sizeof(in6_addr)>;
constexpr std::size_t kMapped = sizeof(in6_addr) - sizeof(in_addr);

bool Parse(int family, std::string_view text, unsigned char* bytes) {
  // A zero byte would end the text for inet_pton only.
  if (text.find('\0') != std::string_view::npos) return false;
  return ::inet_pton(family, std::string(text).c_str(), bytes) == 1;
}

std::optional<AddressBytes> BytesOf(std::string_view host) {
  AddressBytes bytes{};
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string_view inner = host.substr(1, host.size() - 2);
    if (Parse(AF_INET6, inner, bytes.data())) return bytes;
    return std::nullopt;
  }
  bytes[kMapped - 1] = bytes[kMapped - 2] = 0xff;
  if (Parse(AF_INET, host, bytes.data() + kMapped)) return bytes;
  return std::nullopt;
}

/// The bytes behind the prefix that marks IPv4.
bool IsMapped(const AddressBytes& bytes) {
  return bytes[kMapped - 1] == 0xff && bytes[kMapped - 2] == 0xff &&
         std::all_of(bytes.begin(), bytes.begin() + kMapped - 2,
                     [](unsigned char byte) { return byte == 0; });
}

}  // namespace

std::optional<HostPort> SplitHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  if (colon == std::string_view::npos ||
      (bracket != std::string_view::npos && colon < bracket)) {
    return HostPort{text, std::nullopt};
  }
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, port);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return HostPort{text.substr(0, colon), port};
}

bool IsAddress(std::string_view host) { return BytesOf(host).has_value(); }

bool IsEveryAddress(std::string_view host) {
  const auto bytes = BytesOf(host);
  if (!bytes) return false;
  const auto first = bytes->begin() + (IsMapped(*bytes) ? kMapped : 0);
  return std::all_of(first, bytes->end(),
                     [](unsigned char byte) { return byte == 0; });
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost") return true;
  const auto bytes = BytesOf(host);
  if (!bytes) return false;
  if (IsMapped(*bytes)) return (*bytes)[kMapped] == 127;
  return bytes->back() == 1 &&
         std::all_of(bytes->begin(), bytes->end() - 1,
                     [](unsigned char byte) { return byte == 0; });
}

std::string ListenAddress::ToString() const {
  return host + ":" + std::to_string(port);
}

std::string ListenAddress::SocketHost() const {
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

ListenAddress ParseListenAddress(const std::string& listen,
                                 const std::string& key,
                                 const std::string& remedy) {
  const auto split = SplitHostPort(listen);
  if (split && split->port &&
      (split->host == "localhost" || IsAddress(split->host))) {
    return {std::string(split->host), *split->port};
  }
  throw ConfigError(
      key + " = '" + listen +
      "': must be HOST:PORT, HOST an address of this machine (127.0.0.1, "
      "[::1]; 0.0.0.0 = all), PORT 0 to 65535 (0 = any free)" +
      remedy);
}

}  // namespace ddnn
