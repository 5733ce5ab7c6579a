#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace ddnn {

/// Topic `clock/<agent>`: a device asks its edge what time it is.
struct ClockQuestion {
  Instant asked{};  ///< by the device's clock
};
std::string EncodeClockQuestion(const ClockQuestion& question);
/// As the decoders of json.h.
Result<ClockQuestion> DecodeClockQuestion(std::string_view text);

/// Topic `agent/<agent>/cmd/clock`: the answer, at once.
struct ClockAnswer {
  Instant asked{};  ///< of the question
  Instant heard{};  ///< by the edge's clock
};
std::string EncodeClockAnswer(const ClockAnswer& answer);
Result<ClockAnswer> DecodeClockAnswer(std::string_view text);

}  // namespace ddnn
