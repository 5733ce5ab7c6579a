#include "bench/soak/cpu_wait.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace ddnn {

CpuWait::Waits CpuWait::Read(const std::vector<Site::Process>& processes) {
  Waits waits;
  for (const Site::Process& process : processes) {
    std::error_code none;  // a process may end meanwhile
    for (const auto& thread : std::filesystem::directory_iterator(
             "/proc/" + std::to_string(process.pid) + "/task", none)) {
      std::int64_t ran_ns = 0;
      std::int64_t waited_ns = 0;
      if (std::ifstream(thread.path() / "schedstat") >> ran_ns >> waited_ns) {
        waits[std::stoi(thread.path().filename())] =
            std::chrono::nanoseconds(waited_ns);
      }
    }
  }
  return waits;
}

void CpuWait::Look(const std::vector<Site::Process>& processes, Instant now) {
  if (!longest_.empty() && now < longest_.rbegin()->first + kLookEvery) return;
  std::chrono::nanoseconds longest{};
  for (const auto& [thread, waited] : Read(processes)) {
    const auto at = before_.find(thread);
    longest =
        std::max(longest, at == before_.end() ? waited : waited - at->second);
  }
  longest_[now] = std::chrono::duration_cast<milliseconds>(longest);
}

milliseconds CpuWait::LongestUntil(Instant until) const {
  const auto at = longest_.lower_bound(until);
  return at == longest_.end() ? Longest() : at->second;
}

}  // namespace ddnn
