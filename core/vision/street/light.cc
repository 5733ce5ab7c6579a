#include "core/vision/street/light.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/vision/street/dice.h"

namespace ddnn {
namespace {

constexpr std::size_t kTicksPerChange = 60;
constexpr float kGrain = 6.0F;  // standard deviation, of 255
constexpr std::size_t kGrains = std::size_t{1} << 17;

struct Weather {
  float sun;   // 0: clouds, 1: full
  float warm;  // 0: noon, 1: evening
};

Weather WeatherAt(std::uint64_t seed, std::size_t change) {
  Dice dice{seed, 4, change};
  return {dice.Share(), dice.Share()};
}

std::vector<std::int8_t> MakeNoise() {
  std::vector<std::int8_t> grains;
  grains.reserve(kGrains);
  Dice dice{5};
  while (grains.size() < kGrains) {
    // The sum of twelve uniform numbers is all but normal, with deviation 1.
    float sum = -6;
    for (int i = 0; i < 12; ++i) sum += dice.Share();
    grains.push_back(static_cast<std::int8_t>(std::lround(sum * kGrain)));
  }
  return grains;
}

}  // namespace

Light LightAt(std::uint64_t seed, std::size_t tick) {
  const std::size_t change = tick / kTicksPerChange;
  const float share =
      static_cast<float>(tick % kTicksPerChange) / float{kTicksPerChange};
  const Weather before = WeatherAt(seed, change);
  const Weather after = WeatherAt(seed, change + 1);
  const float sun = std::lerp(before.sun, after.sun, share);
  const float warm = std::lerp(before.warm, after.warm, share);
  return {.brightness = 0.62F + 0.5F * sun,
          .tint = {0.96F + 0.1F * warm, 1.0F, 1.06F - 0.16F * warm},
          .shade = 0.25F + 0.4F * sun};
}

float Lambert(const Vec3& normal) {
  constexpr Vec3 kSun{0.43F, -0.36F, 0.83F};  // towards it; length 1
  return 0.62F + 0.5F * std::max(0.0F, Dot(normal, kSun));
}

Vec3 SkyColour(float rise) {
  return Mix({206, 214, 222}, {132, 168, 214},
             std::clamp(rise * 2.0F, 0.0F, 1.0F));
}

std::span<const std::int8_t, kNoiseRun> SensorNoise(std::uint64_t where) {
  static const std::vector<std::int8_t> kNoise = MakeNoise();
  const std::size_t first = where % (kNoise.size() - kNoiseRun);
  return std::span(kNoise).subspan(first).first<kNoiseRun>();
}

}  // namespace ddnn
