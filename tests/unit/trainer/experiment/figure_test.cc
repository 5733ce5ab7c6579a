#include "trainer/experiment/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

TEST(FigureScriptTest, DrawsBothFormats) {
  const std::string script = FigureScript("x", "plot 1\n");
  EXPECT_THAT(script, HasSubstr("\"svg png\""));
  EXPECT_THAT(script, HasSubstr("set output \"x.\".format\nplot 1\n}"));
}

TEST(DrawFigureTest, WithoutGnuplotTheScriptIsLeftAndThePackageNamed) {
  TempFolder folder;
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const std::string path = ::getenv("PATH");
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs.
  ::setenv("PATH", folder.path().c_str(), 1);
  const auto drawn = DrawFigure(folder.path(), "x", "plot 1\n");
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(drawn.ok());
  EXPECT_EQ(drawn.error(), Error::kNotFound);
  EXPECT_THAT(drawn.message(), HasSubstr("gnuplot-nox"));
  EXPECT_TRUE(std::filesystem::exists(folder / "x.gp"));
}

TEST(DrawFigureTest, FolderThatIsNotThereIsNamed) {
  const auto drawn = DrawFigure("/nowhere", "x", "plot 1\n");
  EXPECT_EQ(drawn.error(), Error::kUnreadable);
}

}  // namespace
}  // namespace ddnn
