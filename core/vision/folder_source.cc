#include "core/vision/folder_source.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

namespace ddnn {
namespace {

// Files that one call of Read() looks at, so that it takes a bounded time.
constexpr std::size_t kTries = 100;

bool IsImageName(const std::filesystem::path& file) {
  std::string suffix = file.extension().string();
  std::ranges::transform(suffix, suffix.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return suffix == ".jpg" || suffix == ".jpeg" || suffix == ".png";
}

}  // namespace

FolderSource::FolderSource(std::filesystem::path folder,
                           double images_per_second, bool loop)
    : folder_(std::move(folder)),
      name_(folder_.string()),
      period_(static_cast<std::int64_t>(1e9 / images_per_second)),
      loop_(loop) {}

Status FolderSource::Open() {
  images_.clear();
  next_ = 0;
  std::error_code error;
  if (!std::filesystem::exists(folder_, error)) {
    return Failure{Error::kNotFound, name_ + ": no such folder"};
  }
  const std::filesystem::directory_iterator end;
  std::filesystem::directory_iterator entry(folder_, error);
  for (; !error && entry != end; entry.increment(error)) {
    if (!IsImageName(entry->path())) continue;
    if (images_.size() == kMaxImages) {
      return Failure{Error::kOversized,
                     fmt::format("{}: more than {} images; split the folder",
                                 name_, kMaxImages)};
    }
    images_.push_back(entry->path().filename().string());
  }
  if (error) {
    return Failure{Error::kUnreadable, name_ + ": " + error.message()};
  }
  if (images_.empty()) {
    return Failure{Error::kUnreadable,
                   name_ + ": holds no image (*.jpg, *.jpeg, *.png)"};
  }
  std::ranges::sort(images_);
  return Done{};
}

Result<bool> FolderSource::Read(Frame* frame) {
  const std::size_t tries = std::min(kTries, images_.size());
  for (std::size_t tried = 0; tried < tries; ++tried) {
    if (next_ == images_.size()) {
      if (!loop_) return false;
      next_ = 0;
    }
    auto image = ReadFrame(folder_ / images_[next_++]);
    if (image) {
      *frame = std::move(*image);
      return true;
    }
    LeaveOut(image.message());
  }
  return Failure{
      Error::kUnreadable,
      fmt::format("{}: {} images in a row cannot be read, the last of them {}",
                  name_, tries, images_[next_ - 1])};
}

void FolderSource::LeaveOut(const std::string& why) {
  spdlog::log(left_out_++ == 0 ? spdlog::level::warn : spdlog::level::debug,
              "image_left_out reason=\"{}\"", why);
}

}  // namespace ddnn
