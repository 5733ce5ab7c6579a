#include "cli/live_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace ddnn {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

DemoProgress Halfway() {
  DemoProgress progress;
  progress.phase = "running";
  progress.expected = 100;
  progress.scores.results = 50;
  progress.scores.correct = 40;
  progress.scores.exits = {30, 0, 20};
  progress.scores.content_bytes = 6000;
  progress.results_per_s = 412.3;
  progress.devices = 6;
  progress.devices_online = 5;
  progress.jpeg_bytes = 700;
  return progress;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

TEST(RenderTest, LinesShowProgressSharesAccuracyAndBytes) {
  const std::string text = Joined(RenderLines(Halfway()));
  EXPECT_THAT(text, HasSubstr("50/100"));
  EXPECT_THAT(text, HasSubstr("412.3 results/s"));
  EXPECT_THAT(text, HasSubstr("local 60.0 %"));
  EXPECT_THAT(text, HasSubstr("right 0.8000"));
  EXPECT_THAT(text, HasSubstr("content 20.0   as JPEG 700.0   raw 3072"));
  EXPECT_THAT(text, HasSubstr("devices 5/6"));
}

TEST(RenderTest, NothingAnsweredYetIsNoDivisionByZero) {
  const std::string text = RenderPlain(DemoProgress{});
  EXPECT_THAT(text, HasSubstr("0 samples"));
  EXPECT_THAT(text, HasSubstr("right -"));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(LiveViewTest, OffATerminalItPrintsPlainLinesWithoutEscapes) {
  std::ostringstream out;
  {
    LiveView view(&out, false, 80);
    view.Update(Halfway(), LiveView::TimePoint(std::chrono::hours(1)));
    view.Clear();
  }
  EXPECT_THAT(out.str(), EndsWith("devices 5/6\n"));
  EXPECT_THAT(out.str(), Not(HasSubstr("\x1b")));
}

TEST(RenderTest, ARunWithoutAnEndShowsNoTotal) {
  DemoProgress progress = Halfway();
  progress.expected = 0;
  EXPECT_THAT(Joined(RenderLines(progress)), HasSubstr("samples   50   412.3"));
  EXPECT_THAT(RenderPlain(progress), HasSubstr(": 50 samples,"));
}

TEST(LiveViewTest, OffATerminalALineComesEveryTenSeconds) {
  std::ostringstream out;
  LiveView view(&out, false, 80);
  const LiveView::TimePoint start(std::chrono::hours(1));
  for (int ms = 0; ms < 20'000; ms += 500) {
    view.Update(Halfway(), start + std::chrono::milliseconds(ms));
  }
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST(LiveViewTest, ANewPhaseIsShownAtOnce) {
  std::ostringstream out;
  LiveView view(&out, false, 80);
  DemoProgress progress = Halfway();
  progress.phase = "starting";
  const LiveView::TimePoint start(std::chrono::hours(1));
  view.Update(progress, start);
  progress.phase = "running";
  view.Update(progress, start + std::chrono::milliseconds(100));
  EXPECT_THAT(out.str(), HasSubstr("\nrunning "));
}

TEST(LiveViewTest, ATerminalIsRedrawnInPlaceAndGetsItsCursorBack) {
  std::ostringstream out;
  {
    LiveView view(&out, true, 80);
    view.Draw(Halfway());
    view.Draw(Halfway());
  }
  EXPECT_THAT(out.str(), HasSubstr("\x1b[5A\x1b[J"));
  EXPECT_THAT(out.str(), HasSubstr("\x1b[?25l"));
  EXPECT_THAT(out.str(), EndsWith("\x1b[?25h"));
}

TEST(LiveViewTest, NoLineIsWiderThanTheTerminal) {
  std::ostringstream out;
  LiveView view(&out, true, 20);
  view.Draw(Halfway());
  std::istringstream lines(out.str().substr(6));  // without the hidden cursor
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 20U) << line;
  }
}

}  // namespace
}  // namespace ddnn
