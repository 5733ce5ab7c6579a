#pragma once

#include <string>

#include "core/base/result.h"

namespace ddnn {

/// Says why a camera of this machine cannot be used, before a library that
/// gives no reasons is asked.
/// \param device  "/dev/video0".
/// \return kNotFound (no such device), kRefused (not allowed, or in use by
///     another process) or kUnreadable (no camera), with the remedy.
Status CheckCameraDevice(const std::string& device);

/// The same for an errno of opening the device or of asking it for buffers.
Failure CameraFailure(const std::string& device, int error);

}  // namespace ddnn
