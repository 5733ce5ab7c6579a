#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ddnn {

/// Extent of a feature map.
struct MapShape {
  int channels = 0;
  int height = 0;
  int width = 0;

  friend bool operator==(const MapShape&, const MapShape&) = default;
  /// Bytes of one channel's plane: its bits, rounded up to whole bytes.
  std::size_t plane_bytes() const {
    return (static_cast<std::size_t>(height) * static_cast<std::size_t>(width) +
            7) /
           8;
  }
  std::size_t bytes() const {
    return static_cast<std::size_t>(channels) * plane_bytes();
  }
};

/// A section's binary output, packed as it travels.
///
/// Plane after plane; in a plane, pixel (y, x) is bit y * width + x, least
/// significant bit of each byte first. A set bit is +1, a clear bit -1; the
/// unused bits of a plane's last byte are 0.
struct FeatureMap {
  MapShape shape;
  std::vector<std::uint8_t> bits;  ///< shape.bytes() of them

  FeatureMap() = default;
  explicit FeatureMap(const MapShape& map_shape)
      : shape(map_shape), bits(map_shape.bytes(), 0) {}

  bool Get(int channel, int y, int x) const {
    const std::size_t bit = BitInPlane(y, x);
    return (bits[PlaneStart(channel) + bit / 8] >> (bit % 8)) & 1U;
  }
  void Set(int channel, int y, int x) {
    const std::size_t bit = BitInPlane(y, x);
    bits[PlaneStart(channel) + bit / 8] |=
        static_cast<std::uint8_t>(1U << (bit % 8));
  }
  friend bool operator==(const FeatureMap&, const FeatureMap&) = default;

 private:
  std::size_t BitInPlane(int y, int x) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) +
           static_cast<std::size_t>(x);
  }
  std::size_t PlaneStart(int channel) const {
    return static_cast<std::size_t>(channel) * shape.plane_bytes();
  }
};

}  // namespace ddnn
