#include "core/vision/camera_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

TEST(CameraDeviceTest, AbsentDeviceIsNamed) {
  const auto checked = CheckCameraDevice("/dev/video-of-nobody");
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error(), Error::kNotFound);
  EXPECT_THAT(checked.message(), HasSubstr("ls /dev/video*"));
}

TEST(CameraDeviceTest, FileIsNoCamera) {
  const TempFolder folder;
  std::ofstream(folder / "video0") << "x";
  const auto checked = CheckCameraDevice(folder / "video0");
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error(), Error::kUnreadable);
  EXPECT_THAT(checked.message(), HasSubstr("not a camera"));
}

TEST(CameraDeviceTest, EachCauseHasItsRemedy) {
  EXPECT_THAT(CameraFailure("/dev/video0", EBUSY).message,
              HasSubstr("in use by another process; see: fuser -v "
                        "/dev/video0"));
  EXPECT_THAT(CameraFailure("/dev/video0", EACCES).message,
              HasSubstr("group video"));
  EXPECT_EQ(CameraFailure("/dev/video0", ENODEV).error, Error::kNotFound);
  EXPECT_THAT(CameraFailure("/dev/video0", EIO).message,
              HasSubstr("/dev/video0: "));
}

}  // namespace
}  // namespace ddnn
