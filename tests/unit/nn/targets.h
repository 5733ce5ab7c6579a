#pragma once

#include <hwy/targets.h>

#include <string>

namespace ddnn {

/// Calls `check` once for each SIMD target that this CPU has, with the fast
/// kernel bound to it.
template <typename Check>
void OnEachTarget(const Check& check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::GetChosenTarget().Update(target);
    check(std::string(hwy::TargetName(target)));
  }
  hwy::GetChosenTarget().DeInit();
}

}  // namespace ddnn
