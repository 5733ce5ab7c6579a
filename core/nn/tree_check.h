#pragma once

#include <string>
#include <vector>

#include "core/nn/tree.h"

namespace ddnn {

/// A place as a tree file says it; for core/nn alone.
struct ParsedPlace {
  Place place;  ///< `parent` still empty
  std::vector<std::string> children{};
  int line = 0;
};

struct ParsedTree {
  std::string file;  ///< for messages
  Offload offload = Offload::kNone;
  int jpeg_quality = 90;
  std::vector<ParsedPlace> places;  ///< by name
};

/// Fills in the parents, and checks the tree by itself and against the bundle.
/// \throws ConfigError  naming file, line and place.
void CheckPlaces(const Bundle& bundle, ParsedTree* tree);

}  // namespace ddnn
