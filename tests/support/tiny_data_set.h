#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/temp_folder.h"

namespace ddnn {

/// A data set in a temporary folder: two cameras, the classes car and person,
/// three frames of kWidth x kHeight.
///
///     sample  frame  class   seen by     time
///     10      2      car     cam0        test
///     11      1      person  cam0, cam1  test
///     12      2      person  cam1        test
///     13      5      car     nobody      train
///     14      1      car     cam1        test
class TinyDataSet {
 public:
  static constexpr int kWidth = 48;
  static constexpr int kHeight = 40;

  TinyDataSet();

  const std::filesystem::path& root() const { return folder_.path(); }
  std::filesystem::path FramePath(int camera, int frame) const;

  /// Replaces a file.
  void Write(std::string_view name, std::string_view content) const;
  /// Replaces the first `from` in a file. Precondition: it is there.
  void Edit(std::string_view name, std::string_view from,
            std::string_view to) const;

  /// Pixel (x, y) of a frame: red 10 * frame + camera, green 6 y, blue 5 x.
  static int Red(int camera, int frame) { return 10 * frame + camera; }
  static int Green(int y) { return 6 * y; }
  static int Blue(int x) { return 5 * x; }

 private:
  TempFolder folder_;
};

/// Writes an image of that pattern; the suffix decides its format.
void WritePatternImage(const std::filesystem::path& file, int width, int height,
                       int red);

}  // namespace ddnn
