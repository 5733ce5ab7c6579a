// From keys to a source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/vision/open_source.h"
#include "tests/support/tiny_data_set.h"
#include "tests/unit/vision/fake_frames.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class OpenLiveSourceTest : public ::testing::Test {
 protected:
  std::string ConfigFault() const {
    try {
      const auto source = OpenSource(config_, use_, clock_);
      return source.ok() ? "no fault" : "failure: " + source.message();
    } catch (const ConfigError& e) {
      return e.what();
    }
  }

  TempFolder folder_;
  ManualClock clock_;
  SourceConfig config_;
  const SourceUse use_{.camera = "cam0", .classes = {"a", "b"}, .devices = 2};
};

TEST_F(OpenLiveSourceTest, EachKindNamesTheKeyThatItNeeds) {
  for (const auto& [kind, key] :
       {std::pair{"camera", "source.device"}, std::pair{"url", "source.url"},
        std::pair{"video", "source.path"}, std::pair{"folder", "source.path"},
        std::pair{"dataset", "source.path"}}) {
    config_ = {};
    config_.kind = kind;
    EXPECT_EQ(ConfigFault(), std::string(key) + ": missing; source.kind = " +
                                 kind + " needs it");
  }
}

TEST_F(OpenLiveSourceTest, PaceThatNobodyLivesToSeeIsRefused) {
  config_.fps = 1e-12;
  EXPECT_THAT(ConfigFault(), HasSubstr("source.fps = 1e-12: must be 0, or"));
}

TEST_F(OpenLiveSourceTest, DeviceMustBeANumberOrAPath) {
  config_.kind = "camera";
  config_.device = "webcam";
  EXPECT_THAT(ConfigFault(), AllOf(HasSubstr("source.device = webcam"),
                                   HasSubstr("/dev/video0")));
}

TEST_F(OpenLiveSourceTest, UrlOfAnotherSchemeIsShownWithoutItsPassword) {
  config_.kind = "url";
  config_.url = "ftp://me:secret@cam/live";
  EXPECT_THAT(ConfigFault(),
              AllOf(HasSubstr("source.url = ftp://***@cam/live"),
                    HasSubstr("rtsp://"), Not(HasSubstr("secret"))));
}

TEST_F(OpenLiveSourceTest, AbsentCameraIsWaitedFor) {
  config_.kind = "camera";
  config_.device = "/dev/video-of-nobody";
  EXPECT_EQ(ConfigFault(), "no fault");
}

TEST_F(OpenLiveSourceTest, AbsentFileAndFolderAreFailuresOfTheirKey) {
  config_.path = folder_ / "none";
  config_.kind = "video";
  EXPECT_THAT(ConfigFault(), AllOf(HasSubstr("failure: source.path: "),
                                   HasSubstr("none: no such file")));
  config_.kind = "folder";
  EXPECT_THAT(ConfigFault(), AllOf(HasSubstr("failure: source.path: "),
                                   HasSubstr("none: no such folder")));
}

TEST_F(OpenLiveSourceTest, RegionOutsideTheImagesIsAConfigError) {
  WritePatternImage(folder_ / "a.png", 40, 30, 0);
  config_.kind = "folder";
  config_.path = folder_.path();
  config_.views.region = {.x = 20, .width = 21};
  EXPECT_THAT(ConfigFault(), HasSubstr("views.region.width = 21"));
}

TEST_F(OpenLiveSourceTest, FolderIsShownTickByTick) {
  WritePatternImage(folder_ / "a.png", 40, 40, 77);
  config_.kind = "folder";
  config_.path = folder_.path();
  const auto source = OpenSource(config_, use_, clock_);
  ASSERT_TRUE(source.ok()) << source.message();
  (*source)->Begin({clock_.Now(), 10, 7}, 6);
  const auto tick = (*source)->Next();
  EXPECT_EQ(tick->tick, 7U);
  ASSERT_EQ(tick->views.size(), 1U);
  EXPECT_EQ(tick->views[0].view[0], 77);
}

}  // namespace
}  // namespace ddnn
