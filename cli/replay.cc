#include "cli/replay.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "cli/command.h"
#include "core/offload/jpeg.h"

namespace ddnn {
namespace {

constexpr int kJpegQuality = 90;

std::uint64_t KeyOf(Tick offset, ObjectNumber object) {
  return (std::uint64_t{offset} << 16) | object;
}

}  // namespace

ReplayRows ReadReplayRows(const std::filesystem::path& dataset,
                          std::string_view split) {
  if (!split.empty()) (void)ValueOrThrow(ParseSplit(split), kExitUsage);
  DataSet data = ValueOrThrow(ReadRows(dataset, split));
  std::vector<ReplayTick> ticks = GroupByFrame(data);
  return {std::move(data), std::move(ticks), dataset.string()};
}

Replay::Replay(const Bundle& bundle, ReplayRows rows, int samples)
    : rows_(std::move(rows)) {
  if (data().classes != bundle.classes) {
    throw CommandError(
        kExitData,
        fmt::format("bundle '{}' knows the classes {}, {} has {}; use a bundle "
                    "trained on this data set",
                    bundle.name, fmt::join(bundle.classes, ", "), rows_.name,
                    fmt::join(data().classes, ", ")));
  }
  MapCameras(bundle);
  Expect(samples);
  if (expected_.empty()) {
    throw CommandError(kExitData,
                       fmt::format("no camera of bundle '{}' sees any of the "
                                   "samples of {}",
                                   bundle.name, rows_.name));
  }
}

void Replay::MapCameras(const Bundle& bundle) {
  for (const int node : bundle.NodesOf(Tier::kDevice)) {
    const auto& camera = bundle.nodes[static_cast<std::size_t>(node)].camera;
    const int column = data().CameraIndex(camera);
    if (column < 0) {
      throw CommandError(
          kExitData,
          fmt::format("bundle '{}' needs camera {}, {} has {}; use a bundle "
                      "trained on this data set",
                      bundle.name, camera, rows_.name,
                      fmt::join(data().cameras, ", ")));
    }
    cameras_.push_back(column);
  }
}

void Replay::Expect(int samples) {
  const int wanted =
      samples > 0 ? samples : static_cast<int>(data().samples.size());
  for (int taken = 0; taken < wanted; ++tick_count_) {
    const ReplayTick& tick = rows_.ticks[tick_count_ % rows_.ticks.size()];
    for (std::size_t i = 0; i < tick.samples.size() && taken < wanted;
         ++i, ++taken) {
      const int row = tick.samples[i];
      const auto& boxes = data().samples[static_cast<std::size_t>(row)].boxes;
      const bool seen =
          std::any_of(cameras_.begin(), cameras_.end(), [&boxes](int camera) {
            return boxes[static_cast<std::size_t>(camera)].has_value();
          });
      if (!seen) {
        ++blind_;
        continue;
      }
      const auto object = static_cast<ObjectNumber>(i);
      index_.emplace(KeyOf(tick_count_, object), expected_.size());
      expected_.push_back({tick_count_, object, row, blind_});
    }
  }
}

std::optional<std::size_t> Replay::Find(Tick offset,
                                        ObjectNumber object) const {
  const auto found = index_.find(KeyOf(offset, object));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

const DataSample& Replay::RowOf(std::size_t index) const {
  return data().samples[static_cast<std::size_t>(expected_[index].row)];
}

bool Replay::Sees(int device, std::size_t index) const {
  return RowOf(index)
      .boxes[static_cast<std::size_t>(CameraOf(device))]
      .has_value();
}

double JpegBytesPerDeviceSample(const Replay& replay,
                                const SampleViews& views) {
  std::vector<std::optional<std::size_t>> bytes_of(views.size());  // [rows]
  const auto encode = [&](const ExpectedSample& sample) {
    const auto& of_row = views[static_cast<std::size_t>(sample.row)];
    std::size_t bytes = 0;
    for (int device = 0; device < replay.device_count(); ++device) {
      const auto& view =
          of_row[static_cast<std::size_t>(replay.CameraOf(device))];
      if (view) bytes += EncodeJpeg(*view, kJpegQuality).size();
    }
    return bytes;
  };
  std::size_t bytes = 0;
  for (const ExpectedSample& sample : replay.expected()) {
    auto& of_row = bytes_of[static_cast<std::size_t>(sample.row)];
    if (!of_row) of_row = encode(sample);
    bytes += *of_row;
  }
  const auto device_samples = replay.expected().size() *
                              static_cast<std::size_t>(replay.device_count());
  return static_cast<double>(bytes) / static_cast<double>(device_samples);
}

}  // namespace ddnn
