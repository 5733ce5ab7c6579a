#include <gtest/gtest.h>
#include <sys/mount.h>

#include "core/base/boot_counter.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

TEST(ReadOnlyStateTest, AnAgentCanDoWithout) {
  constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};
  const TempFolder folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", MS_RDONLY, "") != 0) {
    GTEST_SKIP() << "needs the right to mount";
  }
  EXPECT_EQ(CountBoot(folder.path(), "cam-0", kNow), 1'800'000'000U);
  EXPECT_EQ(::umount(folder.path().c_str()), 0);
}

}  // namespace
}  // namespace ddnn
