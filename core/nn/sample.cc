#include "core/nn/sample.h"

namespace ddnn {

std::string ToString(const SampleId& id) {
  return std::to_string(id.tick) + "-" + std::to_string(id.object);
}

std::string_view Name(ResultStatus status) {
  switch (status) {
    case ResultStatus::kOk:
      return "ok";
    case ResultStatus::kDegraded:
      return "degraded";
    case ResultStatus::kFallback:
      return "fallback";
  }
  return "unknown";
}

std::string_view Name(LossReason reason) {
  switch (reason) {
    case LossReason::kLate:
      return "late";
    case LossReason::kOverload:
      return "overload";
    case LossReason::kShutdown:
      return "shutdown";
    case LossReason::kSilent:
      return "silent";
  }
  return "unknown";
}

}  // namespace ddnn
