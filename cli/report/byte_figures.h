#pragma once

#include <cstdint>
#include <vector>

#include "cli/report/figures.h"

namespace ddnn {

/// What the byte figures come from; unknown ones give no figure.
struct ByteCounts {
  std::int64_t samples = 0;
  int devices = 0;
  Figure views = {};          ///< that samples were answered from
  Figure content_bytes = {};  ///< scores and maps, or encoded views, received
  Figure payload_bytes = {};  ///< PUBLISH payloads, devices to edge
  Figure mqtt_bytes = {};     ///< whole packets, devices to edge
  Figure jpeg_bytes = {};     ///< of the views as JPEG, per device-sample
  Figure map_bytes = {};      ///< f o / 8 of the paper's formula
  int classes = 0;
  Figure local_share = {};  ///< of the results that left at the local exit
};

/// Bytes per device-sample (devices x samples), the baselines first.
std::vector<RunFigures::Bytes> ByteFigures(const ByteCounts& counts);

/// Devices by index, then edges, then the cloud.
void SortAgents(std::vector<RunFigures::Agent>* agents);

}  // namespace ddnn
