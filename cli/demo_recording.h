#pragma once

#include <filesystem>

#include "cli/demo_monitor.h"
#include "cli/recording.h"
#include "cli/replay.h"
#include "core/base/clock.h"
#include "core/nn/bundle.h"
#include "core/nn/tree.h"

namespace ddnn {

/// What `ddnn demo --record` writes: the run, then all that passes, with the
/// truth, which a replay knows. Thread-safety: none.
class DemoRecording {
 public:
  /// \param file  no name = nothing is recorded.
  /// The other arguments are borrowed and must outlive the recording.
  /// \throws CommandError  as RecordingFile.
  DemoRecording(const std::filesystem::path& file, const Replay& replay,
                const Bundle& bundle, const DemoMonitor& monitor);

  /// Writes the first line.
  void Begin(const Tree& tree, double jpeg_bytes);
  /// Call it after the monitor has heard the message.
  void OnMessage(const BusMessage& message);
  /// \throws CommandError  as RecordingFile.
  void End() { file_.Close(); }

 private:
  std::optional<std::string> TruthOf(const SampleId& sample) const;

  const Replay& replay_;
  const Bundle& bundle_;
  const DemoMonitor& monitor_;
  const SystemClock clock_;
  RecordingFile file_;
};

}  // namespace ddnn
