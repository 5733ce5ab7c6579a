#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/vision/recording.h"
#include "core/vision/replay_pacer.h"
#include "core/vision/view_source.h"

namespace ddnn {

struct ReplayOptions {
  /// Only the first so many samples in replay order, from the start again when
  /// there are fewer; 0 = the whole recording once, as is one without any.
  int samples = 0;
  bool preload = false;  ///< all views are read and cut at once, and kept
  int window = 1;        ///< see ReplayPacer
};

/// A recording as a live camera.
///
/// At its end it waits for another Begin(). A frame that cannot be read is
/// skipped and counted. Memory: one frame at a time, or with `preload` 3 KiB a
/// view.
class ReplaySource final : public ViewSource {
 public:
  /// \param clock  borrowed; must outlive the source.
  /// \return with `preload` the failures of Recording::ReadViews.
  static Result<std::unique_ptr<ReplaySource>> Open(
      std::unique_ptr<const Recording> recording, const ReplayOptions& options,
      const Clock& clock);

  void Begin(const TickSchedule& schedule, Tick decided) override;
  void OnDecided(Tick tick) override;
  std::optional<TickViews> Next() override;
  void Stop() override;
  SourceStats stats() const override;

  /// Ticks from start to end.
  std::size_t length() const { return length_.ticks; }

 private:
  using ObjectViews = std::vector<TickViews::ObjectView>;
  struct Length {
    std::size_t ticks = 0;
    std::size_t last_objects = 0;  ///< of the last tick, maybe cut
  };

  ReplaySource(std::unique_ptr<const Recording> recording,
               const ReplayOptions& options, const Clock& clock);
  static Length LengthOf(const Recording& recording, std::size_t samples);
  Status Preload();
  /// Waits for the next tick that is due. \return nothing once stopped.
  std::optional<ReplayPacer::Due> WaitForDue();
  Result<ObjectViews> ViewsAt(std::size_t position) const;
  void NoteRead(Instant now);

  const std::unique_ptr<const Recording> recording_;
  const ReplayOptions options_;
  const Clock& clock_;
  const Length length_;
  std::vector<ObjectViews> preloaded_;  // [ticks of the recording], or empty
  std::atomic<std::uint64_t> read_ = 0;
  std::atomic<std::uint64_t> skipped_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ReplayPacer pacer_;                 // guarded by mutex_
  bool stopped_ = false;              // guarded by mutex_
  std::optional<Instant> last_read_;  // guarded by mutex_
};

}  // namespace ddnn
