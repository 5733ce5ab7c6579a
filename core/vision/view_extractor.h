#pragma once

#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/vision/frame.h"
#include "core/vision/view_source.h"

namespace ddnn {

/// A rectangle of a frame, in pixels.
struct Region {
  int x = 0;
  int y = 0;
  int width = 0;   ///< 0 = up to the frame's right side
  int height = 0;  ///< 0 = down to its bottom
};

/// \return kOutOfRange, naming the keys, unless the region lies within a frame
///     of this size.
Status CheckRegion(const Region& region, int width, int height);

/// Makes views from whole images.
///
/// The views depend on the images alone, in their order.
/// Thread-safety: Check() from any thread, Extract() from one.
class ViewExtractor {
 public:
  virtual ~ViewExtractor() = default;

  /// \return a failure, naming the key, if images of this size cannot be used.
  virtual Status Check(int width, int height) const = 0;

  /// Precondition: Check() of the frame's size succeeded.
  /// \return views of objects 0, 1, 2, ...; possibly none.
  virtual std::vector<TickViews::ObjectView> Extract(const Frame& frame) = 0;
};

/// One view each time, of the region: object 0.
std::unique_ptr<ViewExtractor> MakeRegionExtractor(const Region& region);

struct MotionOptions {
  Region region{};          ///< where to look
  double min_area = 0.002;  ///< of a moving thing: its share of the region
  int max_objects = 4;      ///< the largest ones
};

/// What moves within the region, the largest first.
///
/// MOG2 learns the background of a copy of at most 320x240 pixels; what
/// differs from it, cleaned of specks and shadows, falls into connected
/// pieces. What stands still for some fifty images becomes background. The
/// first images teach only, and an image in which nearly all
/// differs (the light is switched on, the camera is moved) shows nothing.
std::unique_ptr<ViewExtractor> MakeMotionExtractor(
    const MotionOptions& options);

}  // namespace ddnn
