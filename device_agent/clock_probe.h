#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "core/base/clock.h"
#include "core/wire/clock.h"

namespace ddnn {

/// Measures how far this device's clock is from its edge's, by asking now and
/// then what time it is there.
///
/// Of a question asked at t1, heard by the edge at t2 and answered here at t4
/// the offset is (t1 + t4) / 2 - t2, wrong by half the round trip at most. Of
/// the newest answers the one with the shortest round trip counts; if an answer
/// contradicts it, a clock was set meanwhile, and older answers are forgotten.
/// Thread-safety: none.
class ClockProbe {
 public:
  static constexpr std::chrono::seconds kPeriod{10};
  /// Answers looked at; also, the first questions, and those after one without
  /// an answer, follow each other quickly.
  static constexpr std::size_t kAnswers = 8;
  static constexpr std::chrono::seconds kFirstPeriod{1};

  struct Reading {
    double offset_s = 0;  ///< this clock minus the edge's
    double error_s = 0;   ///< the offset is that exact
  };

  /// \return the question to send, if one is due.
  std::optional<ClockQuestion> Due(Instant now);
  /// The last question has no answer yet: once another one is due, nobody hears
  /// us.
  bool waits() const { return asked_.has_value(); }
  /// The next question is due at once.
  void AskSoon() { next_ = {}; }
  /// When Due() may say yes again.
  Instant next() const { return next_; }

  /// \return false if it answers no question that is open.
  bool OnAnswer(const ClockAnswer& answer, Instant now);
  /// Nothing before the first answer.
  std::optional<Reading> reading() const;

 private:
  Instant next_{};
  std::optional<Instant> asked_;  // the open question
  std::array<Reading, kAnswers> readings_{};
  std::size_t answers_ = 0;  // that count, or as many as fit
};

}  // namespace ddnn
