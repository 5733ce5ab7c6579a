#pragma once

#include <limits>

#include "core/vision/street/geometry.h"

namespace ddnn {

/// How a surface looks: a colour, and a second one by pattern.
struct Material {
  enum class Pattern {
    kPlain,
    kStains,   ///< soft noise between both colours
    kFacade,   ///< a grid of windows in the second colour
    kVehicle,  ///< a band of windows with pillars, between `low` and `high`
  };
  Vec3 colour;
  Vec3 second;
  Pattern pattern = Pattern::kPlain;
  float low = 0;      ///< kVehicle: lower edge of the windows, m above `centre`
  float high = 0;     ///< kVehicle: upper edge
  float spacing = 1;  ///< kVehicle: from pillar to pillar, m
};

/// A solid body in the world.
struct Part {
  enum class Shape {
    kBox,      ///< `half`: half the sides
    kCapsule,  ///< all points within `radius` of the line centre +- `half`
    kWheel,    ///< a disc of `radius`, axis along local y, half.y thick
  };
  Shape shape = Shape::kBox;
  Vec3 centre;
  Turn turn;  ///< local x is the body's forward direction
  Vec3 half;
  float radius = 0;
  Material material;
};

/// Where a ray meets a body first.
struct Hit {
  float distance = std::numeric_limits<float>::infinity();
  Vec3 local;   ///< the point, in the body's own directions, from its centre
  Vec3 normal;  ///< outwards, in the body's own directions

  bool missed() const {
    return distance == std::numeric_limits<float>::infinity();
  }
};

/// \param origin     of the ray, in the body's own frame.
/// \param direction  of the ray, in the body's own directions; any length,
///     which is the unit of Hit::distance.
Hit Meet(const Part& part, const Vec3& origin, const Vec3& direction);

/// Colour of a body's surface before light falls on it.
Vec3 SurfaceColour(const Material& material, const Vec3& local,
                   const Vec3& normal);

/// Colour of the ground. \param x, y  world, in metres.
Vec3 GroundColour(float x, float y);

}  // namespace ddnn
