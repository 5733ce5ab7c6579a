#include "cli/bundle_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/demo.h"
#include "core/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

TEST(DescribeBundleTest, TextNamesTreeShapesAndExits) {
  const std::string text = DescribeBundle(TinyBundle(1));
  EXPECT_THAT(text, HasSubstr("classes    car, person"));
  EXPECT_THAT(text, HasSubstr("camera cam1"));
  EXPECT_THAT(text, HasSubstr("ConvP 3->4 /2, FC 1024->2"));
  EXPECT_THAT(text, HasSubstr("map 4x16x16, 128 bytes"));
  EXPECT_THAT(text, HasSubstr("CC of device0 device1"));
  EXPECT_THAT(text, HasSubstr("local"));
  EXPECT_THAT(text, HasSubstr("\"data\": \"random\""));
}

TEST(DescribeBundleTest, JsonHoldsEverySectionAndExit) {
  const auto json = nlohmann::json::parse(DescribeBundleJson(TinyBundle(1)));
  EXPECT_EQ(json["nodes"].size(), 4U);
  EXPECT_EQ(json["nodes"][0]["camera"], "cam0");
  EXPECT_EQ(json["nodes"][0]["output"]["bytes"], 128);
  EXPECT_EQ(json["nodes"][2]["tier"], "edge");
  EXPECT_EQ(json["exits"].size(), 3U);
  EXPECT_EQ(json["exits"][0]["exit"], "local");
  EXPECT_EQ(json["training_record"]["data"], "random");
}

TEST(DescribeBundleTest, ATrainingRecordThatIsNoJsonIsShownAsText) {
  Bundle bundle = TinyBundle();
  bundle.training_record = "by hand";
  const auto json = nlohmann::json::parse(DescribeBundleJson(bundle));
  EXPECT_EQ(json["training_record"], "by hand");
}

TEST(VerifyBundleTest, AGoodBundleIsOk) {
  const TempFolder folder;
  ASSERT_TRUE(WriteBundle(TinyBundle(), folder / "good.ddnn").ok());
  EXPECT_EQ(VerifyBundle(folder / "good.ddnn"), kExitOk);
}

TEST(VerifyBundleTest, ABadOrMissingBundleIsBadData) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "bad.ddnn", "no bundle").ok());
  for (const char* name : {"bad.ddnn", "missing.ddnn"}) {
    try {
      VerifyBundle(folder / name);
      ADD_FAILURE() << name;
    } catch (const CommandError& e) {
      EXPECT_EQ(e.code(), kExitData);
      EXPECT_THAT(e.what(), HasSubstr(name));
    }
  }
}

}  // namespace
}  // namespace ddnn
