#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/base/exit_code.h"

namespace ddnn {

/// What one check has found.
struct Finding {
  enum class State { kOk, kWarning, kFault, kSkipped };

  State state = State::kOk;
  std::string check;   ///< one word: "broker"
  std::string text;    ///< what was found, or why it was not looked at
  std::string remedy;  ///< of warnings and faults
  ExitCode exit_code = kExitOk;  ///< of faults
};

Finding Ok(std::string check, std::string text);
Finding Warning(std::string check, std::string text, std::string remedy);
Finding Fault(std::string check, ExitCode exit_code, std::string text,
              std::string remedy);
Finding Skipped(std::string check, std::string why);

/// All findings about one agent, printed as they come.
/// Thread-safety: none.
class Diagnosis {
 public:
  /// \param out   borrowed.
  /// \param json  print one object at the end instead.
  Diagnosis(std::ostream* out, bool json) : out_(out), json_(json) {}

  void Add(Finding finding);

  /// Prints the sum.
  /// \return kExitOk unless there is a fault: then the first one's code.
  int Finish() const;

 private:
  std::ostream* const out_;
  const bool json_;
  std::vector<Finding> findings_;
};

}  // namespace ddnn
