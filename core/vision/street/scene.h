#pragma once

#include <array>
#include <vector>

#include "core/vision/street/shape.h"
#include "core/vision/street/traffic.h"

namespace ddnn {

/// The bodies of an actor: a box with windows and wheels, or limbs.
std::vector<Part> BodyOf(const Actor& actor);

/// The bodies that never move: houses, trees, posts, a kiosk, parked vans.
std::vector<Part> Scenery();

/// The ground under a body that its own shade darkens: half its length and
/// width, along its heading. Metres.
struct Shade {
  float half_length = 0;
  float half_width = 0;
};
Shade ShadeOf(const Actor& actor);

/// A pinhole camera without distortion.
struct StreetCamera {
  Vec3 eye;
  Vec3 looks_at;
  float focal = 0;     ///< pixels
  float exposure = 1;  ///< how bright its images are
};

/// The six cameras around the crossing: one street, whatever its traffic.
inline constexpr int kStreetCameras = 6;
const std::array<StreetCamera, kStreetCameras>& Cameras();

}  // namespace ddnn
