#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/summary.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/nn/sample.h"

namespace ddnn {

/// A recorded stream: one JSON object a line, as `ddnn watch --json` prints it
/// and `ddnn demo --record` writes it; docs/recording.md describes the lines.

/// What a recording's first line says of a run whose data are known.
struct RunDescription {
  std::string input;      ///< "street 2", or a data set and its split
  std::string network;    ///< the bundle's name
  std::string hierarchy;  ///< "a" to "f"
  int samples = 0;        ///< that must be answered
  std::vector<std::string> classes;  ///< by label
  std::vector<std::string> cameras;  ///< by device
  PerExit<Figure> thresholds;        ///< T; unknown = there is no such exit
  /// f o / 8 of the paper's formula; unknown where it does not speak of the
  /// run.
  Figure map_bytes;
  Figure jpeg_bytes;  ///< of the views as JPEG, per device-sample
};

/// The first line, without its end.
std::string RunLine(const RunDescription& run, Instant now);

/// The name of the class that a sample really has, if it is known.
using TruthOf = std::function<std::optional<std::string>(const SampleId&)>;

/// The line for a message, without its end: event, time, site, group or agent,
/// then the message's own fields, and the truth of a result or a loss.
/// \param now  when the message was heard.
/// \return nothing if it is no config, result, lost, state or info, or no JSON
///     object.
std::optional<std::string> RecordedLine(const BusMessage& message, Instant now,
                                        const TruthOf& truth_of = {});

/// The file that `--record` names; without a name it takes lines and writes
/// nothing. Thread-safety: none.
class RecordingFile {
 public:
  /// \throws CommandError  kExitUsage: the file's folder does not exist;
  ///     kExitUnavailable: it cannot be written.
  explicit RecordingFile(const std::filesystem::path& path);

  bool wanted() const { return !path_.empty(); }
  void Write(const std::string& line);
  /// \throws CommandError  kExitUnavailable: not all could be written.
  void Close();

 private:
  const std::filesystem::path path_;
  std::ofstream out_;
};

}  // namespace ddnn
