#include "core/vision/view_extractor.h"

#include <spdlog/fmt/fmt.h>

#include "core/vision/crop.h"

namespace ddnn {
namespace {

/// `from` + `length` of the keys views.region.<first> and <second>.
Status CheckSide(const char* first, int from, const char* second, int length,
                 int side, const char* side_name) {
  if (from < side && length <= side - from) return Done{};
  return Failure{
      Error::kOutOfRange,
      fmt::format("views.region.{} = {}, views.region.{} = {}: must lie within "
                  "the image, whose {} is {}",
                  first, from, second, length, side_name, side)};
}

class RegionExtractor final : public ViewExtractor {
 public:
  explicit RegionExtractor(const Region& region) : region_(region) {}

  Status Check(int width, int height) const override {
    return CheckRegion(region_, width, height);
  }

  std::vector<TickViews::ObjectView> Extract(const Frame& frame) override {
    const int right =
        region_.width > 0 ? region_.x + region_.width : frame.width;
    const int bottom =
        region_.height > 0 ? region_.y + region_.height : frame.height;
    const Box box{static_cast<double>(region_.x),
                  static_cast<double>(region_.y), static_cast<double>(right),
                  static_cast<double>(bottom)};
    const auto view = CropView(frame, box, 0);
    if (!view) return {};
    return {{0, *view}};
  }

 private:
  const Region region_;
};

}  // namespace

Status CheckRegion(const Region& region, int width, int height) {
  if (auto fits =
          CheckSide("x", region.x, "width", region.width, width, "width");
      !fits) {
    return fits;
  }
  return CheckSide("y", region.y, "height", region.height, height, "height");
}

std::unique_ptr<ViewExtractor> MakeRegionExtractor(const Region& region) {
  return std::make_unique<RegionExtractor>(region);
}

}  // namespace ddnn
