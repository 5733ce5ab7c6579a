#pragma once

#include <string_view>

namespace ddnn {

/// Ids of sites, groups and agents are topic levels and file names, so they
/// are short and plain: 1 to 32 of [a-z0-9-], starting with a letter or digit.
bool IsValidId(std::string_view id);

/// For error messages.
inline constexpr std::string_view kIdRule =
    "1 to 32 of a-z, 0-9 and '-', not starting with '-'";

}  // namespace ddnn
