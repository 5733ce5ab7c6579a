#include "device_agent/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/test_bundle.h"
#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A bundle of two devices for the tiny data set's cameras and classes.
Bundle TinyBundle() {
  Bundle bundle = MakeTestBundle({.devices = 2, .classes = 2});
  bundle.classes = {"car", "person"};
  bundle.nodes[0].camera = "cam0";
  bundle.nodes[1].camera = "cam1";
  return bundle;
}

class InputsTest : public ::testing::Test {
 protected:
  InputsTest() {
    config_.part.place = "device1";
    config_.part.bundle = folder_ / "net.ddnn";
    config_.source.path = data_.root();
    config_.source.split = "time:test";
    Write(TinyBundle());
  }
  void Write(const Bundle& bundle) {
    EXPECT_TRUE(WriteBundle(bundle, config_.part.bundle).ok());
  }
  std::string ConfigFault() const {
    try {
      (void)LoadInputs(config_, clock_).ok();
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no fault";
  }

  TempFolder folder_;
  TinyDataSet data_;
  SystemClock clock_;
  DeviceConfig config_;
};

TEST_F(InputsTest, SourceShowsTheCameraThatTheBundleNames) {
  Bundle bundle = TinyBundle();
  bundle.nodes[1].camera = "cam0";
  Write(bundle);
  const auto inputs = LoadInputs(config_, clock_);
  ASSERT_TRUE(inputs.ok()) << inputs.message();
  EXPECT_EQ(inputs->network->bundle().device_count(), 2);
  inputs->source->Begin({clock_.Now(), 0.0, 7}, 6);
  const auto tick = inputs->source->Next();
  ASSERT_EQ(tick->views.size(), 1U);
  EXPECT_EQ(tick->views[0].view[0], TinyDataSet::Red(0, 1));
}

TEST_F(InputsTest, MissingBundleIsNamed) {
  std::filesystem::remove(config_.part.bundle);
  EXPECT_THAT(ConfigFault(),
              AllOf(HasSubstr("bundle: "), HasSubstr("net.ddnn")));
}

TEST_F(InputsTest, FileThatIsNoBundleIsNamed) {
  std::ofstream(config_.part.bundle) << "no bundle, but long enough for one";
  EXPECT_THAT(ConfigFault(),
              AllOf(HasSubstr("bundle: "), HasSubstr("net.ddnn")));
}

TEST_F(InputsTest, PlaceThatTheTreeLacksListsThoseThatExist) {
  config_.part.place = "device2";
  EXPECT_THAT(
      ConfigFault(),
      AllOf(HasSubstr("place = 'device2': "),
            HasSubstr("has for agents of tier device: device0, device1")));
}

TEST_F(InputsTest, OtherClassesNameBoth) {
  Bundle bundle = TinyBundle();
  bundle.classes[1] = "bus";
  Write(bundle);
  EXPECT_THAT(ConfigFault(), AllOf(HasSubstr("has the classes car, person"),
                                   HasSubstr("bundle has car, bus")));
}

TEST_F(InputsTest, UnknownCameraListsThoseThatExist) {
  Bundle bundle = TinyBundle();
  bundle.nodes[1].camera = "cam9";
  Write(bundle);
  EXPECT_THAT(ConfigFault(), AllOf(HasSubstr("camera 'cam9'"),
                                   HasSubstr("has the cameras cam0, cam1")));
}

TEST_F(InputsTest, MissingDataSetIsTheDatasFailure) {
  config_.source.path = folder_ / "nothing";
  const auto inputs = LoadInputs(config_, clock_);
  ASSERT_FALSE(inputs.ok());
  EXPECT_THAT(inputs.message(), HasSubstr("nothing/classes.txt"));
}

TEST_F(InputsTest, MissingFrameIsTheDatasFailure) {
  std::filesystem::remove(data_.FramePath(1, 2));
  const auto inputs = LoadInputs(config_, clock_);
  ASSERT_FALSE(inputs.ok());
  EXPECT_THAT(inputs.message(), HasSubstr("c1/00000002.jpg: no such frame"));
}

}  // namespace
}  // namespace ddnn
