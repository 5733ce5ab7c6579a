#pragma once

#include <string>
#include <vector>

#include "bench/soak/memory_watch.h"
#include "bench/soak/soak.h"
#include "cli/audit/audit_figures.h"

namespace ddnn {

/// What a soak has shown.
struct SoakReport {
  double seconds = 0;
  std::uint32_t seed = 0;
  std::vector<FaultOutcome> faults;  ///< in order
  AuditFigures audit;
  std::vector<MemoryWatch::Figures> memory;
  /// The memory of an agent may grow by so much after its warm-up, or by what
  /// it needs once when everything that was kept meanwhile comes together...
  double most_growth = 1.1;
  static constexpr double kBurstMib = 2;
  /// ...if it was looked at for so long; a broker keeps what others do not
  /// read.
  static constexpr double kJudgedAfterS = 45;
  /// What a process may use of one core while something is broken: one that
  /// waits in a loop needs all of it.
  static constexpr double kMostCpuPercent = 50;

  /// Why it is not clean, a line each; empty = it is: the audit is, the group
  /// came back from each fault in time, and neither memory nor CPU ran away.
  std::vector<std::string> Complaints() const;
  bool clean() const { return Complaints().empty(); }
};

std::string ToTable(const SoakReport& report);
std::string ToJson(const SoakReport& report);

}  // namespace ddnn
