#include "core/vision/frame.h"

#include <spdlog/fmt/fmt.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/file.h"

namespace ddnn {
namespace {

struct ImageSize {
  std::size_t width;
  std::size_t height;
};

/// Reads an unsigned big-endian number. Precondition: it lies within `bytes`.
std::size_t BigEndian(std::string_view bytes, std::size_t at,
                      std::size_t length) {
  std::size_t value = 0;
  for (const char c : bytes.substr(at, length)) {
    value = value << 8 | static_cast<unsigned char>(c);
  }
  return value;
}

/// The size in the header chunk, which the standard puts first.
std::optional<ImageSize> PngSize(std::string_view bytes) {
  constexpr std::string_view kSignature("\x89PNG\r\n\x1A\n", 8);
  if (!bytes.starts_with(kSignature) || bytes.size() < 24) return std::nullopt;
  return ImageSize{BigEndian(bytes, 16, 4), BigEndian(bytes, 20, 4)};
}

/// The size in the start-of-frame segment.
std::optional<ImageSize> JpegSize(std::string_view bytes) {
  if (!bytes.starts_with("\xFF\xD8")) return std::nullopt;
  std::size_t at = 2;
  while (at + 9 <= bytes.size() && bytes[at] == '\xFF') {
    const std::size_t marker = BigEndian(bytes, at + 1, 1);
    const bool is_table = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    if (marker >= 0xC0 && marker <= 0xCF && !is_table) {
      return ImageSize{BigEndian(bytes, at + 7, 2),
                       BigEndian(bytes, at + 5, 2)};
    }
    at += marker == 0xFF ? 1 : 2 + BigEndian(bytes, at + 2, 2);
  }
  return std::nullopt;
}

}  // namespace

Result<Frame> ReadFrame(const std::filesystem::path& path) {
  auto bytes = ReadFile(path);
  if (!bytes) return bytes.failure();
  auto size = JpegSize(*bytes);
  if (!size) size = PngSize(*bytes);
  if (!size) {
    return Failure{Error::kUnreadable,
                   path.string() + ": not a JPEG or PNG image"};
  }
  if (size->width > kMaxFrameSide || size->height > kMaxFrameSide) {
    return Failure{
        Error::kOversized,
        fmt::format("{}: {}x{} pixels; at most {} on each side", path.string(),
                    size->width, size->height, kMaxFrameSide)};
  }

  cv::Mat image;
  try {
    const cv::Mat encoded(1, static_cast<int>(bytes->size()), CV_8U,
                          bytes->data());
    image =
        cv::imdecode(encoded, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    image.release();  // told below, with the file's name
  }
  if (image.empty()) {
    return Failure{Error::kUnreadable,
                   path.string() + ": the image cannot be decoded"};
  }
  return Frame{image.cols,
               image.rows,
               {image.data, image.data + image.total() * image.elemSize()}};
}

Status WriteFrame(const Frame& frame, const std::filesystem::path& path) {
  // cv::Mat cannot wrap constant memory; it is only read here.
  const cv::Mat image(frame.height, frame.width, CV_8UC3,
                      const_cast<std::uint8_t*>(frame.bgr.data()));
  std::vector<std::uint8_t> encoded;
  // Fast, not small: level 1 of 9.
  cv::imencode(path.extension().string(), image, encoded,
               {cv::IMWRITE_PNG_COMPRESSION, 1, cv::IMWRITE_JPEG_QUALITY, 85});
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(encoded.data()),
             static_cast<std::streamsize>(encoded.size()));
  file.close();
  if (file) return Done{};
  return Failure{Error::kUnreadable,
                 path.string() + ": cannot be written; is the disk full?"};
}

}  // namespace ddnn
