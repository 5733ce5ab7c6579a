#include "tests/e2e/site_under_fault.h"

#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "bench/soak/report.h"
#include "cli/command.h"
#include "tests/e2e/programs.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

void Note(const char* what, std::optional<milliseconds> time) {
  const auto ms = time.value_or(milliseconds(-1)).count();
  ::testing::Test::RecordProperty(what, static_cast<int>(ms));
  std::cout << what << ' ' << ms << '\n';
}

/// What this machine has not, or does not allow; empty = links can be hurt.
std::string WhyNoLinks() {
  if (std::string missing = Links::Missing(); !missing.empty()) return missing;
  const TempFolder folder;
  try {
    const TierNetwork network(folder.path());
  } catch (const CommandError& e) {
    return e.what();
  }
  return "";
}

}  // namespace

SiteUnderFault::SiteUnderFault(SoakOptions options) {
  options.site.programs = BuiltProgram("edge_agent").parent_path();
  Begin(options);
}

void SiteUnderFault::Begin(const SoakOptions& options) {
  if (options.namespaces) {
    if (const std::string why = WhyNoLinks(); !why.empty()) GTEST_SKIP() << why;
  }
  try {
    soak_ = std::make_unique<Soak>(options);
    soak_->Start();
  } catch (const CommandError& e) {
    FAIL() << e.what();
  }
  works_ = true;
}

FaultOutcome SiteUnderFault::Hurt(std::string_view kind) {
  FaultOutcome outcome;
  NoteBegin();
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
  NoteBegin();
  soak_->Await(
      [&action] {
        action();
        return false;
      },
      time);
  ExpectWellAgain();
  Note("pause_ms", soak_->pulse().LongestPauseSince(begin_));
}

void SiteUnderFault::ExpectInTime(const std::function<bool()>& condition,
                                  milliseconds allowed) {
  const Instant from = soak_->Now();
  const int starved = StarvedSeconds();
  EXPECT_TRUE(soak_->Await(condition, Soak::kRecoveryLimit));
  EXPECT_LT(soak_->Now() - from,
            allowed + std::chrono::seconds(StarvedSeconds() - starved));
}

void SiteUnderFault::ExpectWellAgain() {
  ExpectInTime(
      [this, from = soak_->Now()] {
        return soak_->pulse().WellSince(from).has_value();
      },
      kRecoveryAllowed + Pulse::kWell);
}

void SiteUnderFault::ExpectPause(milliseconds most) {
  EXPECT_LT(soak_->pulse().LongestPauseSince(begin_),
            most + std::chrono::seconds(StarvedSeconds()));
}

void SiteUnderFault::ExpectOwnerLeads() {
  ExpectInTime([this] { return soak_->ear().leader() == Site::kOwner; },
               kRecoveryAllowed);
  ExpectWellAgain();
}

std::uint32_t SiteUnderFault::Openings() const {
  return soak_->ear().config()->term - term_;
}

MetricsPage SiteUnderFault::Page(std::string_view agent) const {
  const auto& online = soak_->ear().online();
  const auto at = online.find(agent);
  EXPECT_NE(at, online.end()) << agent;
  if (at == online.end()) return MetricsPage("");
  const std::string& address = at->second.metrics;
  return MetricsPage(
      HttpGet(std::stoi(address.substr(address.rfind(':') + 1)), "/metrics")
          .body);
}

void SiteUnderFault::NoteBegin() {
  begin_ = soak_->Now();
  before_ = soak_->figures();
  term_ = soak_->ear().config()->term;
  starved_seconds_ = soak_->starved_seconds();
}

void SiteUnderFault::ExpectAccounted(const Cost& cost) {
  // Devices do not stop at the same instant.
  const std::uint64_t degraded =
      soak_->figures().not_in_full() - before_.not_in_full();
  const std::uint64_t beside =
      kSamplesPerSecond * static_cast<std::uint64_t>(StarvedSeconds());
  const AuditFigures figures = soak_->Finish();
  EXPECT_GT(figures.answered(), 100U);
  EXPECT_EQ(figures.unaccounted, 0U);
  EXPECT_EQ(figures.duplicates, 0U);
  EXPECT_EQ(figures.unjudged, 0U);
  EXPECT_TRUE(figures.clean());
  EXPECT_LE(figures.covered - before_.covered, cost.covered);
  EXPECT_LE(figures.lost() - before_.lost(), cost.lost + beside);
  EXPECT_LE(degraded, cost.degraded + beside);
  EXPECT_LE(figures.late_answers - before_.late_answers, cost.late + beside);
  EXPECT_LE(figures.repeats - before_.repeats, cost.repeats + beside);
  std::cout << "cost: " << figures.lost() - before_.lost() << " lost, "
            << degraded << " degraded, "
            << figures.late_answers - before_.late_answers << " late, "
            << figures.repeats - before_.repeats << " repeats; "
            << StarvedSeconds() << " starved seconds\n"
            << ToTable(figures);
}

void ExpectHarmless(std::string_view kind, const Cost& cost,
                    SoakOptions options) {
  SiteUnderFault site(std::move(options));
  if (!site.works()) return;
  site.Hurt(kind);
  site.ExpectAccounted(cost);
}

}  // namespace ddnn
