#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "cli/replay.h"
#include "core/vision/dataset.h"

namespace ddnn {

/// What a demo shows, and every view of it, for the price of sending them.
struct DemoInput {
  ReplayRows rows;
  SampleViews views;  ///< [rows.data.samples][cameras]
};

/// \throws CommandError  as ReadReplayRows; an image cannot be read.
DemoInput ReadInput(const std::filesystem::path& dataset,
                    const std::string& split);

/// Most samples of a street: each is rendered before the demo starts, and 18
/// KiB of it kept.
inline constexpr int kMaxStreetSamples = 20'000;

/// The ticks of the simulated street that hold its first `samples` samples.
/// \param stop      asked at each image; true gives up.
/// \param progress  told before each tick how many of how many are done.
/// \return nothing if it was stopped.
std::optional<DemoInput> LookAtStreet(
    int seed, int samples, const std::function<bool()>& stop,
    const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace ddnn
