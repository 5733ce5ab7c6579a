#include "cli/audit/audit_figures.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <string_view>

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kStatuses{ResultStatus::kOk, ResultStatus::kDegraded,
                               ResultStatus::kFallback};

std::uint64_t ResultsOf(const AuditFigures& figures, Tier exit,
                        ResultStatus status) {
  return figures.results[static_cast<std::size_t>(exit)]
                        [static_cast<std::size_t>(status)];
}

std::string Row(std::string_view title, std::uint64_t count,
                std::string_view remark = {}) {
  std::string row = fmt::format("{:<22}{:>9}", title, count);
  if (!remark.empty()) row += fmt::format("  {}", remark);
  return row + '\n';
}

/// "" unless it happened.
std::string RowIfAny(std::string_view title, std::uint64_t count,
                     std::string_view remark) {
  return count == 0 ? std::string() : Row(title, count, remark);
}

std::string ResultRows(const AuditFigures& figures) {
  std::string text = Row("results", figures.answered());
  for (const Tier exit : kTiers) {
    for (const ResultStatus status : kStatuses) {
      text += RowIfAny(fmt::format("  {} {}", ExitName(exit), Name(status)),
                       ResultsOf(figures, exit, status), {});
    }
  }
  text += RowIfAny("  late", figures.late_answers,
                   "beyond the last deadline, whatever kept them");
  return text;
}

}  // namespace

std::uint64_t AuditFigures::answered() const {
  std::uint64_t sum = 0;
  for (const auto& by_status : results) {
    sum = std::accumulate(by_status.begin(), by_status.end(), sum);
  }
  return sum;
}

std::uint64_t AuditFigures::not_in_full() const {
  std::uint64_t sum = 0;
  for (const Tier exit : kTiers) {
    sum += ResultsOf(*this, exit, ResultStatus::kDegraded) +
           ResultsOf(*this, exit, ResultStatus::kFallback);
  }
  return sum;
}

std::uint64_t AuditFigures::lost() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : losses) sum += count;
  return sum;
}

std::string Verdict(const AuditFigures& figures) {
  if (!figures.clean()) return "NOT CLEAN";
  if (figures.mentioned == 0) return "clean, but no sample was mentioned";
  if (figures.unjudged == 0) return "clean";
  return fmt::format("clean, but of {} samples it cannot be said",
                     figures.unjudged);
}

std::string ToTable(const AuditFigures& figures) {
  std::string text = Row("samples mentioned", figures.mentioned);
  text += ResultRows(figures);
  text += Row("losses", figures.lost());
  for (const auto& [reason, count] : figures.losses) {
    text += Row("  " + reason, count);
  }
  text += Row("covered by ranges", figures.covered,
              fmt::format("in {} range losses", figures.range_losses));
  text += RowIfAny("in flight", figures.in_flight, "mentioned just now");
  text += Row("repeats, flagged", figures.repeats);
  text += RowIfAny("  from other views", figures.repeats_other_views,
                   "or another exit: an answer of its own");
  text += Row("repeats that differ", figures.repeats_differ);
  text += Row("duplicates, unflagged", figures.duplicates);
  text += Row("unaccounted", figures.unaccounted);
  text += Row("unexpected", figures.unexpected);
  text += RowIfAny("forgotten", figures.forgotten,
                   "events of samples judged long ago");
  text += RowIfAny("unjudged", figures.unjudged,
                   "the auditor was not there all the while");
  text +=
      RowIfAny("foreign messages", figures.foreign, "scores of another bundle");
  text += RowIfAny("implausible", figures.implausible,
                   "mentions of ticks far ahead");
  text += fmt::format("{:<22}{:>9} ms\n", "longest pause",
                      figures.longest_pause.count());
  return text + Verdict(figures) + '\n';
}

std::string ToJson(const AuditFigures& figures) {
  Json results = Json::object();
  for (const Tier exit : kTiers) {
    for (const ResultStatus status : kStatuses) {
      results[std::string(ExitName(exit))][std::string(Name(status))] =
          ResultsOf(figures, exit, status);
    }
  }
  const Json json{
      {"clean", figures.clean()},
      {"mentioned", figures.mentioned},
      {"answered", figures.answered()},
      {"results", results},
      {"late_answers", figures.late_answers},
      {"lost", figures.lost()},
      {"losses", figures.losses},
      {"covered", figures.covered},
      {"range_losses", figures.range_losses},
      {"in_flight", figures.in_flight},
      {"repeats", figures.repeats},
      {"repeats_other_views", figures.repeats_other_views},
      {"repeats_differ", figures.repeats_differ},
      {"duplicates", figures.duplicates},
      {"unaccounted", figures.unaccounted},
      {"unexpected", figures.unexpected},
      {"unjudged", figures.unjudged},
      {"forgotten", figures.forgotten},
      {"implausible", figures.implausible},
      {"foreign", figures.foreign},
      {"schedules", figures.schedules},
      {"longest_pause_ms", figures.longest_pause.count()},
  };
  return json.dump(2) + '\n';
}

}  // namespace ddnn
