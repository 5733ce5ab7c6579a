#include "device_agent/clock_probe.h"

#include <algorithm>

namespace ddnn {
namespace {

double Seconds(Instant::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

std::optional<ClockQuestion> ClockProbe::Due(Instant now) {
  // A wall clock that was set back must not silence the probe.
  if (now < next_ && next_ - now <= kPeriod) return std::nullopt;
  next_ = now + (answers_ < kAnswers ? kFirstPeriod : kPeriod);
  asked_ = now;
  return ClockQuestion{now};
}

bool ClockProbe::OnAnswer(const ClockAnswer& answer, Instant now) {
  if (!asked_ || answer.asked != *asked_ || now < *asked_) return false;
  const double round_trip = Seconds(now - *asked_);
  asked_.reset();
  readings_[answers_++ % kAnswers] = {
      Seconds(answer.asked - answer.heard) + round_trip / 2, round_trip / 2};
  return true;
}

std::optional<ClockProbe::Reading> ClockProbe::reading() const {
  if (answers_ == 0) return std::nullopt;
  const auto end = readings_.begin() +
                   static_cast<std::ptrdiff_t>(std::min(answers_, kAnswers));
  return *std::ranges::min_element(readings_.begin(), end, {},
                                   &Reading::error_s);
}

}  // namespace ddnn
