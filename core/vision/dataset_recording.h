#pragma once

#include <memory>
#include <vector>

#include "core/vision/dataset.h"
#include "core/vision/recording.h"

namespace ddnn {

/// One camera of a data set: an annotated frame is a tick.
class DataSetRecording final : public Recording {
 public:
  /// \param data    the rows to show; at least one.
  /// \param camera  index into DataSet::cameras.
  /// \return kNotFound, naming the file, if a frame is missing that this camera
  ///     needs.
  static Result<std::unique_ptr<Recording>> Open(DataSet data, int camera);

  std::size_t ticks() const override { return ticks_.size(); }
  std::size_t ObjectsAt(std::size_t tick) const override {
    return ticks_[tick].samples.size();
  }
  Result<std::vector<TickViews::ObjectView>> ReadViews(
      std::size_t tick) const override {
    return ReadTickViews(data_, ticks_[tick], camera_);
  }

 private:
  DataSetRecording(DataSet data, int camera);
  Status CheckFrames() const;

  const DataSet data_;
  const int camera_;
  const std::vector<ReplayTick> ticks_;
};

}  // namespace ddnn
