#include "cli/street_command.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "core/base/file.h"
#include "core/vision/montage.h"
#include "core/vision/street/recording.h"
#include "core/vision/street/survey.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

/// The last fifth of the ticks are for tests, after a gap that is in neither
/// split, so that hardly anything is in both.
constexpr double kTestShare = 0.2;
constexpr int kGapTicks = 30;

void MakeFolder(const fs::path& folder) {
  if (folder.empty()) {
    throw CommandError(kExitUsage, "--out: must name a folder");
  }
  std::error_code error;
  const bool is_free =
      !fs::exists(folder, error) ||
      (fs::is_directory(folder, error) && fs::is_empty(folder, error));
  if (error) {
    throw CommandError(
        kExitUnavailable,
        fmt::format("--out {}: {}", folder.string(), error.message()));
  }
  if (!is_free) {
    throw CommandError(
        kExitUsage,
        fmt::format("--out {}: must be absent or an empty folder; choose "
                    "another, or remove what is there (an export that was "
                    "broken off?)",
                    folder.string()));
  }
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    fs::create_directories(folder / "frames" / fmt::format("c{}", camera),
                           error);
    if (error) {
      throw CommandError(kExitUnavailable,
                         fmt::format("--out {}: cannot be made: {}",
                                     folder.string(), error.message()));
    }
  }
}

std::string BoxText(const Box& box) {
  return fmt::format("{},{},{},{}", box.x1, box.y1, box.x2, box.y2);
}

const std::string& ClassOf(const DataSet& data, const DataSample& sample) {
  return data.classes[static_cast<std::size_t>(sample.label)];
}

std::string SamplesCsv(const DataSet& data) {
  std::string text = "sample_id,frame,class";
  for (const std::string& camera : data.cameras) {
    text += fmt::format(",{0}_x1,{0}_y1,{0}_x2,{0}_y2", camera);
  }
  text += ",source\n";
  for (const DataSample& sample : data.samples) {
    text +=
        fmt::format("{},{},{}", sample.id, sample.frame, ClassOf(data, sample));
    for (const auto& box : sample.boxes) {
      text += box ? "," + BoxText(*box) : ",,,,";
    }
    text += "," + sample.source + "\n";
  }
  return text;
}

std::string BoxesCsv(const DataSet& data) {
  std::string text = "frame,camera,class,x1,y1,x2,y2\n";
  for (const DataSample& sample : data.samples) {
    for (std::size_t camera = 0; camera < sample.boxes.size(); ++camera) {
      if (!sample.boxes[camera]) continue;
      text +=
          fmt::format("{},{},{},{}\n", sample.frame, camera,
                      ClassOf(data, sample), BoxText(*sample.boxes[camera]));
    }
  }
  return text;
}

std::string SplitsCsv(const DataSet& data, int ticks) {
  const int test_start = ticks - static_cast<int>(ticks * kTestShare);
  std::string text = "sample_id,time\n";
  for (const DataSample& sample : data.samples) {
    const char* split = sample.frame >= test_start              ? "test"
                        : sample.frame < test_start - kGapTicks ? "train"
                                                                : "";
    text += fmt::format("{},{}\n", sample.id, split);
  }
  return text;
}

/// One frame of each camera, at one tick.
Frame CamerasSheet(std::uint64_t seed, std::size_t tick) {
  std::vector<Frame> frames;
  frames.reserve(kStreetCameras);
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    frames.push_back(StreetRenderer(seed, camera).Render(tick).frame);
  }
  return Montage(frames, 3, 4);
}

/// Some samples, two side by side, each as all cameras see it.
Frame ViewsSheet(std::uint64_t seed, const DataSet& data) {
  constexpr std::size_t kShown = 16;
  std::vector<StreetRecording> cameras;
  cameras.reserve(kStreetCameras);
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    cameras.emplace_back(seed, camera);
  }
  std::vector<Frame> tiles;
  for (std::size_t i = 0; i < kShown; ++i) {
    const std::size_t row = i * data.samples.size() / kShown;
    const auto tick = static_cast<std::size_t>(data.samples[row].frame);
    std::size_t object = 0;
    while (object < row &&
           data.samples[row - object - 1].frame == data.samples[row].frame) {
      ++object;
    }
    for (const StreetRecording& camera : cameras) {
      tiles.emplace_back();
      const auto views = camera.ReadViews(tick);
      for (const auto& view : *views) {
        if (view.object == object) tiles.back() = EnlargeView(view.view, 2);
      }
    }
  }
  return Montage(tiles, 2 * kStreetCameras, 4);
}

/// Calls a survey and writes each frame.
StreetSurvey WriteFrames(const StreetOptions& options, std::uint64_t seed) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto write = [&](int camera, std::size_t tick,
                         const StreetRenderer::Image& image) {
    if (terminal && camera == 0) {
      std::cerr << fmt::format("\r{}/{} ticks", tick, options.ticks);
    }
    return WriteFrame(image.frame, options.out / "frames" /
                                       fmt::format("c{}", camera) /
                                       fmt::format("{:08d}.png", tick));
  };
  auto survey =
      SurveyStreet(seed, static_cast<std::size_t>(options.ticks), write);
  if (terminal) std::cerr << "\r\x1b[K";
  std::error_code ignored;  // the survey's failure says more
  if (!survey) fs::remove_all(options.out / "frames", ignored);
  return ValueOrThrow(std::move(survey), kExitUnavailable);
}

}  // namespace

int RunStreet(const StreetOptions& options) {
  MakeFolder(options.out);
  const auto seed = static_cast<std::uint64_t>(options.seed);
  const StreetSurvey survey = WriteFrames(options, seed);
  const DataSet& data = survey.data;
  if (data.samples.empty()) {
    throw CommandError(
        kExitUsage,
        fmt::format("--ticks {}: nothing passes in them; ask for more",
                    options.ticks));
  }
  const auto write = [&](const char* name, const std::string& text) {
    (void)ValueOrThrow(WriteFileAtomically(options.out / name, text),
                       kExitUnavailable);
  };
  const auto draw = [&](const char* name, const Frame& frame) {
    (void)ValueOrThrow(WriteFrame(frame, options.out / name), kExitUnavailable);
  };
  draw("cameras.jpg",
       CamerasSheet(seed, static_cast<std::size_t>(options.ticks) / 2));
  draw("views.jpg", ViewsSheet(seed, data));
  write("classes.txt", fmt::format("{}\n", fmt::join(data.classes, "\n")));
  write("boxes.csv", BoxesCsv(data));
  write("splits.csv", SplitsCsv(data, options.ticks));
  write(kStreetMark, fmt::format("{{\"seed\": {}, \"ticks\": {}}}\n",
                                 options.seed, options.ticks));
  write("samples.csv", SamplesCsv(data));
  std::cout << fmt::format("{}: {} samples in {} ticks of street {}\n",
                           options.out.string(), data.samples.size(),
                           options.ticks, options.seed)
            << fmt::format(
                   "see how a network does on it: ddnn evaluate "
                   "--dataset {} --bundle models/street-e.ddnn\n",
                   options.out.string());
  return kExitOk;
}

}  // namespace ddnn
