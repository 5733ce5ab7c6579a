#pragma once

#include <cstdint>
#include <optional>

namespace ddnn {

/// Follows the numbers that a sender gives its messages: each one more than
/// the last, modulo 2^32.
/// Thread-safety: none.
class SequenceWatch {
 public:
  /// Of a sender that jumps further nobody can say how much is missing: it
  /// counts as one message.
  static constexpr std::uint32_t kLargestGap = 1 << 16;

  struct Verdict {
    std::uint32_t missing = 0;  ///< messages between the last one and this
    bool repeated = false;      ///< this number, or a later one, was here
  };

  Verdict Note(std::uint32_t sequence) {
    if (!last_) {
      last_ = sequence;
      return {};
    }
    const std::uint32_t ahead = sequence - *last_;
    if (ahead == 0 || ahead > UINT32_MAX - kLargestGap) {
      return {.repeated = true};
    }
    last_ = sequence;
    return {.missing = ahead > kLargestGap ? 1 : ahead - 1};
  }

  /// \param low  the low 16 bits of a number.
  /// \return the number with those bits that is nearest to the last one.
  std::uint32_t Nearest(std::uint16_t low) const {
    if (!last_) return low;
    const auto ahead = static_cast<std::uint16_t>(low - *last_);
    return *last_ +
           static_cast<std::uint32_t>(static_cast<std::int16_t>(ahead));
  }

  /// The next message is the first of another sender.
  void Forget() { last_.reset(); }

 private:
  std::optional<std::uint32_t> last_;
};

}  // namespace ddnn
