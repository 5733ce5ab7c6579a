#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/vision/source_config.h"
#include "core/vision/view_source.h"

namespace ddnn {

/// What the network says about a source.
struct SourceUse {
  std::string camera;                ///< the device's camera, by name
  std::vector<std::string> classes;  ///< in label order
  int devices = 1;                   ///< of the group
};

/// Opens the source that a configuration names.
/// \param clock  borrowed; must outlive the source.
/// \return the failure of what cannot be read: a data set's table, frame or
///     box; a video file or image folder. A camera or stream that is not there
///     is waited for.
/// \throws ConfigError  as CheckSourceConfig; a data set has other classes, or
///     not this camera; a region lies outside the first image.
Result<std::unique_ptr<ViewSource>> OpenSource(const SourceConfig& config,
                                               const SourceUse& use,
                                               const Clock& clock);

}  // namespace ddnn
