#include "trainer/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr Progress::Clock::time_point kStart{seconds(1000)};

class ProgressTest : public testing::Test {
 protected:
  Progress Make(bool terminal) {
    return Progress(terminal, [this](const std::string& text) {
      printed_ += text;
      ++prints_;
    });
  }
  static ProgressState At(int epoch) {
    return {"choose", epoch, 100, epoch, 200, 1.5, "validation 9/10"};
  }

  std::string printed_;
  int prints_ = 0;
};

TEST_F(ProgressTest, PlainLinesComeEveryFewSeconds) {
  Progress progress = Make(false);
  for (int epoch = 1; epoch <= 20; ++epoch) {
    progress.Show(At(epoch), kStart + seconds(epoch));
  }
  EXPECT_EQ(prints_, 4);  // epochs 1, 6, 11, 16
  EXPECT_THAT(printed_, Not(HasSubstr("\r")));
}

TEST_F(ProgressTest, PlainLineWithoutNewsIsNotRepeated) {
  Progress progress = Make(false);
  for (int i = 0; i <= 20; ++i) {
    progress.ShowBar(0, i < 10 ? "1/2" : "2/2", false, kStart + seconds(i));
  }
  EXPECT_EQ(printed_, "1/2\n2/2\n");
}

TEST_F(ProgressTest, LineHoldsEpochLossValidationAndTimeLeft) {
  Progress progress = Make(false);
  progress.Show(At(1), kStart);
  progress.Show(At(11), kStart + seconds(10));
  EXPECT_THAT(printed_, HasSubstr("choose epoch 11/100"));
  EXPECT_THAT(printed_, HasSubstr("loss 1.500"));
  EXPECT_THAT(printed_, HasSubstr("validation 9/10"));
  EXPECT_THAT(printed_, HasSubstr("189 s left"));
}

TEST_F(ProgressTest, TerminalBarMovesInPlace) {
  Progress progress = Make(true);
  progress.Show(At(1), kStart);
  progress.Show(At(100), kStart + seconds(1));
  EXPECT_THAT(printed_, HasSubstr("[############............]"));
  EXPECT_THAT(printed_, Not(HasSubstr("\n")));
  progress.Say("done");
  EXPECT_THAT(printed_, HasSubstr("\ndone\n"));
}

}  // namespace
}  // namespace ddnn
