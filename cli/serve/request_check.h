#pragma once

#include <string_view>

namespace ddnn {

/// Whether a request may be answered that came with this `Host` header.
///
/// A page of somebody else's, whose name its owner lets point to this machine
/// (DNS rebinding), would be of our origin for the browser: it could read the
/// page's stream. Its requests carry that name; so only addresses, `localhost`
/// and the name that the operator allowed are answered.
///
/// \param host     the header's value, from anyone: HOST or HOST:PORT.
/// \param allowed  without a port; empty = none.
bool IsOwnHost(std::string_view host, std::string_view allowed);

}  // namespace ddnn
