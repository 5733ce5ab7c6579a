#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/vision/dataset.h"
#include "core/vision/replay_pacer.h"
#include "core/vision/view_source.h"

namespace ddnn {

struct ReplayOptions {
  int camera = 0;  ///< index into DataSet::cameras
  /// Only the first so many samples in replay order, from the start again when
  /// there are fewer; 0 = every sample once.
  int samples = 0;
  bool preload = false;  ///< all views are read and cut at once, and kept
  int window = 1;        ///< see ReplayPacer
};

/// One camera of a data set as a live camera: an annotated frame is a tick.
///
/// At its end it waits for another Begin(). A frame that cannot be read is
/// skipped and counted. Memory: one frame at a time, or with `preload` 3 KiB a
/// view.
class ReplaySource final : public ViewSource {
 public:
  /// \param data   the split to show; at least one sample.
  /// \param clock  borrowed; must outlive the source.
  /// \return kNotFound, naming the file, if a frame is missing that this camera
  ///     needs; with `preload` also the failures of ReadTickViews.
  static Result<std::unique_ptr<ReplaySource>> Open(
      DataSet data, const ReplayOptions& options, const Clock& clock);

  void Begin(const TickSchedule& schedule, Tick decided) override;
  void OnDecided(Tick tick) override;
  std::optional<TickViews> Next() override;
  void Stop() override;
  std::uint64_t skipped_ticks() const override { return skipped_; }

  /// Ticks from start to end.
  std::size_t length() const { return length_.ticks; }

 private:
  using ObjectViews = std::vector<TickViews::ObjectView>;
  struct Length {
    std::size_t ticks = 0;
    std::size_t last_objects = 0;  ///< samples of the last tick, maybe cut
  };

  ReplaySource(DataSet data, const ReplayOptions& options, const Clock& clock);
  static Length LengthOf(const std::vector<ReplayTick>& ticks,
                         std::size_t samples);
  Status CheckFrames() const;
  Status Preload();
  /// Waits for the next tick that is due. \return nothing once stopped.
  std::optional<ReplayPacer::Due> WaitForDue();
  Result<ObjectViews> ViewsAt(std::size_t position) const;

  const DataSet data_;
  const ReplayOptions options_;
  const Clock& clock_;
  const std::vector<ReplayTick> ticks_;
  const Length length_;
  std::vector<ObjectViews> preloaded_;  // [ticks_], or empty
  std::atomic<std::uint64_t> skipped_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  ReplayPacer pacer_;     // guarded by mutex_
  bool stopped_ = false;  // guarded by mutex_
};

}  // namespace ddnn
