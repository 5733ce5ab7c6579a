#pragma once

#include <filesystem>

namespace ddnn {

/// A new folder that only this user may enter; it goes away with its content.
class ScratchFolder {
 public:
  /// \param keep  leave it behind instead, and say where.
  /// \throws CommandError  kExitUnavailable: it cannot be made.
  explicit ScratchFolder(bool keep);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const bool keep_;
};

}  // namespace ddnn
