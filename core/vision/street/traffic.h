#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/vision/street/geometry.h"

namespace ddnn {

/// Something that moves through the street at one instant.
struct Actor {
  enum class Kind { kCar, kBus, kPerson };
  Kind kind = Kind::kCar;
  std::uint64_t looks = 0;  ///< names the dice that decide size and colours
  Vec3 position;            ///< of its middle, on the ground
  float heading = 0;        ///< radians, 0 = east, counter-clockwise
  float walked = 0;         ///< metres since it came; the phase of its legs
};

/// Class names in label order, as indices of Actor::Kind.
inline constexpr std::string_view kStreetClasses[] = {"car", "bus", "person"};

/// Things farther than this from the crossing's middle are seen, but are no
/// samples. Metres.
inline constexpr float kStreetZone = 18.0F;

/// Time from tick to tick, in seconds of the street.
inline constexpr float kStreetSecondsPerTick = 1.0F;

/// The traffic of one street, which a seed decides: two flows of vehicles that
/// take turns, and people who cross while the road is free.
///
/// A tick is computed from nothing but seed and number: no state, so any tick
/// can be asked for, and all processes agree.
/// Thread-safety: immutable.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : seed_(seed) {}

  /// Everything on the street, in an order that ticks share.
  std::vector<Actor> At(std::size_t tick) const;

  static bool InZone(const Actor& actor);
  /// Those in the zone: the tick's objects 0, 1, ...
  std::vector<Actor> SampledAt(std::size_t tick) const;

 private:
  void AddVehicles(std::int64_t cycle, float now,
                   std::vector<Actor>* actors) const;
  void AddPeople(std::int64_t cycle, float now,
                 std::vector<Actor>* actors) const;

  std::uint64_t seed_;
};

}  // namespace ddnn
