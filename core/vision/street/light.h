#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

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

/// Values of a run of noise: a row of an image.
inline constexpr std::size_t kNoiseRun = 1080;

/// Grain of an image sensor: normally distributed, the same in every process.
/// \param where  chooses the run.
/// \return kNoiseRun values.
std::span<const std::int8_t, kNoiseRun> SensorNoise(std::uint64_t where);

}  // namespace ddnn
