#include "bench/soak/report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

/// The faults of one kind.
struct KindFigures {
  int times = 0;
  int unrecovered = 0;
  milliseconds recovery{};  // the longest
  milliseconds pause{};     // the longest
  double cpu_percent = 0;   // the most
  std::uint64_t degraded = 0;
  std::uint64_t lost = 0;
  std::uint64_t covered = 0;
  std::uint64_t repeats = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t unaccounted = 0;
};

std::map<std::string_view, KindFigures> ByKind(const SoakReport& report) {
  std::map<std::string_view, KindFigures> kinds;
  for (const FaultOutcome& fault : report.faults) {
    KindFigures& kind = kinds[fault.kind->name];
    const AuditFigures& before = fault.before;
    const AuditFigures& after = fault.after;
    ++kind.times;
    kind.unrecovered += fault.recovery ? 0 : 1;
    kind.recovery =
        std::max(kind.recovery, fault.recovery.value_or(milliseconds(0)));
    kind.pause = std::max(kind.pause, fault.pause);
    kind.cpu_percent = std::max(kind.cpu_percent, fault.cpu_percent);
    kind.degraded += after.not_in_full() - before.not_in_full();
    kind.lost += after.lost() - before.lost();
    kind.covered += after.covered - before.covered;
    kind.repeats += after.repeats - before.repeats;
    kind.duplicates += after.duplicates - before.duplicates;
    kind.unaccounted += after.unaccounted - before.unaccounted;
  }
  return kinds;
}

std::string RecoveryOf(const KindFigures& kind) {
  return kind.unrecovered > 0 ? "never"
                              : fmt::format("{}", kind.recovery.count());
}

std::string FaultTable(const SoakReport& report) {
  std::string text = fmt::format(
      "{:<20}{:>6}{:>13}{:>10}{:>7}{:>10}{:>6}{:>9}{:>9}{:>12}"
      "{:>13}\n",
      "fault", "times", "recovery ms", "pause ms", "CPU %", "degraded", "lost",
      "covered", "repeats", "duplicates", "unaccounted");
  for (const auto& [name, kind] : ByKind(report)) {
    text += fmt::format(
        "{:<20}{:>6}{:>13}{:>10}{:>7.0f}{:>10}{:>6}{:>9}{:>9}{:>12}{:>13}\n",
        name, kind.times, RecoveryOf(kind), kind.pause.count(),
        kind.cpu_percent, kind.degraded, kind.lost, kind.covered, kind.repeats,
        kind.duplicates, kind.unaccounted);
  }
  return text;
}

std::string MemoryTable(const SoakReport& report) {
  std::string text =
      fmt::format("{:<12}{:>11}{:>13}{:>10}{:>15}\n", "process", "first MiB",
                  "largest MiB", "last MiB", "busiest CPU %");
  for (const MemoryWatch::Figures& process : report.memory) {
    text += fmt::format("{:<12}{:>11.1f}{:>13.1f}{:>10.1f}{:>15.0f}\n",
                        process.name, process.first_mib, process.largest_mib,
                        process.last_mib, process.cpu_percent);
  }
  return text;
}

Json FaultsJson(const SoakReport& report) {
  Json faults = Json::array();
  for (const FaultOutcome& fault : report.faults) {
    faults.push_back(
        {{"fault", fault.kind->name},
         {"whom", fault.whom},
         {"lasted_ms", fault.lasted.count()},
         {"recovery_ms",
          fault.recovery ? Json(fault.recovery->count()) : Json(nullptr)},
         {"starved_ms", fault.starved.count()},
         {"pause_ms", fault.pause.count()},
         {"cpu_percent", fault.cpu_percent},
         {"degraded", fault.after.not_in_full() - fault.before.not_in_full()},
         {"lost", fault.after.lost() - fault.before.lost()},
         {"covered", fault.after.covered - fault.before.covered},
         {"repeats", fault.after.repeats - fault.before.repeats},
         {"duplicates", fault.after.duplicates - fault.before.duplicates},
         {"unaccounted", fault.after.unaccounted - fault.before.unaccounted}});
  }
  return faults;
}

}  // namespace

std::vector<std::string> SoakReport::Complaints() const {
  std::vector<std::string> all;
  if (Verdict(audit) != "clean") {
    all.push_back("the audit's verdict is: " + Verdict(audit));
  }
  for (const FaultOutcome& fault : faults) {
    const std::string_view name = fault.kind->name;
    if (!fault.InTime()) {
      all.push_back(fmt::format("{}: not back within {} ms", name,
                                kRecoveryAllowed.count()));
    }
    if (fault.cpu_percent > kMostCpuPercent) {
      all.push_back(fmt::format("{}: a process used {:.0f} % of a core", name,
                                fault.cpu_percent));
    }
  }
  for (const MemoryWatch::Figures& process : memory) {
    if (process.name != Name(Site::Role::kBroker) &&
        process.seconds >= kJudgedAfterS &&
        process.largest_mib > std::max(most_growth * process.first_mib,
                                       process.first_mib + kBurstMib)) {
      all.push_back(fmt::format("{}: memory grew from {:.1f} to {:.1f} MiB",
                                process.name, process.first_mib,
                                process.largest_mib));
    }
  }
  return all;
}

std::string ToTable(const SoakReport& report) {
  std::string text =
      fmt::format("{:.0f} s, seed {}\n\n", report.seconds, report.seed) +
      FaultTable(report) + '\n' + MemoryTable(report) + '\n' +
      ToTable(report.audit);
  for (const std::string& complaint : report.Complaints()) {
    text += fmt::format("soak NOT CLEAN: {}\n", complaint);
  }
  return text;
}

std::string ToJson(const SoakReport& report) {
  Json memory = Json::array();
  for (const MemoryWatch::Figures& process : report.memory) {
    memory.push_back({{"process", process.name},
                      {"first_mib", process.first_mib},
                      {"largest_mib", process.largest_mib},
                      {"last_mib", process.last_mib},
                      {"cpu_percent", process.cpu_percent},
                      {"seconds", process.seconds}});
  }
  const Json json{{"clean", report.clean()},
                  {"complaints", report.Complaints()},
                  {"seconds", report.seconds},
                  {"seed", report.seed},
                  {"faults", FaultsJson(report)},
                  {"memory", memory},
                  {"audit", Json::parse(ToJson(report.audit))}};
  return json.dump(2) + '\n';
}

}  // namespace ddnn
