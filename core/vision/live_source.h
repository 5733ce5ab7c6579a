#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/retry.h"
#include "core/vision/frame_source.h"
#include "core/vision/live_pacer.h"
#include "core/vision/live_timing.h"
#include "core/vision/view_extractor.h"
#include "core/vision/view_source.h"

namespace ddnn {

struct LiveOptions {
  /// Without it there is no point in starting (a file); a camera may come
  /// later.
  bool must_open = false;
  milliseconds first_retry{200};
  milliseconds longest_retry{10'000};
  std::uint32_t seed = 0;  ///< spreads the retries of a site's agents
};

/// A camera, or what stands for one, as the views of a group's ticks.
///
///     capture thread: image -> newest image        Next(): newest image ->
///     views
///
/// A thread reads the images as they come; the newest one wins, and one that
/// no tick has shown is counted as replaced. A source that stalls, fails or
/// ends is opened again, ever more rarely; what is shown once, and has ended,
/// is not. A file waits for the first Begin().
///
/// While no image is fresh (see FreshFor()), Next() says so about once a
/// second, and ticks pass by. Memory: three images and what the extractor
/// keeps. Destruction waits for the source's current call.
class LiveSource final : public ViewSource {
 public:
  /// Opens the source and reads an image.
  /// \param clock  borrowed; must outlive the source.
  /// \return with `must_open`, the failure of the frame source; otherwise that
  ///     is logged, and the source is opened again later.
  /// \throws ConfigError  the first image does not fit the extractor. If that
  ///     happens later, it is a failure of the source.
  static Result<std::unique_ptr<LiveSource>> Open(
      std::unique_ptr<FrameSource> frames,
      std::unique_ptr<ViewExtractor> extractor, const LiveOptions& options,
      const Clock& clock);
  ~LiveSource() override;
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  void Begin(const TickSchedule& schedule, Tick decided) override;
  void OnDecided(Tick tick) override;
  std::optional<TickViews> Next() override;
  void Stop() override;
  SourceStats stats() const override;

 private:
  LiveSource(std::unique_ptr<FrameSource> frames,
             std::unique_ptr<ViewExtractor> extractor,
             const LiveOptions& options, const Clock& clock);

  // Of the capture thread; the first two also before it starts.
  Status OpenFrames();
  Status ReadFrame();
  void Capture(Status status);
  Status ReadFrames();
  /// \param begin  of its reading.
  void KeepFrame(Instant begin);
  /// Waits. \return false once stopped.
  bool WaitUntil(Instant instant);
  bool WaitToReopen(const Failure& failure);
  void CountRestart();
  bool finished() const;

  // Of Next(), with mutex_ held.
  bool CameraIsUp(Instant now) const;
  std::chrono::nanoseconds FreshTime() const;
  std::optional<TickViews> TellDown(Instant now);
  std::optional<Tick> TakeTick(Instant now);
  std::chrono::nanoseconds WaitFor(Instant now) const;

  const std::unique_ptr<FrameSource> frames_;
  const std::unique_ptr<ViewExtractor> extractor_;
  const LiveOptions options_;
  const Clock& clock_;

  // Of the capture thread.
  Frame next_frame_;
  ReopenPolicy reopen_;
  LogLimiter failures_;
  bool failure_told_ = false;

  // Of Next().
  Frame shown_frame_;
  std::vector<TickViews::ObjectView> shown_views_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_ from here on.
  LivePacer pacer_;
  Frame newest_frame_;
  Instant::duration newest_reading_{};
  bool has_newest_ = false;  // and no tick has shown it
  bool has_shown_ = false;   // shown_frame_ is an image
  bool waits_for_begin_ = false;
  bool ended_ = false;
  bool stopped_ = false;
  Instant alive_since_;  // the newest image, or the start
  std::chrono::nanoseconds frame_period_{0};
  bool told_down_ = false;
  Instant tell_down_at_{};
  SourceStats stats_;

  std::thread thread_;
};

}  // namespace ddnn
