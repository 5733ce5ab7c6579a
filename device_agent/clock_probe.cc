#include "device_agent/clock_probe.h"

#include <algorithm>
#include <cmath>

namespace ddnn {
namespace {

// Two clocks that nobody sets drift apart by less, first to last answer.
constexpr double kDriftSeconds = 0.01;

double Seconds(Instant::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

std::optional<ClockQuestion> ClockProbe::Due(Instant now) {
  if (!IsOver(next_, kPeriod, now)) return std::nullopt;
  next_ = now + (answers_ < kAnswers || asked_ ? kFirstPeriod : kPeriod);
  asked_ = now;
  return ClockQuestion{now};
}

bool ClockProbe::OnAnswer(const ClockAnswer& answer, Instant now) {
  if (!asked_ || answer.asked != *asked_ || now < *asked_) return false;
  const double round_trip = Seconds(now - *asked_);
  asked_.reset();
  const Reading news{Seconds(answer.asked - answer.heard) + round_trip / 2,
                     round_trip / 2};
  const auto known = reading();
  if (known && std::abs(news.offset_s - known->offset_s) >
                   news.error_s + known->error_s + kDriftSeconds) {
    answers_ = 0;
  }
  readings_[answers_++ % kAnswers] = news;
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
