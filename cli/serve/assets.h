#pragma once

#include <span>
#include <string_view>

namespace ddnn {

/// A file of page/, as it is in this program.
struct Asset {
  std::string_view name;  ///< e.g. "page.css"
  std::string_view content;
};

/// All of them; cmake/EmbedFiles.cmake makes the source at build time.
std::span<const Asset> PageAssets();

}  // namespace ddnn
