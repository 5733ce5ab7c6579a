#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/vision/frame_source.h"

namespace ddnn {

/// The JPEG and PNG images of a folder in the order of their names, without
/// those of its subfolders. An image that cannot be read is left out, logged
/// and counted; many in a row are a failure.
class FolderSource final : public FrameSource {
 public:
  static constexpr std::size_t kMaxImages = 1'000'000;

  /// \param images_per_second  > 0.
  FolderSource(std::filesystem::path folder, double images_per_second,
               bool loop);

  Status Open() override;
  Result<bool> Read(Frame* frame) override;
  void Close() override { images_.clear(); }
  std::chrono::nanoseconds frame_period() const override { return period_; }
  const std::string& name() const override { return name_; }
  std::uint64_t left_out() const override { return left_out_; }

 private:
  void LeaveOut(const std::string& why);

  const std::filesystem::path folder_;
  const std::string name_;
  const std::chrono::nanoseconds period_;
  const bool loop_;
  std::vector<std::string> images_;  // file names
  std::size_t next_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace ddnn
