#include "cli/demo_opening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class DemoOpeningTest : public ::testing::Test {
 protected:
  std::string Text() const {
    const DemoSetup setup{.broker_url = "mqtt://127.0.0.1:1",
                          .bundle = "/f/network.ddnn",
                          .tree = Tree::Of(tiny_.bundle),
                          .tree_file = {},
                          .dataset = {},
                          .split = {}};
    return DemoOpening(options_, tiny_.bundle, tiny_.replay, setup, "/f");
  }

  TinyReplay tiny_;
  DemoOptions options_;
};

TEST_F(DemoOpeningTest, ItSaysHowManyThingsAreShown) {
  EXPECT_THAT(Text(), StartsWith("4 things of "));
  EXPECT_THAT(Text(), Not(HasSubstr("sight")));
}

TEST_F(DemoOpeningTest, ItHasTheCommandOfTheLivePage) {
  EXPECT_THAT(Text(), EndsWith("ddnn serve --broker mqtt://127.0.0.1:1 "
                               "--bundle /f/network.ddnn\n"));
}

TEST_F(DemoOpeningTest, ARunWithoutAnEndSaysSo) {
  options_.endless = true;
  EXPECT_THAT(Text(), HasSubstr("until Ctrl-C"));
  EXPECT_THAT(Text(), Not(HasSubstr("4 things of")));
}

TEST(StreetLookTest, OffATerminalItIsOneLine) {
  std::ostringstream out;
  {
    StreetLook look(&out, false, 2, 300);
    look.Update(50, 100);
  }
  EXPECT_EQ(out.str(), "looking at 300 things of street 2\n");
}

TEST(StreetLookTest, OnATerminalItShowsHowFarAndGoesAway) {
  std::ostringstream out;
  {
    StreetLook look(&out, true, 2, 300);
    look.Update(50, 100);
  }
  EXPECT_THAT(out.str(), HasSubstr("street 2: 50 %"));
  EXPECT_THAT(out.str(), EndsWith("\r\x1b[K"));
}

}  // namespace
}  // namespace ddnn
