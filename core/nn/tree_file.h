#pragma once

#include <filesystem>

#include "core/nn/tree_check.h"

namespace ddnn {

/// What a tree file says, each place by itself; for core/nn alone.
/// \throws ConfigError  not readable, not YAML, unknown keys, values that the
///     bundle does not know. CheckPlaces() does the rest.
ParsedTree ReadTreeFile(const std::filesystem::path& file,
                        const Bundle& bundle);

}  // namespace ddnn
