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

std::optional<DemoInput> LookAtStreet(
    int seed, int samples, const std::function<bool()>& stop,
    const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto street_seed = static_cast<std::uint64_t>(seed);
  const std::size_t ticks =
      StreetTicksFor(street_seed, static_cast<std::size_t>(samples));
  SampleViews views;
  std::size_t first = 0;  // row of the tick's first sample
  const auto keep_views = [&](int camera, std::size_t tick,
                              const StreetRenderer::Image& image) -> Status {
    if (stop()) return Error::kRefused;
    if (camera == 0) {
      if (progress) progress(tick, ticks);
      first = views.size();
      views.resize(first + image.things.size(),
                   std::vector<std::optional<View>>(kStreetCameras));
    }
    for (const auto& [object, view] : StreetViews(image)) {
      views[first + object][static_cast<std::size_t>(camera)] = view;
    }
    return Done{};
  };
  auto survey = SurveyStreet(street_seed, ticks, keep_views);
  if (!survey) return std::nullopt;
  return DemoInput{{std::move(survey->data), std::move(survey->ticks),
                    fmt::format("street {}", seed)},
                   std::move(views)};
}

}  // namespace ddnn
