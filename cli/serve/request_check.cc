#include "cli/serve/request_check.h"

#include <strings.h>

#include "core/base/listen_address.h"

namespace ddnn {
namespace {

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool IsOwnHost(std::string_view host, std::string_view allowed) {
  const auto split = SplitHostPort(host);
  if (!split) return false;
  return SameName(split->host, "localhost") || IsAddress(split->host) ||
         (!allowed.empty() && SameName(split->host, allowed));
}

}  // namespace ddnn
