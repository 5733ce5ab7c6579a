#include "cli/serve/live_page.h"

#include <thread>

#include "tests/unit/cli/serve/page_fixture.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LivePageTest : public PageFixture {
 protected:
  LivePageTest() { page_.OnTime(now_); }

  std::uint64_t Version() {
    const auto update = page_.Await("", 0);
    return update ? update->version : 0;
  }

  std::vector<std::string> told_;
  LivePage page_{{.network = &network_},
                 [this](const std::string& line) { told_.push_back(line); }};
};

TEST_F(LivePageTest, NewsComesAtMostEveryPeriod) {
  const std::uint64_t first = Version();
  for (int i = 0; i < 100; ++i) {
    now_ += milliseconds(1);
    page_.OnEvent(ConfigMessage(), now_);
  }
  EXPECT_EQ(Version(), first);
  EXPECT_EQ(page_.NextDeadline(), kStart + LivePage::kPeriod);
  now_ = *page_.NextDeadline();
  page_.OnTime(now_);
  EXPECT_EQ(Version(), first + 1);
}

TEST_F(LivePageTest, WithoutNewsItStillSpeaksEverySecond) {
  const std::uint64_t first = Version();
  EXPECT_EQ(page_.NextDeadline(), kStart + LivePage::kLongestSilence);
  page_.OnTime(kStart + milliseconds(999));
  EXPECT_EQ(Version(), first);
  page_.OnTime(kStart + milliseconds(1000));
  EXPECT_EQ(Version(), first + 1);
}

TEST_F(LivePageTest, AClockSetBackDoesNotSilenceIt) {
  const std::uint64_t first = Version();
  page_.OnTime(kStart - std::chrono::hours(1));
  EXPECT_EQ(Version(), first + 1);
}

TEST_F(LivePageTest, WhoeverWaitsGetsTheStateAsItIsThen) {
  page_.OnEvent(ConfigMessage(), now_);
  page_.OnTime(now_ + LivePage::kPeriod);
  const auto update = page_.Await("yard/gate", 1);
  ASSERT_TRUE(update);
  EXPECT_EQ(update->version, 2U);
  EXPECT_EQ(nlohmann::json::parse(update->json)["group"], "yard/gate");
}

TEST_F(LivePageTest, TheBrokersComingAndGoingIsShown) {
  page_.OnEvent(BusConnected{}, now_);
  EXPECT_TRUE(
      nlohmann::json::parse(page_.Await("", 0)->json)["broker_connected"]);
  page_.OnEvent(BusDisconnected{.reason = "cut"}, now_);
  EXPECT_FALSE(
      nlohmann::json::parse(page_.Await("", 0)->json)["broker_connected"]);
  EXPECT_FALSE(page_.gave_up());
}

TEST_F(LivePageTest, TheOperatorIsToldOnceThatTheBrokerWentAndThatItIsBack) {
  page_.OnEvent(BusConnected{}, now_);
  EXPECT_THAT(told_, IsEmpty());
  for (int i = 0; i < 5; ++i) {
    page_.OnEvent(BusDisconnected{.reason = "cut"}, now_);
  }
  EXPECT_THAT(told_, ElementsAre(HasSubstr("cut")));
  page_.OnEvent(BusConnected{}, now_);
  EXPECT_THAT(told_, SizeIs(2));
}

TEST_F(LivePageTest, TheOperatorIsToldOnceThatAGroupRunsAnotherNetwork) {
  page_.OnEvent(ConfigMessage(), now_);
  EXPECT_THAT(told_, IsEmpty());
  GroupConfig other;
  other.bundle_tag = 0xabcdef;
  other.devices = 2;
  other.classes = network_.bundle().classes;
  for (int i = 0; i < 2; ++i) {
    page_.OnEvent(BusMessage{topics_.Config(), EncodeGroupConfig(other), true},
                  now_);
  }
  EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("yard/gate"),
                                       HasSubstr("tag 00abcdef"))));
}

TEST_F(LivePageTest, ItGivesUpIfTheBrokerRefusesItForGood) {
  page_.OnEvent(BusDisconnected{.reason = "login", .final = true}, now_);
  EXPECT_TRUE(page_.gave_up());
  EXPECT_EQ(page_.refusal(), "login");
}

TEST_F(LivePageTest, ClosingEndsEveryWait) {
  std::thread waiter([this] { EXPECT_FALSE(page_.Await("", Version() + 9)); });
  page_.Close();
  waiter.join();
}

}  // namespace
}  // namespace ddnn
