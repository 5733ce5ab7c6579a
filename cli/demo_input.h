#pragma once

#include <filesystem>
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

/// The ticks of the simulated street that hold its first `samples` samples.
DemoInput LookAtStreet(int seed, int samples);

}  // namespace ddnn
