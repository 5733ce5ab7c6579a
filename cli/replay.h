#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/nn/bundle.h"
#include "core/nn/sample.h"
#include "core/vision/dataset.h"

namespace ddnn {

/// What is shown, tick by tick.
struct ReplayRows {
  DataSet data;
  std::vector<ReplayTick> ticks;  ///< in order; some may have no sample
  std::string name;               ///< for people: a folder, or "street 2"
};
/// \param split  "COLUMN:VALUE", or nothing for every row.
/// \throws CommandError  kExitUsage: the split's form; kExitData: the data set
///     cannot be read.
ReplayRows ReadReplayRows(const std::filesystem::path& dataset,
                          std::string_view split);

/// One sample that a replay must answer.
struct ExpectedSample {
  Tick offset = 0;  ///< its tick, counted from the replay's first
  ObjectNumber object = 0;
  int row = 0;           ///< index into DataSet::samples
  int blind_before = 0;  ///< rows before it, in replay order, that are blind
};

/// What a replay of rows through a bundle must answer, in replay order.
///
/// Devices name ticks and objects only; this knows which row of the data set
/// each of them is. Rows that no camera of the bundle sees are `blind`: nobody
/// can answer them, so they are not expected.
/// Thread-safety: immutable after construction.
class Replay {
 public:
  /// \param bundle   its cameras and classes must be the rows'.
  /// \param samples  the first so many rows in replay order, from the start
  ///     again when there are fewer; 0 = every row once.
  /// \throws CommandError  kExitData: the rows do not fit the bundle, or
  ///     nothing is visible.
  Replay(const Bundle& bundle, ReplayRows rows, int samples);

  const DataSet& data() const { return rows_.data; }
  /// For people: a folder, or "street 2".
  const std::string& name() const { return rows_.name; }
  const std::vector<ExpectedSample>& expected() const { return expected_; }
  /// Ticks in all, those without a visible sample too. At least 1.
  Tick tick_count() const { return tick_count_; }
  /// Ticks after which the rows begin again.
  int ticks_of_rows() const { return static_cast<int>(rows_.ticks.size()); }
  int blind() const { return blind_; }
  int device_count() const { return static_cast<int>(cameras_.size()); }

  /// Index into expected(); nothing if this replay has no such sample.
  std::optional<std::size_t> Find(Tick offset, ObjectNumber object) const;
  /// The row of an expected sample.
  const DataSample& RowOf(std::size_t index) const;
  /// Whether a device's camera sees an expected sample.
  bool Sees(int device, std::size_t index) const;
  /// A device's column in DataSample::boxes and in SampleViews.
  int CameraOf(int device) const {
    return cameras_[static_cast<std::size_t>(device)];
  }

 private:
  void MapCameras(const Bundle& bundle);
  void Expect(int samples);

  ReplayRows rows_;
  std::vector<int> cameras_;  // [devices]
  std::vector<ExpectedSample> expected_;
  std::unordered_map<std::uint64_t, std::size_t> index_;
  Tick tick_count_ = 0;
  int blind_ = 0;
};

/// Mean size of the views as JPEG files of quality 90, per device-sample: a
/// device that does not see a sample would send nothing.
double JpegBytesPerDeviceSample(const Replay& replay, const SampleViews& views);

}  // namespace ddnn
