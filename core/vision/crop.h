#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/nn/view.h"
#include "core/vision/frame.h"

namespace ddnn {

/// Corners of a box in pixels of a frame, as annotated (may be fractional).
struct Box {
  double x1 = 0;
  double y1 = 0;
  double x2 = 0;
  double y2 = 0;
};

/// Cuts a view out of a frame: box truncated to integers, widened by
/// `widen_x` pixels on the left and right, clipped to the image, RGB, resized
/// to 32x32 with INTER_AREA where both sides are >= 32 px, else INTER_LINEAR.
/// \return kOutOfRange if nothing of the box lies inside the frame.
Result<View> CropView(const Frame& frame, const Box& box, int widen_x);

/// By how much boxes of a class are widened: people are narrow, 3 pixels.
constexpr int WidenPxOf(std::string_view class_name) {
  return class_name == "person" ? 3 : 0;
}

}  // namespace ddnn
