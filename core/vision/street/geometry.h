#pragma once

#include <cmath>

namespace ddnn {

/// A point, direction or colour. The street's world: metres, x east, y north,
/// z up, the middle of the crossing at the origin. Colours: red, green, blue,
/// 0 to 255.
struct Vec3 {
  float x = 0;
  float y = 0;
  float z = 0;

  friend Vec3 operator+(const Vec3& a, const Vec3& b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
  }
  friend Vec3 operator-(const Vec3& a, const Vec3& b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
  }
  friend Vec3 operator*(const Vec3& a, float k) {
    return {a.x * k, a.y * k, a.z * k};
  }
};

inline float Dot(const Vec3& a, const Vec3& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Vec3 Cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float Length(const Vec3& a) { return std::sqrt(Dot(a, a)); }
inline Vec3 Normalized(const Vec3& a) { return a * (1.0F / Length(a)); }
inline Vec3 Mix(const Vec3& a, const Vec3& b, float share_of_b) {
  return a + (b - a) * share_of_b;
}

/// A turn about the z axis, counter-clockwise.
struct Turn {
  float cos = 1;
  float sin = 0;

  static Turn Of(float radians) {
    return {std::cos(radians), std::sin(radians)};
  }
  Vec3 Apply(const Vec3& a) const {
    return {cos * a.x - sin * a.y, sin * a.x + cos * a.y, a.z};
  }
  Vec3 Undo(const Vec3& a) const {
    return {cos * a.x + sin * a.y, cos * a.y - sin * a.x, a.z};
  }
};

}  // namespace ddnn
