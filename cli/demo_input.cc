#include "cli/demo_input.h"

#include <spdlog/fmt/fmt.h>

#include <cstdint>
#include <utility>

#include "cli/command.h"
#include "core/vision/street/survey.h"

namespace ddnn {

DemoInput ReadInput(const std::filesystem::path& dataset,
                    const std::string& split) {
  ReplayRows rows = ReadReplayRows(dataset, split);
  SampleViews views = ValueOrThrow(ReadAllViews(rows.data));
  return {std::move(rows), std::move(views)};
}

DemoInput LookAtStreet(int seed, int samples) {
  const auto street_seed = static_cast<std::uint64_t>(seed);
  const Traffic traffic(street_seed);
  SampleViews views;
  std::size_t first = 0;  // row of the tick's first sample
  const auto keep_views = [&](int camera, std::size_t tick,
                              const StreetRenderer::Image& image) {
    if (camera == 0) {
      first = views.size();
      views.resize(first + image.boxes.size(), {kStreetCameras, std::nullopt});
    }
    for (const auto& [object, view] : StreetViews(traffic, tick, image)) {
      views[first + object][static_cast<std::size_t>(camera)] = view;
    }
    return Status(Done{});
  };
  const std::size_t ticks =
      StreetTicksFor(street_seed, static_cast<std::size_t>(samples));
  StreetSurvey survey =
      ValueOrThrow(SurveyStreet(street_seed, ticks, keep_views));
  return {{std::move(survey.data), std::move(survey.ticks),
           fmt::format("street {}", seed)},
          std::move(views)};
}

}  // namespace ddnn
