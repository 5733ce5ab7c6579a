#include "core/vision/crop.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace ddnn {
namespace {

constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;

/// Interleaved blue, green, red -> planar red, green, blue.
View ToView(const cv::Mat& bgr) {
  View view;
  const std::uint8_t* pixel = bgr.data;
  for (std::size_t i = 0; i < kPlane; ++i, pixel += 3) {
    view[i] = pixel[2];
    view[kPlane + i] = pixel[1];
    view[2 * kPlane + i] = pixel[0];
  }
  return view;
}

}  // namespace

Result<View> CropView(const Frame& frame, const Box& box, int widen_x) {
  const int left = std::max(static_cast<int>(box.x1) - widen_x, 0);
  const int right = std::min(static_cast<int>(box.x2) + widen_x, frame.width);
  const int top = std::max(static_cast<int>(box.y1), 0);
  const int bottom = std::min(static_cast<int>(box.y2), frame.height);
  if (left >= right || top >= bottom) return Error::kOutOfRange;

  // The library's own threads cost memory, and win nothing on 32x32 pixels.
  cv::setNumThreads(1);
  // cv::Mat cannot wrap constant memory; it is only read here.
  const cv::Mat image(frame.height, frame.width, CV_8UC3,
                      const_cast<std::uint8_t*>(frame.bgr.data()));
  const cv::Mat crop = image(cv::Rect(left, top, right - left, bottom - top));
  const bool shrinks = std::min(crop.cols, crop.rows) >= kViewSide;
  cv::Mat resized;
  cv::resize(crop, resized, cv::Size(kViewSide, kViewSide), 0, 0,
             shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  return ToView(resized);
}

}  // namespace ddnn
