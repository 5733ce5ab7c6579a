#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/view.h"
#include "core/vision/crop.h"
#include "core/vision/view_source.h"

namespace ddnn {

/// Samples at one frame at most: one score message must be able to hold a
/// view of each.
inline constexpr int kMaxSamplesPerFrame = 256;

/// One annotated thing at one instant, seen by some of the cameras.
struct DataSample {
  int id = 0;          ///< `sample_id`
  int frame = 0;       ///< number of the frame, the same instant on all cameras
  int label = 0;       ///< index into DataSet::classes
  std::string source;  ///< kind of thing, e.g. "parked_blue"; may be empty
  std::vector<std::optional<Box>> boxes;  ///< [cameras]; nothing = not seen.
                                          ///< No box at all: a blind sample
};

/// Which rows of a data set: those with `value` in `column` of splits.csv.
struct Split {
  std::string column;
  std::string value;
};
/// Parses "time:test". \return kMalformed with the expected form.
Result<Split> ParseSplit(std::string_view text);

/// A folder of annotated multi-camera frames:
///
///     classes.txt    a class a line, in label order
///     samples.csv    sample_id,frame,class,<camera>_x1,_y1,_x2,_y2,...,source
///     splits.csv     sample_id,<column>,...: each "train", "test" or empty
///     frames/c<K>/<8-digit frame>.jpg (or .png)
///
/// Columns and classes.txt decide the number of cameras (at most kMaxDevices)
/// and classes (2 to kMaxClasses). Frames of the K-th camera column lie in the
/// folder c<K>. The column `source` and, without a split, splits.csv may be
/// missing; an unknown column may not be there, since it would be a misspelt
/// camera.
struct DataSet {
  std::filesystem::path root;
  std::vector<std::string> classes;
  std::vector<std::string> cameras;  ///< column prefixes, e.g. "cam0"
  std::vector<DataSample> samples;   ///< in file order

  /// Index of a camera by name, or -1.
  int CameraIndex(std::string_view name) const;
};

/// Reads a data set's tables; no image is opened.
/// \return kNotFound, kUnreadable, kMalformed or kOutOfRange with a message
///     naming file, row and column.
Result<DataSet> ReadDataSet(const std::filesystem::path& root);

/// As ReadDataSet, but only the rows of one split.
/// \return also kNotFound if there is no such column or no such row (the
///     message lists the columns and values that exist), or if a row names a
///     sample that samples.csv does not have.
Result<DataSet> ReadDataSet(const std::filesystem::path& root,
                            const Split& split);

/// As an operator names rows: "time:test", or nothing for every row.
/// \return also the failure of ParseSplit.
Result<DataSet> ReadRows(const std::filesystem::path& root,
                         std::string_view split);

/// File of a frame: .png if that exists, else .jpg.
std::filesystem::path FramePath(const DataSet& data, int camera, int frame);

/// Cuts one camera's view of a sample (class "person" widened by 3 px).
/// Precondition: sample.boxes[camera] holds a box.
/// \return kOutOfRange, with a message naming the sample, if nothing of the
///     box lies inside the frame.
Result<View> CropSample(const DataSet& data, const DataSample& sample,
                        int camera, const Frame& frame);

/// A replay's ticks: samples grouped by frame, in order of frame; within a
/// tick in file order, which is their object number. Every device of a group
/// computes the same from the same data.
struct ReplayTick {
  int frame = 0;
  std::vector<int>
      samples;  ///< indices into DataSet::samples; object = position
};
std::vector<ReplayTick> GroupByFrame(const DataSet& data);

/// What one camera sees of a tick; objects are positions in `tick.samples`. The
/// frame is read only if it shows any of them.
/// \return also the failures of ReadFrame and CropSample.
Result<std::vector<TickViews::ObjectView>> ReadTickViews(const DataSet& data,
                                                         const ReplayTick& tick,
                                                         int camera);

/// All views of a data set, [samples][cameras]; nothing = not seen.
using SampleViews = std::vector<std::vector<std::optional<View>>>;
/// Cuts all views; each frame is decoded once.
/// \return the first image's failure, if any.
Result<SampleViews> ReadAllViews(const DataSet& data);

}  // namespace ddnn
