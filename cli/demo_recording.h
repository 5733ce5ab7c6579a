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
  /// Writes the first line.
  /// \param file  no name = nothing is recorded.
  /// \param replay, bundle, monitor  borrowed; must outlive the recording.
  /// \param jpeg_bytes  of the views as JPEG, per device-sample.
  /// \throws CommandError  as RecordingFile.
  DemoRecording(const std::filesystem::path& file, const Replay& replay,
                const Bundle& bundle, const Tree& tree, double jpeg_bytes,
                const DemoMonitor& monitor);

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
