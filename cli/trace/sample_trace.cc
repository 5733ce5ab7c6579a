#include "cli/trace/sample_trace.h"

#include <charconv>
#include <limits>

namespace ddnn {
namespace {

/// A whole number and nothing else.
template <typename T>
std::optional<T> Number(std::string_view text) {
  T number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

Result<std::optional<SampleId>> ParseSample(std::string_view text) {
  if (text == "next") return std::optional<SampleId>();
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto tick = Number<Tick>(text.substr(0, dash));
    const auto object = Number<ObjectNumber>(text.substr(dash + 1));
    if (tick && object) return std::optional(SampleId{*tick, *object});
  }
  return Failure{Error::kMalformed,
                 "must be TICK-OBJECT, as results name samples (`ddnn "
                 "watch` prints them), or next"};
}

const SampleId& SampleTrace::sample() const {
  if (const auto* result = std::get_if<SampleResult>(&end)) {
    return result->sample;
  }
  return std::get<SampleLoss>(end).sample;
}

}  // namespace ddnn
