#include "tests/e2e/site_under_fault.h"

#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <utility>

#include "bench/soak/report.h"
#include "cli/command.h"
#include "tests/e2e/programs.h"

namespace ddnn {
namespace {

void Note(const char* what, std::optional<milliseconds> time) {
  const auto ms = time.value_or(milliseconds(-1)).count();
  ::testing::Test::RecordProperty(what, static_cast<int>(ms));
  std::cout << what << ' ' << ms << '\n';
}

}  // namespace

SiteUnderFault::SiteUnderFault(SoakOptions options) {
  options.site.programs = BuiltProgram("edge_agent").parent_path();
  Begin(options);
}

void SiteUnderFault::Begin(const SoakOptions& options) {
  try {
    soak_ = std::make_unique<Soak>(options);
  } catch (const CommandError& e) {
    if (options.namespaces) GTEST_SKIP() << e.what();
    FAIL() << e.what();
  }
  try {
    soak_->Start();
  } catch (const CommandError& e) {
    FAIL() << e.what();
  }
  works_ = true;
}

FaultOutcome SiteUnderFault::Hurt(std::string_view kind) {
  FaultOutcome outcome;
  before_ = soak_->figures();
  try {
    outcome = soak_->Inject(*FindFault(kind));
  } catch (const CommandError& e) {
    ADD_FAILURE() << e.what();
    return outcome;
  }
  EXPECT_TRUE(outcome.recovery) << "does not come back";
  EXPECT_TRUE(outcome.InTime());
  Note("recovery_ms", outcome.recovery);
  Note("starved_ms", outcome.starved);
  Note("pause_ms", outcome.pause);
  return outcome;
}

void SiteUnderFault::Trouble(const std::function<void()>& action,
                             milliseconds time) {
  const Instant begin = soak_->Now();
  before_ = soak_->figures();
  soak_->Await(
      [&action] {
        action();
        return false;
      },
      time);
  const Instant end = soak_->Now();
  EXPECT_TRUE(
      soak_->Await([&] { return soak_->pulse().WellSince(end).has_value(); },
                   kRecoveryAllowed + Pulse::kWell));
  Note("pause_ms", soak_->pulse().LongestPauseSince(begin));
}

void SiteUnderFault::ExpectAccounted(const Cost& cost) {
  const AuditFigures figures = soak_->Finish();
  EXPECT_GT(figures.answered(), 100U);
  EXPECT_EQ(figures.unaccounted, 0U);
  EXPECT_EQ(figures.duplicates, 0U);
  EXPECT_EQ(figures.unjudged, 0U);
  EXPECT_TRUE(figures.clean());
  EXPECT_LE(figures.covered - before_.covered, cost.covered);
  EXPECT_LE(figures.lost() - before_.lost(), cost.lost);
  std::cout << ToTable(figures);
}

void ExpectHarmless(std::string_view kind, const Cost& cost,
                    SoakOptions options) {
  SiteUnderFault site(std::move(options));
  if (!site.works()) return;
  site.Hurt(kind);
  site.ExpectAccounted(cost);
}

}  // namespace ddnn
