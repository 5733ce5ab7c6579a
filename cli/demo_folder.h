#pragma once

#include <filesystem>

namespace ddnn {

/// A new folder that only this user may enter; it goes away with its content.
class DemoFolder {
 public:
  /// \param keep  leave it behind instead, and say where.
  /// \throws CommandError  kExitUnavailable: it cannot be made.
  explicit DemoFolder(bool keep);
  ~DemoFolder();
  DemoFolder(const DemoFolder&) = delete;
  DemoFolder& operator=(const DemoFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const bool keep_;
};

}  // namespace ddnn
