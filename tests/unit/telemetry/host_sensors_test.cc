#include "core/telemetry/host_sensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class HostSensorsTest : public ::testing::Test {
 protected:
  void Write(const std::string& file, const std::string& text) const {
    const auto path = folder_ / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void WriteZone(int zone, const std::string& type,
                 const std::string& temp) const {
    const std::string base =
        "class/thermal/thermal_zone" + std::to_string(zone);
    Write(base + "/type", type);
    Write(base + "/temp", temp);
  }
  HostReadings Read() const { return ReadHost(folder_.path()); }

  const TempFolder folder_;
};

TEST_F(HostSensorsTest, AMachineThatTellsNothingHasNoReadings) {
  EXPECT_THAT(Read().celsius, IsEmpty());
  EXPECT_THAT(Read().throttled, IsEmpty());
}

TEST_F(HostSensorsTest, TemperaturesAreInDegreesUnderTheirZonesName) {
  WriteZone(0, "cpu-thermal\n", "48312\n");
  ASSERT_THAT(Read().celsius, SizeIs(1));
  EXPECT_EQ(Read().celsius[0].name, "cpu-thermal");
  EXPECT_DOUBLE_EQ(Read().celsius[0].value, 48.312);
}

TEST_F(HostSensorsTest, ZonesOfOneTypeStayApartAndOddNamesAreCleaned) {
  WriteZone(0, "acpitz", "20000");
  WriteZone(1, "acpitz", "21000");
  WriteZone(2, "\"x\"}\xff", "22000");
  WriteZone(3, "broken", "warm");
  const HostReadings host = Read();
  ASSERT_THAT(host.celsius, SizeIs(3));
  EXPECT_EQ(host.celsius[1].name, "acpitzzone1");
  EXPECT_EQ(host.celsius[2].name, "x");
}

TEST_F(HostSensorsTest, OfManyZonesTheFirstAreRead) {
  for (int zone = 0; zone < 20; ++zone) {
    WriteZone(zone, "zone" + std::string(1, static_cast<char>('a' + zone)),
              "1");
  }
  EXPECT_THAT(Read().celsius, SizeIs(kMaxSensors));
}

TEST_F(HostSensorsTest, APiTellsWhatHoldsItBack) {
  Write("devices/platform/soc/soc:firmware/get_throttled", "50005\n");
  const HostReadings host = Read();
  ASSERT_THAT(host.throttled, SizeIs(4));
  EXPECT_EQ(host.throttled[0].name, "under_voltage");
  EXPECT_EQ(host.throttled[0].value, 1);
  EXPECT_EQ(host.throttled[1].value, 0);
  EXPECT_EQ(host.throttled[2].name, "throttled");
  EXPECT_EQ(host.throttled[2].value, 1);
  EXPECT_EQ(host.throttled[3].value, 0);
}

}  // namespace
}  // namespace ddnn
