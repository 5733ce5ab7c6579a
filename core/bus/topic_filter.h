#pragma once

#include <string_view>

namespace ddnn {

/// Whether a subscription to `filter` ("+" one level, "#" the rest) gets
/// `topic`; by section 4.7 of the MQTT 5 standard, less its rule on topics that
/// begin with `$`. Shared filters: pass what follows the share's name.
bool Matches(std::string_view filter, std::string_view topic);

}  // namespace ddnn
