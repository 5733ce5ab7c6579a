#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/result.h"
#include "core/vision/dataset.h"
#include "core/vision/street/renderer.h"
#include "core/vision/street/traffic.h"

namespace ddnn {

/// The street's classes and cameras (cam0 to cam5); no row.
DataSet EmptyStreet();

/// A stretch of a street as the rows of a data set; no image is kept.
struct StreetSurvey {
  DataSet data;                   ///< DataSample::frame is the tick
  std::vector<ReplayTick> ticks;  ///< also those without a sample
};

/// Told of each image, in order of ticks and cameras, on the caller's thread.
/// \return a failure ends the survey.
using StreetImageSink = std::function<Status(
    int camera, std::size_t tick, const StreetRenderer::Image& image)>;

/// Looks at the first `ticks` ticks of a street through all its cameras.
/// Sample ids count from 1 in order of ticks and objects.
/// \return the sink's failure.
Result<StreetSurvey> SurveyStreet(std::uint64_t seed, std::size_t ticks,
                                  const StreetImageSink& sink);

/// Ticks that hold the first so many samples of a street.
std::size_t StreetTicksFor(std::uint64_t seed, std::size_t samples);

/// The views in an image, cut as those of a data set are.
std::vector<TickViews::ObjectView> StreetViews(
    const StreetRenderer::Image& image);

}  // namespace ddnn
