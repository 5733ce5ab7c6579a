#pragma once

#include <array>
#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ddnn {

/// Why an operation that depends on the outside world did not succeed.
///
/// The values double as the `reason` of counters, so the set is closed: a new
/// value needs a line in kErrors and in Name().
enum class Error {
  kTruncated,         ///< fewer bytes than the format needs
  kOversized,         ///< more bytes or elements than the limit allows
  kWrongIdentifier,   ///< not this kind of message or file
  kMalformed,         ///< right kind, but offsets, lengths or syntax lie
  kBadShape,          ///< dimensions that contradict each other or the bundle
  kWrongBundle,       ///< the tag names another network than ours
  kUnknownDevice,     ///< no such device in this group
  kOutOfRange,        ///< a value outside its documented range
  kNotADistribution,  ///< probabilities that are NaN, negative or do not sum to
                      ///< 1
  kNotFound,          ///< file, key or sample that does not exist
  kUnreadable,        ///< exists, but could not be read or decoded
  kNotConnected,      ///< no broker at the moment
  kQueueFull,         ///< a bound was reached; the item was not taken
  kRefused,           ///< the peer said no
};

/// Every value above, in order.
inline constexpr std::array kErrors{
    Error::kTruncated,     Error::kOversized,  Error::kWrongIdentifier,
    Error::kMalformed,     Error::kBadShape,   Error::kWrongBundle,
    Error::kUnknownDevice, Error::kOutOfRange, Error::kNotADistribution,
    Error::kNotFound,      Error::kUnreadable, Error::kNotConnected,
    Error::kQueueFull,     Error::kRefused,
};

/// The stable lower-case name that logs and counters use, e.g. "wrong_bundle".
std::string_view Name(Error error);

/// An error with the words a person needs: what, where, and the remedy.
struct Failure {
  Error error;
  std::string message{};
};

/// A value or the reason why there is none.
///
/// For what is expected at run time (bad bytes, a lost broker); operators'
/// mistakes in configuration throw ConfigError instead, broken invariants
/// assert. Thread-safety: as T.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}            // NOLINT
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT
  Result(Error error) : state_(Failure{error, {}}) {}      // NOLINT

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  /// Precondition of the four accessors of the value: ok().
  T& value() & {
    assert(ok());
    return *std::get_if<T>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<T>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<T>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Precondition: !ok().
  const Failure& failure() const {
    assert(!ok());
    return *std::get_if<Failure>(&state_);
  }
  Error error() const { return failure().error; }
  /// The message, or the error's name where no message was given.
  std::string message() const {
    return failure().message.empty() ? std::string(Name(error()))
                                     : failure().message;
  }

 private:
  std::variant<T, Failure> state_;
};

/// For operations that have no value to return.
struct Done {};
using Status = Result<Done>;

}  // namespace ddnn
