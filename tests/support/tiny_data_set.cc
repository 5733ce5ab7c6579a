#include "tests/support/tiny_data_set.h"

#include <spdlog/fmt/fmt.h>

#include <cassert>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>

namespace ddnn {
namespace {

constexpr std::string_view kSamples =
    "sample_id,frame,class,cam0_x1,cam0_y1,cam0_x2,cam0_y2,"
    "cam1_x1,cam1_y1,cam1_x2,cam1_y2,source\n"
    "10,2,car,4.9,3.2,40.1,37.9,,,,,parked\n"
    "11,1,person,10,5,20,35,12.5,4,22,36,person\n"
    "12,2,person,,,,,1,1,9,30,person\n"
    "13,5,car,,,,,,,,,moving\n"
    "14,1,car,,,,,2,2,46,38,moving\n";

constexpr std::string_view kSplits =
    "sample_id,time,odd\n"
    "10,test,\n"
    "11,test,test\n"
    "12,test,\n"
    "13,train,test\n"
    "14,test,train\n";

}  // namespace

TinyDataSet::TinyDataSet() {
  Write("classes.txt", "car\nperson\n");
  Write("samples.csv", kSamples);
  Write("splits.csv", kSplits);
  for (const int camera : {0, 1}) {
    for (const int frame : {1, 2}) {
      const auto file = FramePath(camera, frame);
      std::filesystem::create_directories(file.parent_path());
      WritePatternImage(file, kWidth, kHeight, Red(camera, frame));
    }
  }
}

std::filesystem::path TinyDataSet::FramePath(int camera, int frame) const {
  return root() / fmt::format("frames/c{}/{:08d}.png", camera, frame);
}

void TinyDataSet::Write(std::string_view name, std::string_view content) const {
  std::ofstream(root() / name, std::ios::binary) << content;
}

void TinyDataSet::Edit(std::string_view name, std::string_view from,
                       std::string_view to) const {
  std::ifstream file(root() / name, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  const auto at = content.find(from);
  assert(at != std::string::npos);
  Write(name, content.replace(at, from.size(), to));
}

void WritePatternImage(const std::filesystem::path& file, int width, int height,
                       int red) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at<cv::Vec3b>(y, x) = {
          cv::saturate_cast<std::uint8_t>(TinyDataSet::Blue(x)),
          cv::saturate_cast<std::uint8_t>(TinyDataSet::Green(y)),
          cv::saturate_cast<std::uint8_t>(red)};
    }
  }
  cv::imwrite(file.string(), image);
}

}  // namespace ddnn
