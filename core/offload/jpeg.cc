#include "core/offload/jpeg.h"

#include <jpeglib.h>

#include <array>
#include <cassert>
#include <csetjmp>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace ddnn {
namespace {

constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;
constexpr std::size_t kRowBytes = std::size_t{kViewSide} * kViewChannels;

/// Pixel after pixel red, green, blue, as the library has them.
using Interleaved = std::array<JSAMPLE, kViewBytes>;

Interleaved ToPixels(const View& view) {
  Interleaved pixels;
  for (std::size_t i = 0; i < kPlane; ++i) {
    for (std::size_t c = 0; c < kViewChannels; ++c) {
      pixels[i * kViewChannels + c] = view[c * kPlane + i];
    }
  }
  return pixels;
}

View ToView(const Interleaved& pixels) {
  View view;
  for (std::size_t i = 0; i < kPlane; ++i) {
    for (std::size_t c = 0; c < kViewChannels; ++c) {
      view[c * kPlane + i] = pixels[i * kViewChannels + c];
    }
  }
  return view;
}

/// The library leaves by longjmp where it cannot go on; so whoever calls
/// setjmp() must hold nothing that needs a destructor.
struct Errors {
  jpeg_error_mgr manager;  // first: the library knows only this
  std::jmp_buf leave;

  Errors() {
    jpeg_std_error(&manager);
    manager.error_exit = [](j_common_ptr info) {
      std::longjmp(reinterpret_cast<Errors*>(info->err)->leave, 1);
    };
    manager.emit_message = [](j_common_ptr info, int level) {
      if (level < 0) ++info->err->num_warnings;
    };
    manager.output_message = [](j_common_ptr) {};
  }
};

class Decompressor {
 public:
  explicit Decompressor(std::string_view bytes) : bytes_(bytes) {
    info_.err = &errors_.manager;
  }
  ~Decompressor() { jpeg_destroy_decompress(&info_); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  /// \return false if the bytes are no JPEG as far as its header goes.
  bool ReadHeader() {
    if (setjmp(errors_.leave) != 0) return false;
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes_.data()),
                 bytes_.size());
    return jpeg_read_header(&info_, TRUE) == JPEG_HEADER_OK &&
           errors_.manager.num_warnings == 0;
  }
  bool IsView() const {
    return info_.image_width == kViewSide && info_.image_height == kViewSide &&
           info_.num_components == kViewChannels &&
           info_.jpeg_color_space == JCS_YCbCr;
  }
  /// After ReadHeader() and IsView().
  /// \return false if data is missing or damaged.
  bool ReadPixels(Interleaved* pixels) {
    if (setjmp(errors_.leave) != 0) return false;
    info_.out_color_space = JCS_RGB;
    info_.dct_method = JDCT_ISLOW;  // exact on every CPU
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels->data() + info_.output_scanline * kRowBytes;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return errors_.manager.num_warnings == 0;
  }

 private:
  std::string_view bytes_;
  Errors errors_;
  jpeg_decompress_struct info_{};
};

/// \param room  the library never writes beyond its end.
/// \return bytes written.
std::size_t Compress(Interleaved& pixels, int quality, unsigned char* room,
                     std::size_t size) {
  Errors errors;
  jpeg_compress_struct info{};
  info.err = &errors.manager;
  // Sizes and parameters are ours, and memory that runs out ends the program
  // elsewhere too.
  if (setjmp(errors.leave) != 0) std::abort();
  jpeg_create_compress(&info);
  unsigned char* out = room;
  unsigned long bytes = size;  // NOLINT(google-runtime-int): the library's
  jpeg_mem_dest(&info, &out, &bytes);
  info.image_width = kViewSide;
  info.image_height = kViewSide;
  info.input_components = kViewChannels;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);  // YCbCr, 4:2:0
  jpeg_set_quality(&info, quality, TRUE);
  info.dct_method = JDCT_ISLOW;
  info.optimize_coding = TRUE;
  info.write_JFIF_header = FALSE;  // without it, three colours are YCbCr
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = pixels.data() + info.next_scanline * kRowBytes;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  assert(out == room);  // kMaxEncodedViewBytes hold every view
  return bytes;
}

Failure NoJpeg(const char* why) {
  return {Error::kMalformed, std::string("JPEG: ") + why};
}

/// As CheckJpeg().
Status Open(std::string_view bytes, Decompressor* jpeg) {
  if (bytes.size() > kMaxEncodedViewBytes) {
    return Failure{Error::kOversized, "JPEG: " + std::to_string(bytes.size()) +
                                          " bytes, at most " +
                                          std::to_string(kMaxEncodedViewBytes)};
  }
  if (bytes.empty() || !jpeg->ReadHeader()) return NoJpeg("no header");
  if (jpeg->IsView()) return Done{};
  return Failure{Error::kBadShape, "JPEG: not 32x32 in three colours"};
}

}  // namespace

EncodedView EncodeJpeg(const View& view, int quality) {
  assert(quality >= 1 && quality <= 100);
  Interleaved pixels = ToPixels(view);
  std::array<unsigned char, kMaxEncodedViewBytes> room;
  const std::size_t bytes = Compress(pixels, quality, room.data(), room.size());
  return {room.begin(), room.begin() + bytes};
}

Status CheckJpeg(std::string_view bytes) {
  Decompressor jpeg(bytes);
  return Open(bytes, &jpeg);
}

Result<View> DecodeJpeg(std::string_view bytes) {
  Decompressor jpeg(bytes);
  if (auto s = Open(bytes, &jpeg); !s) return s.failure();
  Interleaved pixels;
  if (!jpeg.ReadPixels(&pixels)) return NoJpeg("damaged, or cut off");
  return ToView(pixels);
}

}  // namespace ddnn
