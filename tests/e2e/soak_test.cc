// A minute of random faults.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/programs.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

TEST(SoakTest, AMinuteOfFaultsLosesNothing) {
  const TempFolder folder;
  const auto file = (folder / "json").string();
  const auto temporary = folder / "no: plain #1";  // to YAML
  std::filesystem::create_directory(temporary);
  auto process =
      ChildProcess::Start("soak",
                          {"/usr/bin/env", "TMPDIR=" + temporary.string(),
                           BuiltProgram("soak").string(), "--seconds", "60",
                           "--seed", "7", "--standby", "--json", file},
                          folder / "log");
  ASSERT_TRUE(process.ok());
  ASSERT_TRUE(process->WaitFor(milliseconds(170'000))) << Slurp(folder / "log");
  EXPECT_EQ(process->exit_code(), 0) << Slurp(folder / "log");
  const auto json = nlohmann::json::parse(Slurp(file));
  EXPECT_GE(json["faults"].size(), 3U);
  EXPECT_GT(json["audit"]["answered"], 1000);
}

}  // namespace
}  // namespace ddnn
