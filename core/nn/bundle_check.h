#pragma once

#include <spdlog/fmt/fmt.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "core/nn/bundle.h"

namespace ddnn {

/// The parts of CheckBundle() and what they share; for core/nn alone.

template <typename... Args>
Failure BundleFault(Error error, fmt::format_string<Args...> format,
                    Args&&... args) {
  return {error, "bundle: " + fmt::format(format, std::forward<Args>(args)...)};
}

/// How messages name a node and a layer.
inline std::string Describe(const Bundle& bundle, int node) {
  return fmt::format("node {} ('{}')", node,
                     bundle.nodes[static_cast<std::size_t>(node)].name);
}

inline std::size_t BytesOfBits(std::size_t bits) { return (bits + 7) / 8; }

/// True if the bits after the first `count` are 0 in the last byte of them.
inline bool PaddingIsClear(std::uint8_t last, std::size_t count) {
  return count % 8 == 0 || (last >> (count % 8)) == 0;
}

/// Checks every section: shapes from the pixels to the heads, sizes, ranges.
/// Precondition: names and tree are in order.
Status CheckSections(const Bundle& bundle);

/// Checks every exit: tiers, sizes, ranges.
/// Precondition: as above.
Status CheckExits(const Bundle& bundle);

}  // namespace ddnn
