#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/result.h"

namespace ddnn {

/// One image from one camera: interleaved [height][width][3], blue, green,
/// red (OpenCV's order), row-major.
struct Frame {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> bgr;
};

/// Longest side of an image that is accepted.
inline constexpr int kMaxFrameSide = 8192;

/// Decodes a JPEG or PNG file; an orientation that it may note is not applied,
/// since boxes count stored pixels.
/// \return kNotFound, kUnreadable, or kOversized (the size is looked at before
///     anything is decoded), with a message naming the file.
Result<Frame> ReadFrame(const std::filesystem::path& path);

/// Writes a .png file (lossless) or a .jpg file (quality 85).
/// \return kUnreadable, naming the file, if it cannot be written; a part may be
///     left then.
Status WriteFrame(const Frame& frame, const std::filesystem::path& path);

}  // namespace ddnn
