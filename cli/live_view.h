#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "cli/scoreboard.h"

namespace ddnn {

/// A demo at one moment.
struct DemoProgress {
  std::string phase;  ///< "starting", "running", "stopping"
  int expected = 0;   ///< samples; 0 = it goes on until somebody stops it
  Scoreboard::Running scores;
  double seconds = 0;  ///< since the demo's start
  double results_per_s = 0;
  int devices = 0;
  int devices_online = 0;
  bool edge_online = false;
  bool cloud_online = false;
  double jpeg_bytes = 0;  ///< a view as JPEG, per device-sample
};

/// The same moment as a screenful of lines, and as one line for a log.
std::vector<std::string> RenderLines(const DemoProgress& progress);
std::string RenderPlain(const DemoProgress& progress);

/// Shows a demo's progress: on a terminal, lines that are redrawn in place;
/// elsewhere, a plain line for each phase and every ten seconds.
/// Thread-safety: none.
class LiveView {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// \param out       borrowed.
  /// \param terminal  `out` is one: ANSI sequences may be written.
  /// \param width     its columns; longer lines are cut, never wrapped.
  LiveView(std::ostream* out, bool terminal, std::size_t width);
  /// Leaves the last picture and gives the cursor back.
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  /// Redraws if it is time to.
  void Update(const DemoProgress& progress, TimePoint now);
  /// Redraws now.
  void Draw(const DemoProgress& progress);
  /// Takes the picture away, so that something else can be printed.
  void Clear();

 private:
  std::ostream* const out_;
  const bool terminal_;
  const std::size_t width_;
  std::size_t drawn_lines_ = 0;
  bool cursor_hidden_ = false;
  TimePoint next_{};
  std::string phase_;  // the one drawn last
};

/// Columns of the terminal on standard output; 80 if unknown.
std::size_t TerminalWidth();

}  // namespace ddnn
