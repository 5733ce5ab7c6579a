#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/background_segm.hpp>
#include <tuple>

#include "core/vision/crop.h"
#include "core/vision/view_extractor.h"

namespace ddnn {
namespace {

constexpr int kMaxWidth = 320;
constexpr int kMaxHeight = 240;
constexpr int kHistory = 500;
// The share of an image in the background. A thing that stands still is part of
// it once a tenth of its pixels' past is the thing: after 53 images.
constexpr double kLearningRate = 1.0 / kHistory;
constexpr double kVarThreshold = 16;
// Looks that a pixel of the background may have; each costs 20 bytes a pixel.
constexpr int kMixtures = 3;
constexpr int kLearningImages = 5;
constexpr int kForeground = 255;  // MOG2 marks shadows with less
constexpr double kMaxMoving = 0.7;

struct Piece {
  cv::Rect box;
  int area;
};

cv::Rect ToRect(const Region& region, int width, int height) {
  return {region.x, region.y,
          region.width > 0 ? region.width : width - region.x,
          region.height > 0 ? region.height : height - region.y};
}

class MotionExtractor final : public ViewExtractor {
 public:
  explicit MotionExtractor(const MotionOptions& options) : options_(options) {}

  Status Check(int width, int height) const override {
    return CheckRegion(options_.region, width, height);
  }

  std::vector<TickViews::ObjectView> Extract(const Frame& frame) override {
    cv::setNumThreads(1);
    const cv::Rect region = ToRect(options_.region, frame.width, frame.height);
    ShrinkInto(frame, region);
    if (!Learn()) return {};

    std::vector<TickViews::ObjectView> views;
    for (const Piece& piece : FindPieces()) {
      const auto view = CropView(frame, BoxOf(piece, region), 0);
      if (!view) continue;
      views.push_back({static_cast<ObjectNumber>(views.size()), *view});
    }
    return views;
  }

 private:
  /// The region as a small image.
  void ShrinkInto(const Frame& frame, const cv::Rect& region) {
    // cv::Mat cannot wrap constant memory; it is only read here.
    const cv::Mat image(frame.height, frame.width, CV_8UC3,
                        const_cast<std::uint8_t*>(frame.bgr.data()));
    const double scale =
        std::min({1.0, static_cast<double>(kMaxWidth) / region.width,
                  static_cast<double>(kMaxHeight) / region.height});
    const cv::Size size(std::max(1, static_cast<int>(region.width * scale)),
                        std::max(1, static_cast<int>(region.height * scale)));
    cv::resize(image(region), small_, size, 0, 0, cv::INTER_AREA);
  }

  /// \return whether `moving_` is to be believed.
  bool Learn() {
    if (!background_ || small_.size() != moving_.size()) {
      background_ =
          cv::createBackgroundSubtractorMOG2(kHistory, kVarThreshold, true);
      background_->setNMixtures(kMixtures);
      learned_ = 0;
    }
    const bool learning = learned_ < kLearningImages;
    background_->apply(small_, moving_, learning ? -1 : kLearningRate);
    if (learning) {
      ++learned_;
      return false;
    }
    moving_ = moving_ == kForeground;
    cv::morphologyEx(moving_, moving_, cv::MORPH_OPEN, open_);
    cv::morphologyEx(moving_, moving_, cv::MORPH_CLOSE, close_);
    return cv::countNonZero(moving_) <=
           kMaxMoving * static_cast<double>(moving_.total());
  }

  /// The largest ones; in an order that depends on nothing but the image.
  std::vector<Piece> FindPieces() {
    cv::Mat labels;
    cv::Mat stats;
    cv::Mat centroids;
    const int count = cv::connectedComponentsWithStats(moving_, labels, stats,
                                                       centroids, 8, CV_32S);
    const double least =
        options_.min_area * static_cast<double>(moving_.total());
    std::vector<Piece> pieces;
    for (int i = 1; i < count; ++i) {  // 0 is what does not move
      const int* of = stats.ptr<int>(i);
      if (of[cv::CC_STAT_AREA] < least) continue;
      pieces.push_back({{of[cv::CC_STAT_LEFT], of[cv::CC_STAT_TOP],
                         of[cv::CC_STAT_WIDTH], of[cv::CC_STAT_HEIGHT]},
                        of[cv::CC_STAT_AREA]});
    }
    std::ranges::sort(pieces, [](const Piece& a, const Piece& b) {
      return std::tuple(-a.area, a.box.y, a.box.x) <
             std::tuple(-b.area, b.box.y, b.box.x);
    });
    const auto most = static_cast<std::size_t>(options_.max_objects);
    if (pieces.size() > most) pieces.resize(most);
    return pieces;
  }

  Box BoxOf(const Piece& piece, const cv::Rect& region) const {
    const double x_scale = static_cast<double>(region.width) / small_.cols;
    const double y_scale = static_cast<double>(region.height) / small_.rows;
    const cv::Rect& box = piece.box;
    return {region.x + box.x * x_scale, region.y + box.y * y_scale,
            region.x + (box.x + box.width) * x_scale,
            region.y + (box.y + box.height) * y_scale};
  }

  const MotionOptions options_;
  const cv::Mat open_ =
      cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(3, 3));
  const cv::Mat close_ =
      cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(7, 7));
  cv::Ptr<cv::BackgroundSubtractorMOG2> background_;
  int learned_ = 0;  // images, up to kLearningImages
  cv::Mat small_;
  cv::Mat moving_;  // of the size of small_: 255 where something moves
};

}  // namespace

std::unique_ptr<ViewExtractor> MakeMotionExtractor(
    const MotionOptions& options) {
  return std::make_unique<MotionExtractor>(options);
}

}  // namespace ddnn
