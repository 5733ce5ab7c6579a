#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/recording.h"
#include "core/base/result.h"
#include "core/nn/sample.h"
#include "core/wire/json.h"

namespace ddnn {

/// One line of a recorded stream, understood.
struct RecordedEvent {
  struct Answer {
    SampleResult result;
    std::optional<int> truth;  ///< label of the class that it really has
  };
  struct Loss {
    SampleLoss loss;
    std::optional<int> truth;
  };
  double time_s = 0;  ///< since 1970
  std::string site;   ///< empty of a run's description, as the next two
  std::string group;  ///< empty of what an agent says
  std::string agent;
  using What = std::variant<RunDescription, GroupConfig, Answer, Loss,
                            TicksUnheard, AgentState, AgentCounters>;
  What what;
};

/// Reads the next line of a stream, without its end. Of one that is too long it
/// returns a part that is too long for the reader too.
/// \return false at the end of the stream.
bool ReadRecordedLine(std::istream& in, std::string* line);

/// Understands a recorded stream, line by line. A result means something only
/// after its group's configuration, which names the classes.
/// Thread-safety: none.
class RecordingReader {
 public:
  /// Longest line that is looked at.
  static constexpr std::size_t kLineLimitBytes = std::size_t{96} << 10;

  /// \return the event; kOversized, kMalformed or kOutOfRange with a message;
  ///     kNotFound: a result before its group's configuration.
  Result<RecordedEvent> Read(std::string_view line);

  /// Of a group that there was a configuration for; else nullptr.
  const GroupConfig* ConfigOf(const std::string& site,
                              const std::string& group) const;

 private:
  std::map<std::string, GroupConfig> configs_;  // by "site/group"; bounded
};

}  // namespace ddnn
