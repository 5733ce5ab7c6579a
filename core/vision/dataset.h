#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/view.h"
#include "core/vision/crop.h"

namespace ddnn {

/// One annotated thing at one instant, seen by some of the cameras.
struct DataSample {
  int id = 0;          ///< `sample_id`
  int frame = 0;       ///< number of the frame, the same instant on all cameras
  int label = 0;       ///< index into DataSet::classes
  std::string source;  ///< kind of thing, e.g. "parked_blue"; may be empty
  std::vector<std::optional<Box>> boxes;  ///< [cameras]; nothing = not seen
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
/// Columns and classes.txt decide the number of cameras and classes. Frames of
/// the K-th camera column lie in the folder c<K>.
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
/// \return also kNotFound if there is no such column or no such row; the
///     message lists the columns and values that exist.
Result<DataSet> ReadDataSet(const std::filesystem::path& root,
                            const Split& split);

/// File of a frame: .png if that exists, else .jpg.
std::filesystem::path FramePath(const DataSet& data, int camera, int frame);

/// Cuts one camera's view of a sample (people widened by 3 px).
/// Precondition: sample.boxes[camera] holds a box.
Result<View> CropSample(const DataSet& data, const DataSample& sample,
                        int camera, const Frame& frame);

/// All views of a data set, [samples][cameras]; nothing = not seen. Each frame
/// is decoded once.
/// \return the first image's failure, if any.
using SampleViews = std::vector<std::vector<std::optional<View>>>;
Result<SampleViews> ReadAllViews(const DataSet& data);

/// A replay's ticks: samples grouped by frame, in order of frame; within a
/// tick in file order, which is their object number. Every device of a group
/// computes the same from the same data.
struct ReplayTick {
  int frame = 0;
  std::vector<int>
      samples;  ///< indices into DataSet::samples; object = position
};
std::vector<ReplayTick> GroupByFrame(const DataSet& data);

}  // namespace ddnn
