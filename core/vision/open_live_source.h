#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/vision/frame_source.h"
#include "core/vision/source_config.h"
#include "core/vision/view_extractor.h"
#include "core/vision/view_source.h"

namespace ddnn {

/// The frames that a configuration of a live kind names, not opened yet.
std::unique_ptr<FrameSource> MakeFrameSource(const SourceConfig& config);

/// What makes the views of its images.
/// \param devices  of the group: with several, motion shows one object.
std::unique_ptr<ViewExtractor> MakeViewExtractor(const ViewConfig& views,
                                                 int devices);

/// Opens the source of a configuration of a live kind.
/// \param devices  of the group.
/// \param clock    borrowed; must outlive the source.
/// \return the failure of a file or folder; a camera or stream that is not
///     there is waited for.
/// \throws ConfigError  the region lies outside the first image.
Result<std::unique_ptr<ViewSource>> OpenLiveSource(const SourceConfig& config,
                                                   int devices,
                                                   const Clock& clock);

}  // namespace ddnn
