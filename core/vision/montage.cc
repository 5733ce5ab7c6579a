#include "core/vision/montage.h"

#include <algorithm>
#include <cstddef>

namespace ddnn {
namespace {

constexpr std::uint8_t kGrey = 60;

}  // namespace

Frame Montage(const std::vector<Frame>& tiles, int columns, int gap) {
  int width = 0;
  int height = 0;
  for (const Frame& tile : tiles) {
    width = std::max(width, tile.width);
    height = std::max(height, tile.height);
  }
  const int count = static_cast<int>(tiles.size());
  const int rows = (count + columns - 1) / columns;
  Frame sheet{.width = columns * (width + gap) - gap,
              .height = rows * (height + gap) - gap,
              .bgr = {}};
  const std::size_t stride =
      std::size_t{3} * static_cast<unsigned>(sheet.width);
  sheet.bgr.assign(stride * static_cast<unsigned>(sheet.height), kGrey);
  for (int i = 0; i < count; ++i) {
    const Frame& tile = tiles[static_cast<std::size_t>(i)];
    const auto line = std::ptrdiff_t{3} * tile.width;
    const auto left = static_cast<std::ptrdiff_t>(i % columns) * (width + gap);
    const auto top = static_cast<std::ptrdiff_t>(i / columns) * (height + gap);
    for (int y = 0; y < tile.height; ++y) {
      std::copy_n(tile.bgr.begin() + y * line, line,
                  sheet.bgr.begin() +
                      (top + y) * static_cast<std::ptrdiff_t>(stride) +
                      left * 3);
    }
  }
  return sheet;
}

Frame EnlargeView(const View& view, int scale) {
  constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;
  const int side = kViewSide * scale;
  Frame frame{.width = side, .height = side, .bgr = {}};
  frame.bgr.reserve(std::size_t{3} * static_cast<unsigned>(side * side));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const auto at =
          static_cast<std::size_t>(y / scale * kViewSide + x / scale);
      for (const std::size_t plane : {2U, 1U, 0U}) {
        frame.bgr.push_back(view[plane * kPlane + at]);
      }
    }
  }
  return frame;
}

}  // namespace ddnn
