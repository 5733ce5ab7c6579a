#include "core/vision/dataset_recording.h"

#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <utility>

namespace ddnn {

Result<std::unique_ptr<Recording>> DataSetRecording::Open(DataSet data,
                                                          int camera) {
  std::unique_ptr<DataSetRecording> recording(
      new DataSetRecording(std::move(data), camera));
  if (const auto ready = recording->CheckFrames(); !ready) {
    return ready.failure();
  }
  return std::unique_ptr<Recording>(std::move(recording));
}

DataSetRecording::DataSetRecording(DataSet data, int camera)
    : data_(std::move(data)), camera_(camera), ticks_(GroupByFrame(data_)) {}

Status DataSetRecording::CheckFrames() const {
  const auto camera = static_cast<std::size_t>(camera_);
  for (const DataSample& sample : data_.samples) {
    if (!sample.boxes[camera]) continue;
    const auto path = FramePath(data_, camera_, sample.frame);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      return Failure{
          Error::kNotFound,
          fmt::format("{}: no such frame, but {} sees sample {} in "
                      "it (samples.csv)",
                      path.string(), data_.cameras[camera], sample.id)};
    }
  }
  return Done{};
}

}  // namespace ddnn
