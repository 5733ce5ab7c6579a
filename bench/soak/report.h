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

  /// The audit is clean, and the group came back from each fault in time.
  bool clean() const;
};

std::string ToTable(const SoakReport& report);
std::string ToJson(const SoakReport& report);

}  // namespace ddnn
