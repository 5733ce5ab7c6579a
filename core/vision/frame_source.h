#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/vision/frame.h"

namespace ddnn {

/// The images of one camera, file, folder or stream, one after another.
///
/// Failures say what is wrong and the remedy, and never a URL's credentials;
/// after one the source may be opened again.
/// Thread-safety: none; one thread at a time.
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  /// Opens it at its start, also if it is open already. Takes a bounded time.
  /// \return kNotFound (absent), kRefused (in use, or not allowed), kUnreadable
  ///     (there, but not what it should be) or kOversized (its images).
  virtual Status Open() = 0;

  /// Reads the next image, within a bounded time. Precondition: it is open.
  /// \param frame  is overwritten; its buffer is used again.
  /// \return true with an image; false at the end of what is shown once;
  ///     kUnreadable or kOversized once it delivers no more.
  virtual Result<bool> Read(Frame* frame) = 0;

  virtual void Close() = 0;

  /// The time between two images, which the reader keeps; 0 if the source
  /// keeps it by itself. Precondition: it is open.
  virtual std::chrono::nanoseconds frame_period() const = 0;

  /// Images that were left out so far, since they could not be read.
  virtual std::uint64_t left_out() const { return 0; }

  /// Its name in logs.
  virtual const std::string& name() const = 0;
};

}  // namespace ddnn
