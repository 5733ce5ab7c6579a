#pragma once

#include <vector>

#include "core/nn/view.h"
#include "core/vision/frame.h"

namespace ddnn {

/// Pictures side by side, row by row, on one sheet; an empty frame leaves its
/// place grey.
/// \param tiles    all of one size but for the empty ones; not all empty.
/// \param columns  >= 1.
/// \param gap      pixels between them.
Frame Montage(const std::vector<Frame>& tiles, int columns, int gap);

/// A view, each pixel enlarged to `scale` x `scale`.
Frame EnlargeView(const View& view, int scale);

}  // namespace ddnn
