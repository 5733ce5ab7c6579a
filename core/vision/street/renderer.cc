#include "core/vision/street/renderer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/vision/street/dice.h"
#include "core/vision/street/light.h"

namespace ddnn {

namespace {

constexpr int kWidth = StreetRenderer::kWidth;
constexpr int kHeight = StreetRenderer::kHeight;
constexpr std::size_t kPixels = std::size_t{kWidth} * kHeight;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNearest = 0.2F;  // m; nothing closer is drawn

// What a camera must see of a thing to know it: pixels, their share of the
// whole, and the sides of the box around them.
constexpr int kFewestPixels = 40;
constexpr float kSmallestShare = 0.3F;
constexpr int kNarrowestBox = 5;
constexpr int kLowestBox = 10;

std::size_t At(int x, int y) {
  return static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
}

void Put(const Vec3& colour, std::uint8_t* bgr) {
  const auto byte = [](float v) {
    return static_cast<std::uint8_t>(std::clamp(v, 0.0F, 255.0F));
  };
  bgr[0] = byte(colour.z);
  bgr[1] = byte(colour.y);
  bgr[2] = byte(colour.x);
}

}  // namespace

/// Columns [left, right) and rows [top, bottom) of an image.
struct StreetRenderer::Area {
  int left = 0;
  int top = 0;
  int right = kWidth;
  int bottom = kHeight;

  bool empty() const { return left >= right || top >= bottom; }
  int width() const { return right - left; }
  void Include(const Area& other) {
    if (other.empty()) return;
    if (empty()) {
      *this = other;
      return;
    }
    left = std::min(left, other.left);
    top = std::min(top, other.top);
    right = std::max(right, other.right);
    bottom = std::max(bottom, other.bottom);
  }
};

/// An image while it is drawn.
struct StreetRenderer::Canvas {
  std::vector<std::uint8_t> bgr;    // [pixels][3]
  std::vector<float> depth;         // [pixels]
  std::vector<std::uint8_t> owner;  // [pixels]: whose it is; 0 = nobody's
};

/// One actor alone, before the street hides parts of it.
struct StreetRenderer::Layer {
  struct Pixel {
    float depth = kInfinity;
    std::array<std::uint8_t, 3> bgr{};
  };
  Area area;
  std::vector<Pixel> pixels;

  explicit Layer(const Area& where)
      : area(where),
        pixels(where.empty()
                   ? 0
                   : static_cast<std::size_t>(where.width()) *
                         static_cast<std::size_t>(where.bottom - where.top)) {}
  Pixel* Row(int y) {
    return pixels.data() +
           static_cast<std::ptrdiff_t>(y - area.top) * area.width() - area.left;
  }
};

StreetRenderer::StreetRenderer(std::uint64_t seed, int camera)
    : seed_(seed), camera_(camera), traffic_(seed) {
  const StreetCamera& place = Cameras()[static_cast<std::size_t>(camera)];
  eye_ = place.eye;
  focal_ = place.focal;
  exposure_ = place.exposure;
  forward_ = Normalized(place.looks_at - place.eye);
  right_ = Normalized(Cross(forward_, {0, 0, 1})) * (1.0F / focal_);
  down_ = Cross(forward_, Normalized(right_)) * (1.0F / focal_);

  Canvas still{.bgr = std::vector<std::uint8_t>(kPixels * 3),
               .depth = std::vector<float>(kPixels, kInfinity),
               .owner = {}};
  DrawGround(&still);
  Layer layer(Area{});
  for (const Part& part : Scenery()) DrawPart(part, &layer);
  for (std::size_t i = 0; i < kPixels; ++i) {
    const Layer::Pixel& pixel = layer.pixels[i];
    if (pixel.depth >= still.depth[i]) continue;
    still.depth[i] = pixel.depth;
    std::copy(pixel.bgr.begin(), pixel.bgr.end(),
              still.bgr.begin() + static_cast<std::ptrdiff_t>(i * 3));
  }
  still_bgr_ = std::move(still.bgr);
  still_depth_ = std::move(still.depth);
}

/// The ray of a row's first pixel.
Vec3 StreetRenderer::RowStart(int row) const {
  return forward_ + right_ * (0.5F - kWidth / 2.0F) +
         down_ * (static_cast<float>(row) + 0.5F - kHeight / 2.0F);
}

/// The pixels that a box in the world may cover.
StreetRenderer::Area StreetRenderer::AreaOf(const Vec3& centre,
                                            const Turn& turn,
                                            const Vec3& half) const {
  float left = kInfinity;
  float top = kInfinity;
  float right = -kInfinity;
  float bottom = -kInfinity;
  int behind = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 offset{(corner & 1) != 0 ? half.x : -half.x,
                      (corner & 2) != 0 ? half.y : -half.y,
                      (corner & 4) != 0 ? half.z : -half.z};
    const Vec3 from_eye = centre + turn.Apply(offset) - eye_;
    const float depth = Dot(from_eye, forward_);
    if (depth < kNearest) {
      ++behind;
      continue;
    }
    // right_ and down_ are 1 / focal_ long.
    const float scale = focal_ * focal_ / depth;
    const float x = kWidth / 2.0F + Dot(from_eye, right_) * scale;
    const float y = kHeight / 2.0F + Dot(from_eye, down_) * scale;
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  if (behind == 8) return {0, 0, 0, 0};
  if (behind > 0) return {};
  const auto column = [](float x) {
    return static_cast<int>(std::clamp(x, 0.0F, float{kWidth}));
  };
  const auto row = [](float y) {
    return static_cast<int>(std::clamp(y, 0.0F, float{kHeight}));
  };
  return {column(left), row(top), column(right + 1), row(bottom + 1)};
}

StreetRenderer::Area StreetRenderer::AreaOf(const Part& part) const {
  Vec3 half = part.half;
  if (part.shape == Part::Shape::kCapsule) {
    half = {std::abs(half.x) + part.radius, std::abs(half.y) + part.radius,
            std::abs(half.z) + part.radius};
  } else if (part.shape == Part::Shape::kWheel) {
    half = {part.radius, half.y, part.radius};
  }
  return AreaOf(part.centre, part.turn, half);
}

void StreetRenderer::DrawGround(Canvas* canvas) const {
  for (int y = 0; y < kHeight; ++y) {
    Vec3 ray = RowStart(y);
    for (int x = 0; x < kWidth; ++x, ray = ray + right_) {
      const std::size_t at = At(x, y);
      if (ray.z >= -1e-4F) {
        Put(SkyColour(ray.z), &canvas->bgr[at * 3]);
        continue;
      }
      const float depth = -eye_.z / ray.z;
      const Vec3 point = eye_ + ray * depth;
      canvas->depth[at] = depth;
      Put(GroundColour(point.x, point.y) * Lambert({0, 0, 1}),
          &canvas->bgr[at * 3]);
    }
  }
}

void StreetRenderer::DrawPart(const Part& part, Layer* layer) const {
  Area area = AreaOf(part);
  area.left = std::max(area.left, layer->area.left);
  area.right = std::min(area.right, layer->area.right);
  area.top = std::max(area.top, layer->area.top);
  area.bottom = std::min(area.bottom, layer->area.bottom);
  const Vec3 origin = part.turn.Undo(eye_ - part.centre);
  const Vec3 step = part.turn.Undo(right_);
  for (int y = area.top; y < area.bottom; ++y) {
    Layer::Pixel* row = layer->Row(y);
    const Vec3 start = part.turn.Undo(RowStart(y));
    for (int x = area.left; x < area.right; ++x) {
      const Hit hit = Meet(part, origin, start + step * static_cast<float>(x));
      if (hit.distance >= row[x].depth || hit.distance < kNearest) continue;
      row[x].depth = hit.distance;
      Put(SurfaceColour(part.material, hit.local, hit.normal) *
              Lambert(part.turn.Apply(hit.normal)),
          row[x].bgr.data());
    }
  }
}

/// Darkens the ground under an actor.
void StreetRenderer::DrawShade(const Actor& actor, float strength,
                               Canvas* canvas) const {
  const Shade shade = ShadeOf(actor);
  const Turn turn = Turn::Of(actor.heading);
  const Area area =
      AreaOf(actor.position, turn, {shade.half_length, shade.half_width, 0});
  for (int y = area.top; y < area.bottom; ++y) {
    const Vec3 start = RowStart(y);
    for (int x = area.left; x < area.right; ++x) {
      const std::size_t at = At(x, y);
      const Vec3 point =
          eye_ + (start + right_ * static_cast<float>(x)) * still_depth_[at];
      if (std::abs(point.z) > 0.02F) continue;  // not the ground
      const Vec3 local = turn.Undo(point - actor.position);
      const float u = local.x / shade.half_length;
      const float v = local.y / shade.half_width;
      const float from_middle = u * u * u * u + v * v * v * v;
      if (from_middle >= 1) continue;
      const float light = 1 - strength * (1 - from_middle);
      for (std::size_t c = 0; c < 3; ++c) {
        std::uint8_t& value = canvas->bgr[at * 3 + c];
        value = static_cast<std::uint8_t>(static_cast<float>(value) * light);
      }
    }
  }
}

int StreetRenderer::DrawActor(const Actor& actor, std::uint8_t owner,
                              Canvas* canvas) const {
  const std::vector<Part> body = BodyOf(actor);
  Area area{0, 0, 0, 0};
  for (const Part& part : body) area.Include(AreaOf(part));
  Layer layer(area);
  for (const Part& part : body) DrawPart(part, &layer);
  int covered = 0;
  for (int y = area.top; y < area.bottom; ++y) {
    const Layer::Pixel* row = layer.Row(y);
    for (int x = area.left; x < area.right; ++x) {
      if (row[x].depth == kInfinity) continue;
      ++covered;
      const std::size_t at = At(x, y);
      if (row[x].depth >= canvas->depth[at]) continue;
      canvas->depth[at] = row[x].depth;
      canvas->owner[at] = owner;
      std::copy(row[x].bgr.begin(), row[x].bgr.end(), &canvas->bgr[at * 3]);
    }
  }
  return covered;
}

/// What the camera makes of the light: exposure, tint and noise.
void StreetRenderer::Develop(std::size_t tick, Canvas* canvas) const {
  const Light light = LightAt(seed_, tick);
  const std::array<float, 3> gain = {
      light.tint.z * light.brightness * exposure_,
      light.tint.y * light.brightness * exposure_,
      light.tint.x * light.brightness * exposure_};
  std::array<std::array<std::int16_t, 256>, 3> curve{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t v = 0; v < 256; ++v) {
      curve[c][v] = static_cast<std::int16_t>(
          std::min(static_cast<float>(v) * gain[c], 400.0F));
    }
  }
  Dice dice{seed_, 3, tick, static_cast<std::uint64_t>(camera_)};
  std::uint8_t* value = canvas->bgr.data();
  for (int y = 0; y < kHeight; ++y) {
    static_assert(kNoiseRun == 3 * kWidth);
    auto grain = SensorNoise(dice.Bits()).begin();
    for (int x = 0; x < kWidth; ++x) {
      for (std::size_t c = 0; c < 3; ++c, ++value, ++grain) {
        *value = static_cast<std::uint8_t>(
            std::clamp(curve[c][*value] + *grain, 0, 255));
      }
    }
  }
}

StreetRenderer::Image StreetRenderer::Render(std::size_t tick) const {
  const std::vector<Actor> actors = traffic_.At(tick);
  Canvas canvas{.bgr = still_bgr_,
                .depth = still_depth_,
                .owner = std::vector<std::uint8_t>(kPixels)};
  const float shade = LightAt(seed_, tick).shade;
  for (const Actor& actor : actors) DrawShade(actor, shade, &canvas);
  std::vector<int> covered(actors.size());
  for (std::size_t i = 0; i < actors.size(); ++i) {
    covered[i] =
        DrawActor(actors[i], static_cast<std::uint8_t>(i + 1), &canvas);
  }

  struct Tally {
    int pixels = 0;
    Area bounds{kWidth, kHeight, 0, 0};
  };
  std::vector<Tally> seen(actors.size() + 1);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const std::uint8_t owner = canvas.owner[At(x, y)];
      if (owner == 0) continue;
      Tally& tally = seen[owner];
      ++tally.pixels;
      tally.bounds.Include({x, y, x + 1, y + 1});
    }
  }
  Image image;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (!Traffic::InZone(actors[i])) continue;
    const Tally& tally = seen[i + 1];
    const Area& box = tally.bounds;
    const bool known = tally.pixels >= kFewestPixels &&
                       static_cast<float>(tally.pixels) >=
                           kSmallestShare * static_cast<float>(covered[i]) &&
                       box.width() >= kNarrowestBox &&
                       box.bottom - box.top >= kLowestBox;
    Thing& thing = image.things.emplace_back(Thing{actors[i].kind, {}});
    if (!known) continue;
    thing.box = {static_cast<double>(box.left), static_cast<double>(box.top),
                 static_cast<double>(box.right),
                 static_cast<double>(box.bottom)};
  }
  Develop(tick, &canvas);
  image.frame = {kWidth, kHeight, std::move(canvas.bgr)};
  return image;
}

}  // namespace ddnn
