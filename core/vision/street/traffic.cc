#include "core/vision/street/traffic.h"

#include <array>
#include <numbers>
#include <span>

#include "core/vision/street/dice.h"

namespace ddnn {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

// The lights: the north-south road is free in the first half of a cycle, the
// east-west road in the second. Seconds.
constexpr float kCycle = 12.0F;
constexpr float kPhase = kCycle / 2;

// Vehicles keep one speed, so that none runs into another.
constexpr float kVehicleSpeed = 8.0F;  // m/s
constexpr float kRoadEnd = 45.0F;      // m from the middle
constexpr float kLane = 2.0F;          // m from the road's middle
constexpr float kTurnStart = 5.0F;     // m from the middle
constexpr float kTurnRadius = kTurnStart - kLane;
constexpr float kTurnLength = kTurnRadius * kPi / 2;
constexpr int kVehicleSlots = 2;  // per road arm and cycle
constexpr float kSlotTime = 2.8F;

constexpr float kSidewalk = 5.8F;   // m from the road's middle
constexpr float kCrosswalk = 8.5F;  // m from the crossing's middle
constexpr float kWalkEnd = 30.0F;
constexpr int kArms = 4;

// Whoever is on the street at an instant belongs to one of these cycles.
constexpr std::int64_t kCyclesAgo = 3;
constexpr std::int64_t kCyclesAhead = 2;

struct Pose {
  Vec3 position;
  float heading = 0;
};

/// A vehicle that came from the south after `way` metres; arms turn it.
Pose StraightOn(float way) { return {{kLane, way - kRoadEnd, 0}, kPi / 2}; }

Pose TurnRight(float way) {
  const float arc = way - (kRoadEnd - kTurnStart);
  if (arc <= 0) return StraightOn(way);
  if (arc >= kTurnLength) {
    return {{kTurnStart + arc - kTurnLength, -kLane, 0}, 0};
  }
  const float angle = arc / kTurnRadius;
  return {{kTurnStart - kTurnRadius * std::cos(angle),
           -kTurnStart + kTurnRadius * std::sin(angle), 0},
          kPi / 2 - angle};
}

/// Where someone is who follows a line of points.
Pose Along(std::span<const Vec3> line, float way) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Vec3 step = line[i + 1] - line[i];
    const float length = Length(step);
    if (way <= length || i + 2 == line.size()) {
      return {line[i] + step * (way / length), std::atan2(step.y, step.x)};
    }
    way -= length;
  }
  return {line.back(), 0};
}

Actor MakeActor(Actor::Kind kind, const Dice& dice, const Pose& pose, int arm,
                float way) {
  const float angle = static_cast<float>(arm) * kPi / 2;
  Dice looks = dice;
  return {.kind = kind,
          .looks = looks.Bits(),
          .position = Turn::Of(angle).Apply(pose.position),
          .heading = pose.heading + angle,
          .walked = way};
}

}  // namespace

bool Traffic::InZone(const Actor& actor) {
  return Length(actor.position) <= kStreetZone;
}

std::vector<Actor> Traffic::SampledAt(std::size_t tick) const {
  std::vector<Actor> actors = At(tick);
  std::erase_if(actors, [](const Actor& actor) { return !InZone(actor); });
  return actors;
}

std::vector<Actor> Traffic::At(std::size_t tick) const {
  // Time since the start of the tick's cycle keeps float's precision for ever.
  constexpr auto kTicksPerCycle =
      static_cast<std::size_t>(kCycle / kStreetSecondsPerTick);
  const auto cycle = static_cast<std::int64_t>(tick / kTicksPerCycle);
  const float in_cycle =
      static_cast<float>(tick % kTicksPerCycle) * kStreetSecondsPerTick;
  std::vector<Actor> actors;
  for (std::int64_t ago = kCyclesAgo; ago >= -kCyclesAhead; --ago) {
    const float now = in_cycle + static_cast<float>(ago) * kCycle;
    AddVehicles(cycle - ago, now, &actors);
    AddPeople(cycle - ago, now, &actors);
  }
  return actors;
}

/// \param now  seconds since the start of `cycle`.
void Traffic::AddVehicles(std::int64_t cycle, float now,
                          std::vector<Actor>* actors) const {
  for (int arm = 0; arm < kArms; ++arm) {
    for (int slot = 0; slot < kVehicleSlots; ++slot) {
      Dice dice{seed_, 1, static_cast<std::uint64_t>(cycle),
                static_cast<std::uint64_t>(arm),
                static_cast<std::uint64_t>(slot)};
      if (dice.Share() > 0.42F) continue;
      const bool is_bus = dice.Share() < 0.3F;
      const bool turns = dice.Share() < 0.35F;
      const float at_line = static_cast<float>(arm % 2) * kPhase +
                            static_cast<float>(slot) * kSlotTime +
                            dice.Between(0.0F, 0.5F);
      const float way = (now - at_line) * kVehicleSpeed + kRoadEnd - kTurnStart;
      const float length =
          turns ? 2 * (kRoadEnd - kTurnStart) + kTurnLength : 2 * kRoadEnd;
      if (way < 0 || way > length) continue;
      actors->push_back(
          MakeActor(is_bus ? Actor::Kind::kBus : Actor::Kind::kCar, dice,
                    turns ? TurnRight(way) : StraightOn(way), arm, way));
    }
  }
}

/// \param now  seconds since the start of `cycle`.
void Traffic::AddPeople(std::int64_t cycle, float now,
                        std::vector<Actor>* actors) const {
  for (int arm = 0; arm < kArms; ++arm) {
    for (int side = -1; side <= 1; side += 2) {
      Dice dice{seed_, 2, static_cast<std::uint64_t>(cycle),
                static_cast<std::uint64_t>(arm),
                static_cast<std::uint64_t>(side + 1)};
      if (dice.Share() > 0.08F) continue;
      const float speed = dice.Between(1.3F, 2.6F);
      const float from =
          static_cast<float>(side) * (kSidewalk + dice.Between(-0.6F, 0.9F));
      const float to =
          static_cast<float>(-side) * (kSidewalk + dice.Between(-0.6F, 0.9F));
      const float crosswalk = -kCrosswalk + dice.Between(-0.8F, 0.8F);
      const bool goes_round = dice.Share() < 0.5F;
      const float around = static_cast<float>(-side) * kWalkEnd;
      const std::array<Vec3, 4> line = {
          Vec3{from, -kWalkEnd, 0}, Vec3{from, crosswalk, 0},
          Vec3{to, crosswalk, 0},
          goes_round ? Vec3{around, crosswalk + 2.2F, 0}
                     : Vec3{to, -kWalkEnd, 0}};
      // The road of an arm is free for people while the other road has green.
      const float at_curb =
          static_cast<float>((arm + 1) % 2) * kPhase + dice.Between(0.0F, 1.5F);
      const float way = (now - at_curb) * speed + Length(line[1] - line[0]);
      const float length = Length(line[1] - line[0]) +
                           Length(line[2] - line[1]) +
                           Length(line[3] - line[2]);
      if (way < 0 || way > length) continue;
      actors->push_back(
          MakeActor(Actor::Kind::kPerson, dice, Along(line, way), arm, way));
    }
  }
}

}  // namespace ddnn
