#include "core/base/boot_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "core/base/file.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr Instant kNow{seconds(1'800'000'000)};
constexpr std::uint32_t kSeconds = 1'800'000'000;

class BootCounterTest : public ::testing::Test {
 protected:
  std::uint32_t Count(Instant now = kNow) const {
    return CountBoot(folder_.path(), "cam-0", now);
  }
  std::filesystem::path File() const { return folder_ / "cam-0.boot.json"; }
  void Store(const std::string& content) const {
    ASSERT_TRUE(WriteFileAtomically(File(), content).ok());
  }

  const TempFolder folder_;
};

TEST_F(BootCounterTest, FirstBootIsUnixSeconds) {
  EXPECT_EQ(Count(), kSeconds);
}

TEST_F(BootCounterTest, LaterBootIsUnixSecondsToo) {
  Count();
  EXPECT_EQ(Count(kNow + seconds(60)), kSeconds + 60);
}

TEST_F(BootCounterTest, SecondBootWithinASecondIsAnother) {
  Count();
  EXPECT_EQ(Count(), kSeconds + 1);
}

TEST_F(BootCounterTest, ClockThatWasSetBackDoesNotSetItBack) {
  Count();
  EXPECT_EQ(Count(kNow - seconds(86'400)), kSeconds + 1);
  EXPECT_EQ(Count(kNow - seconds(86'400)), kSeconds + 2);
}

TEST_F(BootCounterTest, AgentsInOneFolderCountByThemselves) {
  Count();
  EXPECT_EQ(CountBoot(folder_.path(), "cam-1", kNow), kSeconds);
}

TEST_F(BootCounterTest, LostFileMeansUnixSeconds) {
  Count(kNow + seconds(60));
  std::filesystem::remove(File());
  EXPECT_EQ(Count(), kSeconds);
}

TEST_F(BootCounterTest, FileThatMakesNoSenseMeansUnixSecondsAndIsReplaced) {
  for (const char* garbage :
       {"", "\xff\xfe", "[1]", "7", "{}", R"({"boot":"8"})", R"({"boot":-1})",
        R"({"boot":1.5})", R"({"boot":99999999999})", R"({"boot":)"}) {
    Store(garbage);
    EXPECT_EQ(Count(), kSeconds) << garbage;
    EXPECT_EQ(Count(), kSeconds + 1) << garbage;
  }
  Store(std::string(100'000, ' '));
  EXPECT_EQ(Count(), kSeconds);
}

TEST_F(BootCounterTest, NumberThatCannotGrowStartsAgain) {
  Store(R"({"v":1,"boot":4294967294})");
  EXPECT_EQ(Count(), 4294967295U);
  EXPECT_EQ(Count(), kSeconds);
}

TEST_F(BootCounterTest, FileThatCannotBeReplacedIsDoneWithout) {
  std::filesystem::create_directory(File());
  EXPECT_EQ(Count(), kSeconds);
}

TEST_F(BootCounterTest, FolderThatIsNoneNamesKeyAndRemedy) {
  Store("a file");
  for (const auto& folder : {folder_ / "none", File()}) {
    try {
      CountBoot(folder, "cam-0", kNow);
      ADD_FAILURE() << folder;
    } catch (const ConfigError& e) {
      EXPECT_THAT(e.what(), HasSubstr("state_dir = '" + folder.string()));
      EXPECT_THAT(e.what(), HasSubstr("leave the key out"));
    }
  }
}

TEST_F(BootCounterTest, WithoutAFolderNothingIsKept) {
  EXPECT_EQ(CountBoot({}, "cam-0", kNow), kSeconds);
  EXPECT_EQ(CountBoot({}, "cam-0", kNow), kSeconds);
}

std::filesystem::path DefaultWith(const char* environment) {
  if (environment != nullptr) ::setenv("STATE_DIRECTORY", environment, 1);
  ConfigTable table;
  std::filesystem::path folder;
  AddStateDirKey(&table, &folder);
  ::unsetenv("STATE_DIRECTORY");
  return folder;
}

TEST(StateDirKeyTest, DefaultIsTheFirstFolderThatSystemdNames) {
  EXPECT_EQ(DefaultWith("/var/lib/ddnn"), "/var/lib/ddnn");
  EXPECT_EQ(DefaultWith("/var/lib/ddnn:/var/lib/more"), "/var/lib/ddnn");
  EXPECT_EQ(DefaultWith(""), "");
  EXPECT_EQ(DefaultWith(nullptr), "");
}

TEST(StateDirKeyTest, TheKeyWinsOverTheEnvironment) {
  ConfigTable table;
  std::filesystem::path folder = "/elsewhere";
  AddStateDirKey(&table, &folder);
  table.Set("state_dir=/var/lib/yard");
  EXPECT_EQ(folder, "/var/lib/yard");
}

}  // namespace
}  // namespace ddnn
