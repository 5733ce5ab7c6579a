#include "cli/serve/request_check.h"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <string>

namespace ddnn {
namespace {

bool IsAddress(int family, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

bool IsPort(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= '0' && c <= '9';
         });
}

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool IsOwnHost(std::string_view host, std::string_view allowed) {
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos &&
                        (bracket == std::string_view::npos || colon > bracket);
  const std::string_view name = has_port ? host.substr(0, colon) : host;
  if (has_port && !IsPort(host.substr(colon + 1))) return false;
  if (name.starts_with('[') && name.ends_with(']')) {
    return IsAddress(AF_INET6, name.substr(1, name.size() - 2));
  }
  return SameName(name, "localhost") || IsAddress(AF_INET, name) ||
         (!allowed.empty() && SameName(name, allowed));
}

}  // namespace ddnn
