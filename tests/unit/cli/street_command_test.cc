#include "cli/street_command.h"

#include <gtest/gtest.h>

#include <fstream>

#include "cli/command.h"
#include "core/vision/dataset_recording.h"
#include "core/vision/street/recording.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

TEST(StreetCommandTest, ExportShowsTheViewsOfTheStreetItself) {
  const TempFolder folder;
  const StreetOptions options{.seed = 4, .ticks = 6, .out = folder / "street"};
  ASSERT_EQ(RunStreet(options), kExitOk);
  for (int camera = 0; camera < kStreetCameras; ++camera) {
    auto data = ReadDataSet(options.out);
    ASSERT_TRUE(data.ok()) << data.message();
    const std::vector<ReplayTick> ticks = GroupByFrame(*data);
    const auto recording = DataSetRecording::Open(std::move(*data), camera);
    ASSERT_TRUE(recording.ok()) << recording.message();
    const StreetRecording street(4, camera);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      const auto written = (*recording)->ReadViews(i);
      const auto rendered =
          street.ReadViews(static_cast<std::size_t>(ticks[i].frame));
      ASSERT_TRUE(written.ok()) << written.message();
      ASSERT_EQ(written->size(), rendered->size());
      for (std::size_t v = 0; v < written->size(); ++v) {
        EXPECT_EQ(written->at(v).object, rendered->at(v).object);
        EXPECT_EQ(written->at(v).view, rendered->at(v).view);
      }
    }
  }
  EXPECT_TRUE(std::filesystem::exists(options.out / "cameras.jpg"));
  EXPECT_TRUE(std::filesystem::exists(options.out / "views.jpg"));
}

TEST(StreetCommandTest, FolderWithFilesIsRefused) {
  const TempFolder folder;
  std::ofstream(folder / "mine.txt") << "keep me";
  try {
    RunStreet({.seed = 4, .ticks = 1, .out = folder.path()});
    FAIL() << "it was taken";
  } catch (const CommandError& e) {
    EXPECT_EQ(e.code(), kExitUsage);
  }
}

TEST(StreetCommandTest, FolderThatCannotBeMadeIsNamed) {
  const TempFolder folder;
  std::ofstream(folder / "file") << "not a folder";
  try {
    RunStreet({.seed = 4, .ticks = 1, .out = folder / "file" / "below"});
    FAIL() << "it was made";
  } catch (const CommandError& e) {
    EXPECT_EQ(e.code(), kExitUnavailable);
    EXPECT_NE(std::string(e.what()).find("--out"), std::string::npos);
  }
}

}  // namespace
}  // namespace ddnn
