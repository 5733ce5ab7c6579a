#include "core/vision/street/shape.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/vision/street/dice.h"

namespace ddnn {
namespace {

constexpr float kTiny = 1e-6F;

Hit MeetBox(const Vec3& half, const Vec3& origin, const Vec3& direction) {
  const float o[] = {origin.x, origin.y, origin.z};
  const float d[] = {direction.x, direction.y, direction.z};
  const float h[] = {half.x, half.y, half.z};
  float enter = 0;
  float leave = std::numeric_limits<float>::infinity();
  int axis = -1;
  for (int i = 0; i < 3; ++i) {
    if (std::abs(d[i]) < kTiny) {
      if (std::abs(o[i]) > h[i]) return {};
      continue;
    }
    const float sign = d[i] > 0 ? 1.0F : -1.0F;
    const float in = (-sign * h[i] - o[i]) / d[i];
    if (in > enter) {
      enter = in;
      axis = i;
    }
    leave = std::min(leave, (sign * h[i] - o[i]) / d[i]);
  }
  if (axis < 0 || enter >= leave) return {};
  Hit hit{.distance = enter, .local = origin + direction * enter, .normal = {}};
  const float outward = d[axis] > 0 ? -1.0F : 1.0F;
  (axis == 0   ? hit.normal.x
   : axis == 1 ? hit.normal.y
               : hit.normal.z) = outward;
  return hit;
}

/// Nearest root of a t^2 + 2 b t + c; infinity if it is not in front.
float FirstRoot(float a, float b, float c) {
  const float disc = b * b - a * c;
  if (disc < 0) return std::numeric_limits<float>::infinity();
  const float root = (-b - std::sqrt(disc)) / a;
  return root > 0 ? root : std::numeric_limits<float>::infinity();
}

Hit MeetSphere(const Vec3& centre, float radius, const Vec3& origin,
               const Vec3& direction) {
  const Vec3 from = origin - centre;
  Hit hit;
  hit.distance = FirstRoot(Dot(direction, direction), Dot(from, direction),
                           Dot(from, from) - radius * radius);
  if (hit.missed()) return hit;
  hit.local = origin + direction * hit.distance;
  hit.normal = (hit.local - centre) * (1.0F / radius);
  return hit;
}

Hit MeetCapsule(const Vec3& half, float radius, const Vec3& origin,
                const Vec3& direction) {
  const float length = Length(half);
  if (length < kTiny) return MeetSphere({}, radius, origin, direction);
  const Vec3 axis = half * (1.0F / length);
  const float d_along = Dot(direction, axis);
  const float o_along = Dot(origin, axis);
  const Vec3 d = direction - axis * d_along;
  const Vec3 o = origin - axis * o_along;
  const float d2 = Dot(d, d);
  if (d2 > kTiny) {
    Hit hit;
    hit.distance = FirstRoot(d2, Dot(o, d), Dot(o, o) - radius * radius);
    if (hit.missed()) return hit;
    const float along = o_along + d_along * hit.distance;
    if (std::abs(along) <= length) {
      hit.local = origin + direction * hit.distance;
      hit.normal = (o + d * hit.distance) * (1.0F / radius);
      return hit;
    }
  }
  const Hit top = MeetSphere(half, radius, origin, direction);
  const Hit bottom = MeetSphere(half * -1.0F, radius, origin, direction);
  return top.distance < bottom.distance ? top : bottom;
}

Hit MeetWheel(float radius, float half_width, const Vec3& origin,
              const Vec3& direction) {
  Hit hit;
  const float side = direction.y > 0 ? -half_width : half_width;
  if (std::abs(direction.y) > kTiny) {
    const float t = (side - origin.y) / direction.y;
    const Vec3 at = origin + direction * t;
    if (t > 0 && at.x * at.x + at.z * at.z <= radius * radius) {
      return {.distance = t,
              .local = at,
              .normal = {0, side > 0 ? 1.0F : -1.0F, 0}};
    }
  }
  const float t =
      FirstRoot(direction.x * direction.x + direction.z * direction.z,
                origin.x * direction.x + origin.z * direction.z,
                origin.x * origin.x + origin.z * origin.z - radius * radius);
  const Vec3 at = origin + direction * t;
  if (std::isinf(t) || std::abs(at.y) > half_width) return hit;
  return {.distance = t,
          .local = at,
          .normal = Vec3{at.x, 0, at.z} * (1.0F / radius)};
}

float Corner(std::int32_t x, std::int32_t y) {
  const auto at = static_cast<std::uint64_t>(static_cast<std::uint32_t>(x))
                      << 32 |
                  static_cast<std::uint32_t>(y);
  return static_cast<float>(Scramble(at) >> 40) * 0x1p-24F;
}

/// Soft noise in [0, 1) that varies over one unit.
float Noise(float x, float y) {
  const float fx = std::floor(x);
  const float fy = std::floor(y);
  const auto ix = static_cast<std::int32_t>(fx);
  const auto iy = static_cast<std::int32_t>(fy);
  const float u = x - fx;
  const float v = y - fy;
  const float low = std::lerp(Corner(ix, iy), Corner(ix + 1, iy), u);
  const float high = std::lerp(Corner(ix, iy + 1), Corner(ix + 1, iy + 1), u);
  return std::lerp(low, high, v);
}

/// Position within a repeated pattern, in [0, 1).
float Repeat(float x, float period) {
  const float turns = x / period;
  return turns - std::floor(turns);
}

/// The coordinate along a wall that is not the one it faces.
float AlongWall(const Vec3& local, const Vec3& normal) {
  return std::abs(normal.x) > std::abs(normal.y) ? local.y : local.x;
}

}  // namespace

Hit Meet(const Part& part, const Vec3& origin, const Vec3& direction) {
  switch (part.shape) {
    case Part::Shape::kBox:
      return MeetBox(part.half, origin, direction);
    case Part::Shape::kCapsule:
      return MeetCapsule(part.half, part.radius, origin, direction);
    case Part::Shape::kWheel:
      return MeetWheel(part.radius, part.half.y, origin, direction);
  }
  return {};
}

Vec3 SurfaceColour(const Material& material, const Vec3& local,
                   const Vec3& normal) {
  const bool is_wall = std::abs(normal.z) < 0.7F;
  switch (material.pattern) {
    case Material::Pattern::kPlain:
      return material.colour;
    case Material::Pattern::kStains:
      return Mix(material.colour, material.second,
                 Noise(3 * local.x + 5 * local.y, 4 * local.z + local.y));
    case Material::Pattern::kFacade: {
      const float across = Repeat(AlongWall(local, normal), 2.6F);
      const float up = Repeat(local.z, 3.2F);
      const bool window =
          is_wall && across > 0.3F && across < 0.7F && up > 0.3F && up < 0.75F;
      return window ? material.second : material.colour;
    }
    case Material::Pattern::kVehicle: {
      const bool pillar =
          Repeat(AlongWall(local, normal), material.spacing) < 0.14F;
      const bool window = is_wall && !pillar && local.z > material.low &&
                          local.z < material.high;
      return window ? material.second : material.colour;
    }
  }
  return material.colour;
}

Vec3 GroundColour(float x, float y) {
  constexpr Vec3 kAsphalt{92, 92, 96};
  constexpr Vec3 kMarking{205, 205, 198};
  constexpr Vec3 kSlab{148, 143, 134};
  constexpr Vec3 kGrass{88, 112, 62};
  constexpr float kCurb = 4.2F;
  constexpr float kSidewalkEnd = 9.0F;
  const float far_x = std::abs(x);
  const float far_y = std::abs(y);
  const float grain = 0.82F + 0.22F * Noise(x * 1.7F, y * 1.7F) +
                      0.12F * Noise(x * 9.0F, y * 9.0F);
  const float near = std::min(far_x, far_y);  // to the middle of a road
  const float along = std::max(far_x, far_y);
  if (near < kCurb) {
    const bool crosswalk = along > 7.0F && along < 10.0F &&
                           Repeat(far_x < far_y ? x : y, 1.0F) < 0.5F;
    const bool middle_line =
        along > 11.0F && near < 0.1F && Repeat(along, 4.0F) < 0.5F;
    return (crosswalk || middle_line ? kMarking : kAsphalt) * grain;
  }
  if (near < kSidewalkEnd) {
    const bool joint = Repeat(x, 1.2F) < 0.05F || Repeat(y, 1.2F) < 0.05F;
    return kSlab * (joint ? 0.8F * grain : grain);
  }
  return kGrass * grain;
}

}  // namespace ddnn
