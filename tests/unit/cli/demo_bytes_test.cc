#include "cli/demo_bytes.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

TEST(DemoBytesTest, TrafficIsSpreadOverDeviceSamples) {
  Summary summary;
  summary.samples = 5;
  AddMeasuredBytes(DeviceBytes{.payload_bytes = 120, .mqtt_bytes = 150},
                   nullptr, 6, &summary);
  EXPECT_EQ(summary.payload_bytes, 4.0);
  EXPECT_EQ(summary.mqtt_bytes, 5.0);
}

TEST(DemoBytesTest, WhatIsNotKnownStaysNull) {
  Summary summary;
  summary.samples = 5;
  AddMeasuredBytes(std::nullopt, nullptr, 6, &summary);
  EXPECT_EQ(summary.payload_bytes, std::nullopt);
  EXPECT_EQ(summary.mqtt_bytes, std::nullopt);
  EXPECT_EQ(summary.interface_bytes, std::nullopt);
  EXPECT_EQ(summary.cloud_interface_bytes, std::nullopt);
}

TEST(DemoBytesTest, WithoutSamplesThereIsNoFigure) {
  Summary summary;
  AddMeasuredBytes(DeviceBytes{.payload_bytes = 120}, nullptr, 6, &summary);
  EXPECT_EQ(summary.payload_bytes, std::nullopt);
}

}  // namespace
}  // namespace ddnn
