#include "device_agent/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

const std::string kMinimal =
    "site: s\ngroup: g\nagent: cam-a\nplace: device3\nbundle: net.ddnn\n"
    "source:\n  path: data\n";

class DeviceConfigTest : public ::testing::Test {
 protected:
  DeviceConfig Load(const std::string& yaml) const {
    const auto file = folder_ / "device.yaml";
    std::ofstream(file) << yaml;
    DeviceConfig config;
    ConfigTable table;
    AddDeviceKeys(&table, &config);
    table.Load(file);
    CheckDeviceConfig(config);
    return config;
  }
  std::string FaultOf(const std::string& yaml) const {
    try {
      (void)Load(yaml);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no fault";
  }

  TempFolder folder_;
};

TEST_F(DeviceConfigTest, DefaultsFillWhatTheFileLeavesOut) {
  const DeviceConfig config = Load(kMinimal);
  EXPECT_EQ(config.agent, "cam-a");
  EXPECT_EQ(config.part.place, "device3");
  EXPECT_EQ(config.part.bundle, folder_ / "net.ddnn");
  EXPECT_EQ(config.source.path, folder_ / "data");
  EXPECT_EQ(config.source.split, "");
  EXPECT_EQ(config.source.samples, 0);
  EXPECT_FALSE(config.source.preload);
  EXPECT_EQ(config.batch_ms, 0);
}

TEST_F(DeviceConfigTest, PathsAreRelativeToTheFileAndUrlsAreNot) {
  const std::string agent =
      "site: s\ngroup: g\nagent: cam-a\nplace: device3\nbundle: net.ddnn\n";
  const auto video = Load(agent + "source: {kind: video, path: a.mp4}\n");
  EXPECT_EQ(video.source.path, folder_ / "a.mp4");
  const auto url =
      Load(agent + "source: {kind: url, url: \"rtsp://u:p@cam/1?x=y\"}\n");
  EXPECT_EQ(url.source.url, "rtsp://u:p@cam/1?x=y");
  const auto camera = Load(agent + "source: {kind: camera, device: 0}\n");
  EXPECT_EQ(camera.source.device, "0");
}

TEST_F(DeviceConfigTest, ViewsHaveRanges) {
  EXPECT_EQ(Load(kMinimal + "views: {kind: motion, region: {x: 5}}\n")
                .source.views.region.x,
            5);
  EXPECT_THAT(FaultOf(kMinimal + "views: {min_area: 0}\n"),
              HasSubstr("views.min_area"));
  EXPECT_THAT(FaultOf(kMinimal + "views: {max_objects: 65}\n"),
              HasSubstr("views.max_objects"));
  EXPECT_THAT(FaultOf(kMinimal + "views: {kind: faces}\n"),
              HasSubstr("views.kind"));
}

TEST_F(DeviceConfigTest, ExampleFileIsValid) {
  DeviceConfig config;
  ConfigTable table;
  AddDeviceKeys(&table, &config);
  table.Load(std::filesystem::path(DDNN_SOURCE_DIR) / "device_agent" /
             "example.yaml");
  CheckDeviceConfig(config);
  const DeviceConfig defaults;
  EXPECT_EQ(config.source.kind, "street");  // which is everywhere
  EXPECT_EQ(config.source.seed, defaults.source.seed);
  EXPECT_EQ(config.source.window, defaults.source.window);
  EXPECT_EQ(config.source.views.min_area, defaults.source.views.min_area);
  EXPECT_EQ(config.source.views.max_objects, defaults.source.views.max_objects);
  EXPECT_EQ(config.batch_ms, defaults.batch_ms);
  EXPECT_EQ(config.ring_ticks, defaults.ring_ticks);
  EXPECT_EQ(config.metrics.listen, defaults.metrics.listen);
  EXPECT_EQ(config.mqtt.url, defaults.mqtt.url);
}

TEST_F(DeviceConfigTest, UnknownKeyIsNamed) {
  EXPECT_THAT(FaultOf(kMinimal + "windw: 3\n"),
              HasSubstr("device.yaml:8: windw: unknown key"));
}

TEST_F(DeviceConfigTest, RequiredKeysAreNamed) {
  const std::string fault = FaultOf("window: 3\n");
  for (const char* key : {"site", "group", "agent", "place", "bundle"}) {
    EXPECT_THAT(fault, HasSubstr(std::string(": ") + key + ": missing"));
  }
}

TEST_F(DeviceConfigTest, DataSetNeedsItsFolder) {
  EXPECT_THAT(FaultOf(kMinimal.substr(0, kMinimal.find("source:"))),
              HasSubstr("source.path: missing; source.kind = dataset needs"));
}

TEST_F(DeviceConfigTest, SplitNeedsItsForm) {
  EXPECT_THAT(FaultOf(kMinimal + "  split: test\n"),
              HasSubstr("source.split: split 'test': expected COLUMN:VALUE"));
}

TEST_F(DeviceConfigTest, NoPicturesLeaveUnlessTheOperatorSaysHowOften) {
  EXPECT_EQ(Load(kMinimal).preview_period_ms, 0);
  EXPECT_EQ(Load(kMinimal + "preview: {period_ms: 200}\n").preview_period_ms,
            200);
  EXPECT_THAT(FaultOf(kMinimal + "preview: {period_ms: 199}\n"),
              HasSubstr("preview.period_ms = 199: must be 0 (no pictures "
                        "leave), or at least 200"));
}

TEST_F(DeviceConfigTest, RingMustHoldAWindow) {
  EXPECT_THAT(FaultOf(kMinimal + "window: 9\nring: {ticks: 8}\n"),
              HasSubstr("ring.ticks = 8: must be at least window = 9"));
}

}  // namespace
}  // namespace ddnn
