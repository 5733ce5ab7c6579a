#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/vision/crop.h"
#include "core/vision/frame.h"
#include "core/vision/street/scene.h"
#include "core/vision/street/traffic.h"

namespace ddnn {

/// One camera's images of a street, with what is truly in them.
///
/// Rays are cast at the bodies near each pixel; what never moves is drawn once.
/// The same seed, tick and camera give the same image in every process.
/// Thread-safety: const members from any thread.
class StreetRenderer {
 public:
  static constexpr int kWidth = 360;
  static constexpr int kHeight = 288;

  /// \param camera  < kStreetCameras.
  StreetRenderer(std::uint64_t seed, int camera);

  struct Thing {
    Actor::Kind kind;
    /// Bounds of its visible part; nothing where the camera does not see enough
    /// of it to tell what it is.
    std::optional<Box> box;
  };
  struct Image {
    Frame frame;                ///< kWidth x kHeight
    std::vector<Thing> things;  ///< the tick's objects, by number
  };
  Image Render(std::size_t tick) const;

 private:
  struct Canvas;
  struct Area;
  struct Layer;

  Vec3 RowStart(int row) const;
  Area AreaOf(const Vec3& centre, const Turn& turn, const Vec3& half) const;
  Area AreaOf(const Part& part) const;
  void DrawGround(Canvas* canvas) const;
  void DrawPart(const Part& part, Layer* layer) const;
  void DrawShade(const Actor& actor, float strength, Canvas* canvas) const;
  /// \return pixels that the actor would cover if nothing stood before it.
  int DrawActor(const Actor& actor, std::uint8_t owner, Canvas* canvas) const;
  void Develop(std::size_t tick, Canvas* canvas) const;

  std::uint64_t seed_;
  int camera_;
  Traffic traffic_;
  Vec3 eye_;
  float focal_;
  float exposure_;
  // A pixel's ray is forward + right * (x - middle) + down * (y - middle), so
  // that distances are depths.
  Vec3 forward_;
  Vec3 right_;
  Vec3 down_;
  std::vector<std::uint8_t> still_bgr_;  // what never moves
  std::vector<float> still_depth_;
};

}  // namespace ddnn
