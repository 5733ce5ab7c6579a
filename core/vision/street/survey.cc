#include "core/vision/street/survey.h"

#include <spdlog/fmt/fmt.h>

#include <string>
#include <utility>

namespace ddnn {

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
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    cameras.emplace_back(seed, camera);
  }
  const Traffic traffic(seed);
  auto& samples = survey.data.samples;
  for (std::size_t tick = 0; tick < ticks; ++tick) {
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
      const StreetRenderer::Image image = cameras[camera].Render(tick);
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
