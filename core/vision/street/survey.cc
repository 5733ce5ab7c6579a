#include "core/vision/street/survey.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <future>
#include <string>
#include <utility>

namespace ddnn {
namespace {

/// Ticks that are rendered ahead of the sink: six images of 0.3 MiB each.
constexpr std::size_t kTicksAhead = 8;

/// [cameras][ticks] images, each camera's on a thread of its own.
std::vector<std::vector<StreetRenderer::Image>> RenderTicks(
    const std::vector<StreetRenderer>& cameras, std::size_t first,
    std::size_t end) {
  std::vector<std::future<std::vector<StreetRenderer::Image>>> work;
  work.reserve(cameras.size());
  for (const StreetRenderer& camera : cameras) {
    work.push_back(std::async(std::launch::async, [&camera, first, end] {
      std::vector<StreetRenderer::Image> images;
      images.reserve(end - first);
      for (std::size_t tick = first; tick < end; ++tick) {
        images.push_back(camera.Render(tick));
      }
      return images;
    }));
  }
  std::vector<std::vector<StreetRenderer::Image>> images;
  images.reserve(work.size());
  for (auto& one : work) images.push_back(one.get());
  return images;
}

}  // namespace

DataSet EmptyStreet() {
  DataSet data;
  data.classes.assign(std::begin(kStreetClasses), std::end(kStreetClasses));
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    data.cameras.push_back(fmt::format("cam{}", camera));
  }
  return data;
}

Result<StreetSurvey> SurveyStreet(std::uint64_t seed, std::size_t ticks,
                                  const StreetImageSink& sink) {
  StreetSurvey survey{.data = EmptyStreet(), .ticks = {}};
  std::vector<StreetRenderer> cameras;
  cameras.reserve(kStreetCameras);
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    cameras.emplace_back(seed, camera);
  }
  const Traffic traffic(seed);
  auto& samples = survey.data.samples;
  std::vector<std::vector<StreetRenderer::Image>> images;
  for (std::size_t tick = 0; tick < ticks; ++tick) {
    if (tick % kTicksAhead == 0) {
      images = RenderTicks(cameras, tick, std::min(tick + kTicksAhead, ticks));
    }
    const std::size_t first = samples.size();
    ReplayTick replay{.frame = static_cast<int>(tick), .samples = {}};
    for (const Actor& actor : traffic.SampledAt(tick)) {
      replay.samples.push_back(static_cast<int>(samples.size()));
      const auto label = static_cast<int>(actor.kind);
      samples.push_back(
          {.id = static_cast<int>(samples.size()) + 1,
           .frame = replay.frame,
           .label = label,
           .source = survey.data.classes[static_cast<std::size_t>(label)],
           .boxes = {}});
    }
    for (std::size_t camera = 0; camera < cameras.size(); ++camera) {
      const StreetRenderer::Image& image = images[camera][tick % kTicksAhead];
      for (std::size_t object = 0; object < image.things.size(); ++object) {
        samples[first + object].boxes.push_back(image.things[object].box);
      }
      const auto taken = sink(static_cast<int>(camera), tick, image);
      if (!taken) return taken.failure();
    }
    survey.ticks.push_back(std::move(replay));
  }
  return survey;
}

std::size_t StreetTicksFor(std::uint64_t seed, std::size_t samples) {
  const Traffic traffic(seed);
  std::size_t tick = 0;
  for (std::size_t taken = 0; taken < samples; ++tick) {
    taken += traffic.SampledAt(tick).size();
  }
  return tick;
}

std::vector<TickViews::ObjectView> StreetViews(
    const StreetRenderer::Image& image) {
  std::vector<TickViews::ObjectView> views;
  for (std::size_t object = 0; object < image.things.size(); ++object) {
    const auto& [kind, box] = image.things[object];
    if (!box) continue;
    const auto view =
        CropView(image.frame, *box,
                 WidenPxOf(kStreetClasses[static_cast<std::size_t>(kind)]));
    // A box bounds pixels of this image, so that there is always a view.
    views.push_back({static_cast<ObjectNumber>(object), view.value()});
  }
  return views;
}

}  // namespace ddnn
