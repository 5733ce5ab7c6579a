#pragma once

#include <filesystem>
#include <vector>

#include "core/nn/tree.h"

namespace ddnn {

/// What a tree file says; the parts of Tree::Read(), for core/nn alone.
struct TreeFile {
  Offload offload = Offload::kNone;
  int jpeg_quality = 90;
  std::vector<Place> places;  ///< as in the file, `parent` filled in
};

/// Reads a tree file and checks it against the bundle.
/// \throws ConfigError  all that Tree::Read() names.
TreeFile ReadTreeFile(const std::filesystem::path& file, const Bundle& bundle);

}  // namespace ddnn
