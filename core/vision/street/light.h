#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/vision/street/geometry.h"

namespace ddnn {

/// The light over a street at a tick; it changes slowly.
struct Light {
  float brightness = 1;
  Vec3 tint{1, 1, 1};  ///< colder or warmer; red, green, blue
  float shade = 0.5F;  ///< how dark it is under things: little under clouds
};
Light LightAt(std::uint64_t seed, std::size_t tick);

/// Light on a surface. \param normal  of length 1, in the world.
float Lambert(const Vec3& normal);

/// \param rise  how steeply a ray of length 1 ahead goes up.
Vec3 SkyColour(float rise);

/// Grain of an image sensor: normally distributed, the same in every process.
/// Thread-safety: immutable.
class SensorNoise {
 public:
  static const SensorNoise& Instance();

  /// A run of grains that `where` chooses. \param length  <= kLongest.
  const std::int8_t* Run(std::uint64_t where, std::size_t length) const {
    return grains_.data() + where % (grains_.size() - length);
  }
  static constexpr std::size_t kLongest = 4096;

 private:
  SensorNoise();
  std::vector<std::int8_t> grains_;
};

}  // namespace ddnn
