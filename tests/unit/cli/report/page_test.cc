#include "cli/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/report/charts.h"
#include "cli/report/svg.h"

namespace ddnn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

RunFigures Example() {
  RunFigures run;
  run.title = "yard/gate";
  run.source = "a test";
  run.start_s = 1'700'000'000;
  run.seconds = 10;
  run.devices = 2;
  run.outcomes = {6, 2, 1, 1, 2};
  run.losses = {{"late", 2}};
  run.interval_s = 5;
  run.intervals = {{{6, 0, 0, 0, 2}, {5, 8}}, {{0, 2, 1, 1, 0}, {3, 4}}};
  run.right = {8, 12};
  run.by_class = {{"car", {5, 6}}, {"person", {3, 6}}};
  run.confusion = {{5, 0, 1}, {2, 3, 1}};
  run.latency = {{1, 2, {6, 0, 0, 0, 0}}, {2, 4, {0, 2, 1, 1, 0}}};
  run.all_latency_ms = {1.5, 3.0, 3.9};
  run.bytes = {{"raw", 3072, true, "pixels"}, {"mqtt", 48, false, "packets"}};
  RunFigures::Agent agent;
  agent.name = "pi0";
  agent.tier = "device";
  agent.device = 0;
  agent.stretches = {{0, 8, RunFigures::Presence::kThere},
                     {8, 10, RunFigures::Presence::kGone}};
  run.agents = {agent};
  return run;
}

/// Every chart of the run.
std::vector<std::string> Charts(const RunFigures& run) {
  return {ExitsChart(run),   AccuracyChart(run),     BytesChart(run),
          LatencyChart(run), AvailabilityChart(run), ConfusionChart(run)};
}

/// The elements that are open where the text ends, or what is wrong with it:
/// empty for whole XML.
std::string Unclosed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = xml.find('<'); at != std::string::npos;
       at = xml.find('<', at + 1)) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return "a tag without end";
    const std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push_back(tag.substr(0, tag.find(' ')));
    } else if (open.empty() || open.back() != tag.substr(1)) {
      return tag + " closes nothing";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

nlohmann::json FiguresIn(const std::string& page) {
  const std::string start = "id=\"figures\">";
  const std::size_t from = page.find(start) + start.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>") - from),
                               nullptr, false);
}

TEST(PageTest, NeedsNothingElse) {
  const std::string page = ReportPage(Example(), 1'700'000'100);
  for (const char* link : {"src=", "href=", "url(", "@import", "http:"}) {
    EXPECT_THAT(page, Not(HasSubstr(link)));
  }
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(page, HasSubstr("@media print"));
  EXPECT_THAT(page, HasSubstr("name=\"viewport\""));
}

TEST(PageTest, ShowsTheFigures) {
  const std::string page = ReportPage(Example(), 1'700'000'100);
  EXPECT_THAT(page, HasSubstr("<h1>yard/gate</h1>"));
  EXPECT_THAT(page, HasSubstr("2023-11-14 22:13:20 UTC"));
  EXPECT_THAT(page, HasSubstr("8 of 12 right"));
  EXPECT_THAT(page, HasSubstr("Lost: 2 late"));
  EXPECT_THAT(page, HasSubstr("64× less than raw pixels"));
}

TEST(PageTest, SaysOfHowManyTheTruthIsKnown) {
  RunFigures run = Example();
  run.right = {8, 9};
  EXPECT_THAT(ReportPage(run, 0), HasSubstr("8 of 9 labelled samples right"));
  run.by_class.push_back({"bus", {0, 1}});
  EXPECT_THAT(ReportPage(run, 0), HasSubstr("balanced (car, person) "));
}

TEST(PageTest, FiguresForProgramsSumUp) {
  const auto figures = FiguresIn(ReportPage(Example(), 0));
  EXPECT_EQ(figures["samples"], 12);
  EXPECT_EQ(figures["results"], 10);
  EXPECT_EQ(figures["lost"], 2);
  EXPECT_EQ(figures["outcomes"]["fallback"], 1);
  EXPECT_EQ(figures["bytes"]["mqtt"], 48);
  EXPECT_DOUBLE_EQ(figures["accuracy"]["balanced"], (5 / 6.0 + 0.5) / 2);
}

TEST(PageTest, NamesCannotBecomeMarkup) {
  RunFigures run = Example();
  const std::string evil = "</script><img src=x onerror=alert(1)>\"'&";
  run.title = run.source = run.input = run.network = evil;
  run.by_class[0].first = evil;
  run.agents[0].name = run.agents[0].camera = evil;
  run.losses = {{evil, 1}};
  run.notes = {evil};
  const std::string page = ReportPage(run, 0);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_EQ(FiguresIn(page)["title"], evil);
  for (const auto& chart : Charts(run)) EXPECT_EQ(Unclosed(chart), "");
}

TEST(PageTest, OddUtf8IsNoTrouble) {
  RunFigures run = Example();
  run.title = "\xff\xfe caf\xc3\xa9";
  run.by_class[0].first = "\xc3";
  EXPECT_FALSE(FiguresIn(ReportPage(run, 0)).is_discarded());
}

TEST(ChartsTest, AreWhole) {
  for (const auto& chart : Charts(Example())) {
    EXPECT_THAT(chart, HasSubstr("<svg"));
    EXPECT_EQ(Unclosed(chart), "");
    EXPECT_THAT(chart, Not(HasSubstr("nan")));
    EXPECT_THAT(chart, Not(HasSubstr("inf")));
  }
}

TEST(ChartsTest, NothingGivesNoPicture) {
  for (const auto& chart : Charts(RunFigures{})) EXPECT_THAT(chart, IsEmpty());
  EXPECT_THAT(ReportPage(RunFigures{}, 0), Not(HasSubstr("nan")));
}

TEST(ChartsTest, ARunOfNoLengthAndManyClassesAreDrawn) {
  RunFigures run = Example();
  run.seconds = 0;
  run.intervals.resize(1);
  run.latency.resize(1);
  run.by_class.assign(64, {"a class with a very long name indeed", {1, 1}});
  run.confusion.assign(64, std::vector<std::int64_t>(65, 1));
  for (const auto& chart : Charts(run)) {
    EXPECT_EQ(Unclosed(chart), "");
    EXPECT_THAT(chart, Not(HasSubstr("nan")));
  }
}

TEST(SvgTest, TextIsEscapedAndShortenedWhole) {
  EXPECT_EQ(Escaped("<a b='\"'>&\x01"), "&lt;a b=&#39;&quot;&#39;&gt;&amp; ");
  EXPECT_EQ(Shortened("person", 6), "person");
  EXPECT_EQ(Shortened("persons", 6), "perso…");
  EXPECT_EQ(Shortened("ééééé", 3), "éé…");
}

}  // namespace
}  // namespace ddnn
