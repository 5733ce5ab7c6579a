#include "core/vision/street/scene.h"

#include <algorithm>
#include <cmath>

#include "core/vision/street/dice.h"

namespace ddnn {
namespace {

constexpr Vec3 kGlass{38, 46, 56};
constexpr Vec3 kTyre{26, 26, 28};

/// Makes parts of a body from places in the body's own frame: x forward, y to
/// the left, z up, from the middle of its base.
class Builder {
 public:
  Builder(const Vec3& base, float heading)
      : base_(base), turn_(Turn::Of(heading)) {}

  void Box(const Vec3& centre, const Vec3& half, const Material& material) {
    Add(Part::Shape::kBox, centre, half, 0, material);
  }
  /// From one end of its axis to the other.
  void Capsule(const Vec3& from, const Vec3& to, float radius,
               const Material& material) {
    Add(Part::Shape::kCapsule, Mix(from, to, 0.5F), (to - from) * 0.5F, radius,
        material);
  }
  void Wheels(float axle_x, float axle_y, float radius) {
    for (const float x : {-axle_x, axle_x}) {
      for (const float y : {-axle_y, axle_y}) {
        Add(Part::Shape::kWheel, {x, y, radius}, {0, 0.12F, 0}, radius,
            {.colour = kTyre, .second = {}});
      }
    }
  }

  std::vector<Part> Take() { return std::move(parts_); }

 private:
  void Add(Part::Shape shape, const Vec3& centre, const Vec3& half,
           float radius, const Material& material) {
    parts_.push_back({.shape = shape,
                      .centre = base_ + turn_.Apply(centre),
                      .turn = turn_,
                      .half = half,
                      .radius = radius,
                      .material = material});
  }

  Vec3 base_;
  Turn turn_;
  std::vector<Part> parts_;
};

Vec3 AnyColour(Dice* dice) {
  return {dice->Between(30, 235), dice->Between(30, 235),
          dice->Between(30, 235)};
}

/// What people buy: greys and whites more than anything.
Vec3 CarColour(Dice* dice) {
  if (dice->Share() < 0.55F) {
    const float grey = dice->Between(25, 230);
    return {grey, grey, grey + dice->Between(-8, 12)};
  }
  return AnyColour(dice);
}

Material Windows(const Vec3& colour, float low, float high, float spacing) {
  return {.colour = colour,
          .second = kGlass,
          .pattern = Material::Pattern::kVehicle,
          .low = low,
          .high = high,
          .spacing = spacing};
}

struct VehicleSize {
  float length = 0;
  float width = 0;
  float height = 0;
};

VehicleSize CarSize(Dice* dice) {
  return {dice->Between(3.7F, 4.9F), dice->Between(1.65F, 1.9F),
          dice->Between(1.4F, 1.75F)};
}
VehicleSize BusSize(Dice* dice) {
  return {dice->Between(7.0F, 10.5F), dice->Between(2.3F, 2.55F),
          dice->Between(2.7F, 3.2F)};
}

/// A car: a lower body, a cabin on it that is shorter, wheels and lamps.
void BuildCar(Dice* dice, Builder* body) {
  const VehicleSize size = CarSize(dice);
  const Vec3 colour = CarColour(dice);
  const float x = size.length / 2;
  const float y = size.width / 2;
  const float belt = size.height * 0.56F;
  const float cabin = x * dice->Between(0.5F, 0.78F);
  const float setback = dice->Between(-0.45F, -0.05F);
  const float cabin_z = (size.height - belt) / 2;
  body->Box({0, 0, (0.25F + belt) / 2}, {x, y, (belt - 0.25F) / 2},
            {.colour = colour, .second = {}});
  body->Box({setback, 0, belt + cabin_z}, {cabin, y * 0.88F, cabin_z},
            Windows(colour, -cabin_z, cabin_z * 0.7F, cabin));
  body->Wheels(x * 0.62F, y - 0.08F, dice->Between(0.3F, 0.36F));
  for (const float side : {-0.65F, 0.65F}) {
    body->Box({x, y * side, belt * 0.75F}, {0.04F, 0.16F, 0.09F},
              {.colour = {240, 236, 210}, .second = {}});
    body->Box({-x, y * side, belt * 0.8F}, {0.04F, 0.14F, 0.1F},
              {.colour = {170, 24, 20}, .second = {}});
  }
}

/// A bus: one high box with a band of windows and a stripe below it.
void BuildBus(Dice* dice, Builder* body) {
  const VehicleSize size = BusSize(dice);
  const Vec3 colour = AnyColour(dice);
  const Vec3 stripe = AnyColour(dice);
  const float x = size.length / 2;
  const float y = size.width / 2;
  const float z = (size.height - 0.35F) / 2;
  body->Box({0, 0, 0.35F + z}, {x, y, z},
            Windows(colour, z * 0.0F, z * 0.72F, dice->Between(1.2F, 1.8F)));
  body->Box({0, 0, 0.75F}, {x + 0.01F, y + 0.01F, 0.13F},
            {.colour = stripe, .second = {}});
  body->Wheels(x * 0.66F, y - 0.1F, 0.48F);
  for (const float side : {-0.8F, 0.8F}) {
    body->Box({x, y * side, 0.7F}, {0.05F, 0.18F, 0.1F},
              {.colour = {240, 236, 210}, .second = {}});
  }
}

/// A person: legs and arms that swing with each step, a trunk and a head.
void BuildPerson(Dice* dice, float walked, Builder* body) {
  const float height = dice->Between(1.5F, 1.95F);
  const float girth = dice->Between(0.16F, 0.25F);
  const Material top{.colour = AnyColour(dice),
                     .second = AnyColour(dice),
                     .pattern = dice->Share() < 0.4F
                                    ? Material::Pattern::kStains
                                    : Material::Pattern::kPlain};
  const Material trousers{.colour = AnyColour(dice) * 0.6F, .second = {}};
  const float tone = dice->Between(0.45F, 1.0F);
  const Material skin{.colour = Vec3{226, 178, 146} * tone, .second = {}};
  const Material hair{.colour = Vec3{120, 90, 60} * dice->Between(0.2F, 1.3F),
                      .second = {}};
  const float hip = 0.5F * height;
  const float shoulder = 0.82F * height;
  const float stride = 0.23F * height;
  const float swing = stride * std::sin(walked * 3.6F + dice->Between(0, 6));
  for (const float side : {-1.0F, 1.0F}) {
    const float y = side * 0.1F;
    body->Capsule({0, y, hip}, {side * swing, y, 0.08F}, 0.085F, trousers);
    const float arm = side * (girth + 0.07F);
    body->Capsule({0, arm, shoulder - 0.05F},
                  {-side * swing * 0.8F, arm, hip - 0.02F}, 0.055F, top);
  }
  body->Capsule({0, 0, hip}, {0.03F, 0, shoulder - 0.06F}, girth, top);
  body->Capsule({0.05F, 0, height - 0.12F}, {0.05F, 0, height - 0.16F}, 0.11F,
                skin);
  body->Capsule({0.0F, 0, height - 0.06F}, {0.0F, 0, height - 0.1F}, 0.115F,
                hair);
  if (dice->Share() < 0.3F) {
    body->Box({-girth - 0.1F, 0, (hip + shoulder) / 2 + 0.1F},
              {0.12F, 0.16F, 0.24F}, {.colour = AnyColour(dice), .second = {}});
  }
}

void Tree(float x, float y, float height, std::vector<Part>* parts) {
  Builder tree({x, y, 0}, 0);
  tree.Capsule({0, 0, 0}, {0, 0, height * 0.6F}, 0.2F,
               {.colour = {84, 66, 48}, .second = {}});
  const Material leaves{.colour = {52, 92, 40},
                        .second = {98, 128, 66},
                        .pattern = Material::Pattern::kStains};
  tree.Capsule({0.2F, 0, height * 0.55F}, {0, 0.1F, height * 0.7F}, 1.15F,
               leaves);
  tree.Capsule({-0.4F, 0.3F, height * 0.7F}, {0.1F, 0, height * 0.85F}, 0.9F,
               leaves);
  for (Part& part : tree.Take()) parts->push_back(part);
}

void ParkedVan(float x, float y, float heading, const Vec3& colour,
               std::vector<Part>* parts) {
  Builder van({x, y, 0}, heading);
  van.Box({0, 0, 1.2F}, {2.5F, 0.95F, 0.9F}, Windows(colour, 0.2F, 0.7F, 2.2F));
  van.Wheels(1.6F, 0.85F, 0.35F);
  for (Part& part : van.Take()) parts->push_back(part);
}

void House(const Vec3& corner, const Vec3& opposite, const Vec3& colour,
           std::vector<Part>* parts) {
  Builder house({}, 0);
  house.Box(Mix(corner, opposite, 0.5F), (opposite - corner) * 0.5F,
            {.colour = colour,
             .second = {62, 72, 86},
             .pattern = Material::Pattern::kFacade});
  for (Part& part : house.Take()) parts->push_back(part);
}

}  // namespace

std::vector<Part> BodyOf(const Actor& actor) {
  Dice dice{actor.looks};
  Builder body(actor.position, actor.heading);
  switch (actor.kind) {
    case Actor::Kind::kCar:
      BuildCar(&dice, &body);
      break;
    case Actor::Kind::kBus:
      BuildBus(&dice, &body);
      break;
    case Actor::Kind::kPerson:
      BuildPerson(&dice, actor.walked, &body);
      break;
  }
  return body.Take();
}

Shade ShadeOf(const Actor& actor) {
  Dice dice{actor.looks};
  if (actor.kind == Actor::Kind::kPerson) return {0.4F, 0.35F};
  const VehicleSize size =
      actor.kind == Actor::Kind::kCar ? CarSize(&dice) : BusSize(&dice);
  return {size.length / 2 + 0.25F, size.width / 2 + 0.25F};
}

std::vector<Part> Scenery() {
  std::vector<Part> parts;
  House({17, 17, 0}, {42, 42, 11}, {168, 128, 104}, &parts);
  House({-42, 16, 0}, {-17, 42, 8}, {178, 170, 150}, &parts);
  House({-42, -42, 0}, {-18, -17, 13}, {142, 148, 156}, &parts);
  House({16, -42, 0}, {42, -18, 9}, {186, 152, 112}, &parts);
  Tree(6.6F, 11.5F, 5.5F, &parts);
  Tree(-7.0F, -10.5F, 5.0F, &parts);
  Tree(11.5F, -6.8F, 5.2F, &parts);
  Tree(-11.0F, 7.0F, 4.8F, &parts);
  Tree(-15.5F, -6.6F, 5.6F, &parts);
  ParkedVan(5.3F, -15.0F, 1.5708F, {196, 198, 204}, &parts);
  ParkedVan(-14.0F, 5.3F, 0, {60, 78, 120}, &parts);
  Builder kiosk({8.2F, 7.9F, 0}, 0.4F);
  kiosk.Box({0, 0, 1.2F}, {1.0F, 0.8F, 1.2F},
            Windows({128, 44, 40}, 0.1F, 0.8F, 1.3F));
  for (Part& part : kiosk.Take()) parts.push_back(part);
  Builder pillar({-6.4F, -5.9F, 0}, 0);
  pillar.Capsule({0, 0, 0.4F}, {0, 0, 2.6F}, 0.65F,
                 {.colour = {70, 110, 92},
                  .second = {200, 190, 150},
                  .pattern = Material::Pattern::kStains});
  for (Part& part : pillar.Take()) parts.push_back(part);
  return parts;
}

const std::array<StreetCamera, kStreetCameras>& Cameras() {
  static const std::array<StreetCamera, kStreetCameras> kCameras = {{
      {{-13.0F, -12.0F, 4.4F}, {1.0F, 0.5F, 0.3F}, 290, 1.0F},
      {{13.5F, -12.5F, 3.8F}, {-1.0F, 0.0F, 0.5F}, 300, 0.88F},
      {{13.0F, 13.5F, 5.0F}, {-0.5F, -2.0F, 0.0F}, 295, 1.12F},
      {{-12.5F, 14.0F, 4.2F}, {1.5F, -1.0F, 0.4F}, 310, 0.95F},
      {{-21.0F, 7.2F, 3.4F}, {2.0F, -2.0F, 0.8F}, 370, 1.05F},
      {{7.0F, 21.5F, 3.6F}, {-1.5F, -1.0F, 0.7F}, 360, 0.92F},
  }};
  return kCameras;
}

}  // namespace ddnn
