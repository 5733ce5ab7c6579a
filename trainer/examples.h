#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/vision/dataset.h"

namespace ddnn {

/// Rows of a data set with all their views: what training and tests read.
///
/// Every row has at least one view. views[i][d] belongs to data.samples[i].
struct Examples {
  DataSet data;
  SampleViews views;
  int blind = 0;  ///< rows of the split that no camera sees; left out

  int size() const { return static_cast<int>(views.size()); }
  int devices() const { return static_cast<int>(data.cameras.size()); }
  int classes() const { return static_cast<int>(data.classes.size()); }
  int label(int row) const {
    return data.samples[static_cast<std::size_t>(row)].label;
  }
};

/// Reads rows of a data set and cuts every view.
/// \param split  "time:train", or nothing for every row.
/// \return the reader's failure, naming file, row and column; kNotFound if no
///     row has a view.
Result<Examples> LoadExamples(const std::filesystem::path& root,
                              const std::string& split);

/// Drops the rows without any view and counts them.
Examples KeepSeen(DataSet data, SampleViews views);

/// Leaves only some cameras; rows that none of them sees are dropped and
/// counted as blind.
/// \param names  "all", or cameras with commas between: in the data's order.
/// \return kNotFound listing the cameras that exist; kOutOfRange for a name
///     twice.
Result<Examples> KeepCameras(Examples examples, const std::string& names);

/// Identity of views and labels, 16 hexadecimal digits.
std::string DigestOf(const Examples& examples);

/// Checks that a network can be trained on these rows: two cameras or more (or
/// `least_cameras`), two classes or more, each camera and each class with a
/// sample.
/// \return kOutOfRange with what is missing and the remedy.
Status CheckTrainable(const Examples& examples, int least_cameras = 2);

/// The training rows, once more divided: what is learnt from, and what
/// chooses the number of epochs and T.
struct InnerSplit {
  std::vector<int> fit;
  std::vector<int> held_out;
};

/// Holds out the rows of one `source` and those of the last frames.
///
/// \param source       "none", or a value of the data set's `source` column.
/// \param last_frames  share of the distinct frames, in [0, 1); the frames are
///     taken from the end, so that no neighbour in time is learnt from.
InnerSplit SplitInner(const Examples& examples, const std::string& source,
                      double last_frames);

/// Share of `test` rows answered rightly by a look-up of which cameras see the
/// sample: the most frequent class of that pattern in `train` (of all rows, if
/// the pattern is new). What a network must beat to have looked at pixels.
double PresenceLookupAccuracy(const Examples& train, const Examples& test);

}  // namespace ddnn
