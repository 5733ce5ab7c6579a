#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "core/base/exit_code.h"
#include "core/base/result.h"

namespace ddnn {

/// Ends a command: RunCommand() prints the message and returns the code.
class CommandError : public std::runtime_error {
 public:
  CommandError(ExitCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}

  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// A result's value.
/// \throws CommandError  there is none: the failure's message, and `code`.
template <typename T>
T ValueOrThrow(Result<T> result, ExitCode code = kExitData) {
  if (!result) throw CommandError(code, result.message());
  return std::move(result).value();
}

}  // namespace ddnn
