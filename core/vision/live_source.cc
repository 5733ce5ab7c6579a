#include "core/vision/live_source.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "core/base/config.h"

namespace ddnn {
namespace {

// Longer waits are cut, so that a wall clock that is set back does no harm.
constexpr std::chrono::nanoseconds kLongestWait = std::chrono::seconds(1);
constexpr std::chrono::seconds kTellDownEvery(1);

}  // namespace

Result<std::unique_ptr<LiveSource>> LiveSource::Open(
    std::unique_ptr<FrameSource> frames,
    std::unique_ptr<ViewExtractor> extractor, const LiveOptions& options,
    const Clock& clock) {
  std::unique_ptr<LiveSource> source(
      new LiveSource(std::move(frames), std::move(extractor), options, clock));
  Status status = source->OpenFrames();
  if (status) status = source->ReadFrame();
  if (!status && status.error() == Error::kOutOfRange) {
    throw ConfigError(status.message());
  }
  if (!status && options.must_open) return status.failure();
  source->thread_ =
      std::thread([source = source.get(), status] { source->Capture(status); });
  return source;
}

LiveSource::LiveSource(std::unique_ptr<FrameSource> frames,
                       std::unique_ptr<ViewExtractor> extractor,
                       const LiveOptions& options, const Clock& clock)
    : frames_(std::move(frames)),
      extractor_(std::move(extractor)),
      options_(options),
      clock_(clock),
      reopen_(options.first_retry, options.longest_retry, options.seed),
      alive_since_(clock.Now()) {}

LiveSource::~LiveSource() {
  Stop();
  if (thread_.joinable()) thread_.join();
}

void LiveSource::Begin(const TickSchedule& schedule, Tick decided) {
  {
    const std::lock_guard lock(mutex_);
    pacer_.Begin(schedule, decided);
    if (std::exchange(waits_for_begin_, false)) alive_since_ = clock_.Now();
  }
  changed_.notify_all();
}

void LiveSource::OnDecided(Tick tick) {
  {
    const std::lock_guard lock(mutex_);
    pacer_.OnDecided(tick);
  }
  changed_.notify_all();
}

void LiveSource::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

SourceStats LiveSource::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

// ---- Capture ----------------------------------------------------------------

Status LiveSource::OpenFrames() {
  auto opened = frames_->Open();
  if (!opened) return opened;
  reopen_.OnOpened(clock_.Now());
  const std::lock_guard lock(mutex_);
  frame_period_ = frames_->frame_period();
  waits_for_begin_ = frame_period_.count() > 0 && !pacer_.schedule();
  return opened;
}

/// At the end of what is shown once, it is finished().
Status LiveSource::ReadFrame() {
  const Instant begin = clock_.Now();
  const auto read = frames_->Read(&next_frame_);
  if (!read) return read.failure();
  if (!*read) {
    const std::lock_guard lock(mutex_);
    spdlog::info("source_ended source={} images={}", frames_->name(),
                 stats_.frames_captured);
    ended_ = true;
    changed_.notify_all();
    return Done{};
  }
  auto fits = extractor_->Check(next_frame_.width, next_frame_.height);
  if (fits) KeepFrame(begin);
  return fits;
}

void LiveSource::KeepFrame(Instant begin) {
  const Instant now = clock_.Now();
  reopen_.OnImage(now);
  if (std::exchange(failure_told_, false)) {
    spdlog::info("camera_up source={}", frames_->name());
  }
  {
    const std::lock_guard lock(mutex_);
    std::swap(newest_frame_, next_frame_);
    if (std::exchange(has_newest_, true)) ++stats_.frames_replaced;
    ++stats_.frames_captured;
    stats_.frames_unreadable = frames_->left_out();
    stats_.last_frame = now;
    newest_reading_ = now - begin;
    alive_since_ = now;
  }
  changed_.notify_all();
}

void LiveSource::Capture(Status status) {
  while (true) {
    if (status) status = ReadFrames();
    frames_->Close();
    if (finished() || !WaitToReopen(status.failure())) return;
    status = OpenFrames();
    if (status) CountRestart();
  }
}

/// \return success once finished().
Status LiveSource::ReadFrames() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || !waits_for_begin_; });
  }
  const auto period = frames_->frame_period();
  FramePacer pacer(period, clock_.Now());
  Status status = Done{};
  while (status && !finished()) {
    if (period.count() > 0 && !WaitUntil(pacer.NextAfter(clock_.Now()))) break;
    status = ReadFrame();
  }
  return status;
}

bool LiveSource::finished() const {
  const std::lock_guard lock(mutex_);
  return stopped_ || ended_;
}

bool LiveSource::WaitUntil(Instant instant) {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const Instant now = clock_.Now();
    if (now >= instant) return true;
    changed_.wait_for(lock, std::min(instant - now, kLongestWait));
  }
  return false;
}

bool LiveSource::WaitToReopen(const Failure& failure) {
  const milliseconds wait = reopen_.OnFailure();
  const auto failures = failures_.Admit(std::chrono::steady_clock::now());
  if (failures) {
    failure_told_ = true;
    spdlog::warn(
        "camera_failed source={} failures={} retry_ms={} reason=\"{}\"",
        frames_->name(), *failures, wait.count(), failure.message);
  }
  return WaitUntil(clock_.Now() + wait);
}

void LiveSource::CountRestart() {
  const std::lock_guard lock(mutex_);
  ++stats_.restarts;
}

// ---- Ticks ------------------------------------------------------------------

std::optional<TickViews> LiveSource::Next() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const Instant now = clock_.Now();
    if (!CameraIsUp(now)) {
      if (auto down = TellDown(now)) return down;
    } else if (const auto tick = TakeTick(now)) {
      const bool is_new = std::exchange(has_newest_, false);
      if (is_new) std::swap(newest_frame_, shown_frame_);
      TickViews shown{.tick = *tick, .views = {}};
      if (is_new) {
        shown.captured = stats_.last_frame;
        shown.reading = newest_reading_;
      }
      lock.unlock();
      if (is_new) shown_views_ = extractor_->Extract(shown_frame_);
      shown.views = shown_views_;
      return shown;
    }
    changed_.wait_for(lock, WaitFor(now));
  }
  return std::nullopt;
}

bool LiveSource::CameraIsUp(Instant now) const {
  if (ended_) return has_newest_;
  return waits_for_begin_ || now - alive_since_ <= FreshTime();
}

std::chrono::nanoseconds LiveSource::FreshTime() const {
  const auto& schedule = pacer_.schedule();
  return FreshFor(frame_period_, schedule ? schedule->ticks_per_second : 0);
}

std::optional<TickViews> LiveSource::TellDown(Instant now) {
  // Ticks pass; that they were not shown is not the device's slowness.
  const auto passed = pacer_.Take(now, /*has_image=*/false);
  if (told_down_ && now < tell_down_at_) return std::nullopt;
  told_down_ = true;
  tell_down_at_ = now + kTellDownEvery;
  return TickViews{
      .tick = passed ? passed->tick : 0, .views = {}, .camera_up = false};
}

std::optional<Tick> LiveSource::TakeTick(Instant now) {
  if (!has_newest_ && !has_shown_) return std::nullopt;
  const auto due = pacer_.Take(now, has_newest_);
  if (!due) return std::nullopt;
  has_shown_ = true;
  // What passed while the camera was down was not missed by slowness.
  if (!std::exchange(told_down_, false)) stats_.ticks_missed += due->missed;
  return due->tick;
}

std::chrono::nanoseconds LiveSource::WaitFor(Instant now) const {
  if (!CameraIsUp(now)) return std::min(tell_down_at_ - now, kLongestWait);
  Instant until = now + kLongestWait;
  const auto tick = pacer_.NextInstant();
  if (tick && (has_newest_ || has_shown_)) until = std::min(until, *tick);
  if (!ended_ && !waits_for_begin_) {
    until = std::min(until, alive_since_ + FreshTime() + milliseconds(1));
  }
  return until - now;
}

}  // namespace ddnn
