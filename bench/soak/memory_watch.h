#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "bench/soak/site.h"
#include "core/base/clock.h"

namespace ddnn {

/// Follows resident memory and CPU of processes. What a process has in its
/// first kWarmUp is not looked at: it still reads its bundle and fills its
/// buffers. Thread-safety: none.
class MemoryWatch {
 public:
  static constexpr std::chrono::seconds kWarmUp{10};

  void Look(const std::vector<Site::Process>& processes, Instant now);

  struct Figures {
    std::string name;
    double first_mib = 0;    ///< after the warm-up
    double largest_mib = 0;  ///< from then on
    double last_mib = 0;
    double cpu_percent = 0;  ///< of one core, the busiest second
    double seconds = 0;      ///< that it was looked at, after the warm-up
  };
  /// Of each process that outlived its warm-up, restarted ones apart.
  std::vector<Figures> figures() const;

 private:
  struct Life {
    Figures figures;
    Instant born;
    bool warm = false;
    double cpu_s = 0;
    Instant looked;
  };
  std::map<pid_t, Life> lives_;
};

}  // namespace ddnn
