#include "core/vision/dataset.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "core/base/file.h"
#include "core/nn/bundle.h"
#include "core/vision/csv.h"
#include "core/vision/frame.h"

namespace ddnn {
namespace {

constexpr int kMaxSampleId = 999'999'999;
constexpr int kMaxFrameNumber = 99'999'999;  // eight digits in the file's name
constexpr std::array<std::string_view, 4> kCorners{"_x1", "_y1", "_x2", "_y2"};

/// Where samples.csv keeps what.
struct SampleColumns {
  int id = -1;
  int frame = -1;
  int label = -1;
  int source = -1;
  std::vector<std::string> cameras;
  std::vector<std::array<int, 4>> boxes;  ///< [cameras]: kCorners
};

template <typename T>
std::optional<T> ParseNumber(std::string_view text, T min, T max) {
  T value{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // Negated: NaN fails too.
  if (!whole || !(value >= min && value <= max)) return std::nullopt;
  return value;
}

Result<int> IntegerField(const CsvReader& csv, int column, int max) {
  const auto value = ParseNumber(csv.Field(column), 0, max);
  if (value) return *value;
  return csv.Fault(Error::kOutOfRange, column,
                   fmt::format("must be a whole number from 0 to {}", max));
}

std::string Join(const auto& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

Result<std::vector<std::string>> ReadClasses(
    const std::filesystem::path& file) {
  const auto text = ReadFile(file, std::size_t{1} << 20);
  if (!text) return text.failure();
  std::vector<std::string> classes;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || std::count(classes.begin(), classes.end(), line) > 0) {
      return Failure{Error::kMalformed,
                     fmt::format("{}:{}: '{}': a class's name must not be "
                                 "empty or given twice",
                                 file.string(), classes.size() + 1, line)};
    }
    classes.push_back(line);
  }
  if (classes.size() < 2 || classes.size() > kMaxClasses) {
    return Failure{Error::kOutOfRange,
                   fmt::format("{}: {} classes; expected 2 to {}, one a line",
                               file.string(), classes.size(), kMaxClasses)};
  }
  return classes;
}

/// Adds the camera whose first column is `column`.
Status AddCamera(const CsvReader& csv, int column, SampleColumns* out) {
  std::string_view camera = csv.columns()[static_cast<std::size_t>(column)];
  camera.remove_suffix(kCorners[0].size());
  std::array<int, 4> box{};
  for (std::size_t i = 0; i < kCorners.size(); ++i) {
    const std::string name = fmt::format("{}{}", camera, kCorners[i]);
    box[i] = csv.Find(name);
    if (box[i] < 0) {
      return csv.Fault(Error::kMalformed, "no column '" + name + "'");
    }
  }
  out->cameras.emplace_back(camera);
  out->boxes.push_back(box);
  return Done{};
}

Result<SampleColumns> FindColumns(const CsvReader& csv) {
  SampleColumns found;
  found.source = csv.Find("source");
  for (const auto& [name, index] :
       {std::pair{"sample_id", &found.id}, std::pair{"frame", &found.frame},
        std::pair{"class", &found.label}}) {
    *index = csv.Find(name);
    if (*index < 0) {
      return csv.Fault(Error::kMalformed, fmt::format("no column '{}'", name));
    }
  }
  const int count = static_cast<int>(csv.columns().size());
  for (int i = 0; i < count; ++i) {
    if (csv.columns()[static_cast<std::size_t>(i)].ends_with(kCorners[0])) {
      if (auto added = AddCamera(csv, i, &found); !added)
        return added.failure();
    }
  }
  if (found.cameras.empty() || found.cameras.size() > kMaxDevices) {
    return csv.Fault(Error::kOutOfRange,
                     fmt::format("{} cameras; expected 1 to {}, with columns "
                                 "such as cam0_x1,cam0_y1,cam0_x2,cam0_y2",
                                 found.cameras.size(), kMaxDevices));
  }
  const std::size_t known =
      3 + (found.source >= 0 ? 1U : 0U) + 4 * found.cameras.size();
  if (csv.columns().size() != known) {
    return csv.Fault(Error::kMalformed,
                     "unknown columns; expected sample_id, frame, class, four "
                     "corners of each camera, source; there are " +
                         Join(csv.columns()));
  }
  return found;
}

/// \return nothing if all four fields are empty.
Result<std::optional<Box>> ReadBox(const CsvReader& csv,
                                   const std::array<int, 4>& columns) {
  std::array<double, 4> corners{};
  std::size_t empty = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (csv.Field(columns[i]).empty()) {
      ++empty;
      continue;
    }
    const auto value = ParseNumber<double>(csv.Field(columns[i]),
                                           -kMaxFrameSide, kMaxFrameSide);
    if (!value) {
      return csv.Fault(Error::kOutOfRange, columns[i],
                       fmt::format("must be a number of pixels from {} to {}",
                                   -kMaxFrameSide, kMaxFrameSide));
    }
    corners[i] = *value;
  }
  if (empty == columns.size()) return std::optional<Box>();
  if (empty > 0) {
    return csv.Fault(Error::kMalformed, columns[0],
                     "a box needs all four corners, or none");
  }
  const Box box{corners[0], corners[1], corners[2], corners[3]};
  if (box.x2 <= box.x1 || box.y2 <= box.y1) {
    return csv.Fault(
        Error::kOutOfRange, columns[2],
        fmt::format("the box ({}, {}) to ({}, {}) is empty or inverted", box.x1,
                    box.y1, box.x2, box.y2));
  }
  return std::optional<Box>(box);
}

Result<DataSample> ReadSample(const CsvReader& csv,
                              const SampleColumns& columns,
                              const std::vector<std::string>& classes) {
  DataSample sample;
  const auto id = IntegerField(csv, columns.id, kMaxSampleId);
  if (!id) return id.failure();
  sample.id = *id;
  const auto frame = IntegerField(csv, columns.frame, kMaxFrameNumber);
  if (!frame) return frame.failure();
  sample.frame = *frame;

  const auto label =
      std::find(classes.begin(), classes.end(), csv.Field(columns.label));
  if (label == classes.end()) {
    return csv.Fault(Error::kOutOfRange, columns.label,
                     "unknown class; classes.txt has " + Join(classes));
  }
  sample.label = static_cast<int>(label - classes.begin());
  if (columns.source >= 0) sample.source = csv.Field(columns.source);

  for (const auto& box_columns : columns.boxes) {
    const auto box = ReadBox(csv, box_columns);
    if (!box) return box.failure();
    sample.boxes.push_back(*box);
  }
  return sample;
}

/// Reads samples.csv into a data set that has its classes.
Status ReadSamples(const std::filesystem::path& file, DataSet* data) {
  auto csv = CsvReader::Open(file);
  if (!csv) return csv.failure();
  const auto columns = FindColumns(*csv);
  if (!columns) return columns.failure();
  data->cameras = columns->cameras;

  std::set<int> ids;
  std::map<int, int> samples_at;  // by frame
  while (true) {
    const auto more = csv->Next();
    if (!more) return more.failure();
    if (!*more) break;
    auto sample = ReadSample(*csv, *columns, data->classes);
    if (!sample) return sample.failure();
    if (!ids.insert(sample->id).second) {
      return csv->Fault(Error::kMalformed, columns->id, "given twice");
    }
    if (++samples_at[sample->frame] > kMaxSamplesPerFrame) {
      return csv->Fault(
          Error::kOversized, columns->frame,
          fmt::format("more than {} samples", kMaxSamplesPerFrame));
    }
    data->samples.push_back(std::move(*sample));
  }
  if (data->samples.empty()) {
    return Failure{Error::kMalformed, file.string() + ": no samples"};
  }
  return Done{};
}

/// Reads one column of splits.csv: the ids of its rows that hold the value.
Result<std::set<int>> ReadSplitIds(const std::filesystem::path& file,
                                   const Split& split,
                                   const std::set<int>& known) {
  auto csv = CsvReader::Open(file);
  if (!csv) return csv.failure();
  const int id_column = csv->Find("sample_id");
  if (id_column < 0) {
    return csv->Fault(Error::kMalformed, "no column 'sample_id'");
  }
  const int column = csv->Find(split.column);
  if (column < 0 || column == id_column) {
    std::vector<std::string> columns = csv->columns();
    columns.erase(columns.begin() + id_column);
    return csv->Fault(Error::kNotFound,
                      fmt::format("no split '{}'; there are {}", split.column,
                                  Join(columns)));
  }

  std::set<int> seen;
  std::set<int> chosen;
  std::set<std::string> values;
  while (true) {
    const auto more = csv->Next();
    if (!more) return more.failure();
    if (!*more) break;
    const auto id = IntegerField(*csv, id_column, kMaxSampleId);
    if (!id) return id.failure();
    if (!seen.insert(*id).second) {
      return csv->Fault(Error::kMalformed, id_column, "given twice");
    }
    if (!known.contains(*id)) {
      return csv->Fault(Error::kNotFound, id_column,
                        "no such sample in samples.csv");
    }
    if (csv->Field(column) == split.value) chosen.insert(*id);
    if (!csv->Field(column).empty()) values.emplace(csv->Field(column));
  }
  if (chosen.empty()) {
    return Failure{
        Error::kNotFound,
        fmt::format("{}: no row has '{}' in column '{}'; there are {}",
                    file.string(), split.value, split.column, Join(values))};
  }
  return chosen;
}

}  // namespace

Result<Split> ParseSplit(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 ||
      colon + 1 == text.size() ||
      text.find(':', colon + 1) != std::string_view::npos) {
    return Failure{
        Error::kMalformed,
        fmt::format("split '{}': expected COLUMN:VALUE, e.g. time:test", text)};
  }
  return Split{std::string(text.substr(0, colon)),
               std::string(text.substr(colon + 1))};
}

int DataSet::CameraIndex(std::string_view name) const {
  const auto found = std::find(cameras.begin(), cameras.end(), name);
  return found == cameras.end() ? -1
                                : static_cast<int>(found - cameras.begin());
}

Result<DataSet> ReadDataSet(const std::filesystem::path& root) {
  DataSet data;
  data.root = root;
  auto classes = ReadClasses(root / "classes.txt");
  if (!classes) return classes.failure();
  data.classes = std::move(*classes);
  const auto read = ReadSamples(root / "samples.csv", &data);
  if (!read) return read.failure();
  return data;
}

Result<DataSet> ReadDataSet(const std::filesystem::path& root,
                            const Split& split) {
  auto data = ReadDataSet(root);
  if (!data) return data;
  std::set<int> known;
  for (const DataSample& sample : data->samples) known.insert(sample.id);
  const auto chosen = ReadSplitIds(root / "splits.csv", split, known);
  if (!chosen) return chosen.failure();
  std::erase_if(data->samples, [&](const DataSample& sample) {
    return !chosen->contains(sample.id);
  });
  return data;
}

Result<DataSet> ReadRows(const std::filesystem::path& root,
                         std::string_view split) {
  if (split.empty()) return ReadDataSet(root);
  const auto parsed = ParseSplit(split);
  if (!parsed) return parsed.failure();
  return ReadDataSet(root, *parsed);
}

std::filesystem::path FramePath(const DataSet& data, int camera, int frame) {
  const auto stem = data.root / "frames" / fmt::format("c{}", camera) /
                    fmt::format("{:08d}", frame);
  std::filesystem::path png = stem;
  png += ".png";
  std::error_code ignored;
  if (std::filesystem::exists(png, ignored)) return png;
  std::filesystem::path jpg = stem;
  jpg += ".jpg";
  return jpg;
}

Result<View> CropSample(const DataSet& data, const DataSample& sample,
                        int camera, const Frame& frame) {
  auto view =
      CropView(frame, *sample.boxes[static_cast<std::size_t>(camera)],
               WidenPxOf(data.classes[static_cast<std::size_t>(sample.label)]));
  if (view) return view;
  return Failure{
      view.error(),
      fmt::format("{}: the box of sample {} lies outside the {}x{} frame",
                  FramePath(data, camera, sample.frame).string(), sample.id,
                  frame.width, frame.height)};
}

std::vector<ReplayTick> GroupByFrame(const DataSet& data) {
  std::map<int, std::vector<int>> by_frame;
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    by_frame[data.samples[i].frame].push_back(static_cast<int>(i));
  }
  std::vector<ReplayTick> ticks;
  ticks.reserve(by_frame.size());
  for (auto& [frame, samples] : by_frame) {
    ticks.push_back({frame, std::move(samples)});
  }
  return ticks;
}

Result<std::vector<TickViews::ObjectView>> ReadTickViews(const DataSet& data,
                                                         const ReplayTick& tick,
                                                         int camera) {
  std::vector<TickViews::ObjectView> views;
  Frame frame;
  for (std::size_t object = 0; object < tick.samples.size(); ++object) {
    const auto& sample =
        data.samples[static_cast<std::size_t>(tick.samples[object])];
    if (!sample.boxes[static_cast<std::size_t>(camera)]) continue;
    if (frame.bgr.empty()) {
      auto read = ReadFrame(FramePath(data, camera, tick.frame));
      if (!read) return read.failure();
      frame = std::move(*read);
    }
    const auto view = CropSample(data, sample, camera, frame);
    if (!view) return view.failure();
    views.push_back({static_cast<ObjectNumber>(object), *view});
  }
  return views;
}

Result<SampleViews> ReadAllViews(const DataSet& data) {
  const std::size_t cameras = data.cameras.size();
  SampleViews views(data.samples.size(),
                    std::vector<std::optional<View>>(cameras));
  for (const ReplayTick& tick : GroupByFrame(data)) {
    for (std::size_t camera = 0; camera < cameras; ++camera) {
      const auto seen = ReadTickViews(data, tick, static_cast<int>(camera));
      if (!seen) return seen.failure();
      for (const auto& [object, view] : *seen) {
        views[static_cast<std::size_t>(tick.samples[object])][camera] = view;
      }
    }
  }
  return views;
}

}  // namespace ddnn
