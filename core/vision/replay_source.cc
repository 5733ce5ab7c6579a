#include "core/vision/replay_source.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace ddnn {
namespace {

// Longer waits are cut: a distant instant would overflow the deadline, and a
// wall clock that is set back would prolong it.
constexpr std::chrono::seconds kLongestWait(1);

}  // namespace

Result<std::unique_ptr<ReplaySource>> ReplaySource::Open(
    std::unique_ptr<const Recording> recording, const ReplayOptions& options,
    const Clock& clock) {
  std::unique_ptr<ReplaySource> source(
      new ReplaySource(std::move(recording), options, clock));
  if (options.preload) {
    if (const auto ready = source->Preload(); !ready) return ready.failure();
  }
  return source;
}

ReplaySource::ReplaySource(std::unique_ptr<const Recording> recording,
                           const ReplayOptions& options, const Clock& clock)
    : recording_(std::move(recording)),
      options_(options),
      clock_(clock),
      length_(LengthOf(*recording_, static_cast<std::size_t>(options.samples))),
      pacer_(length_.ticks, options.window) {}

ReplaySource::Length ReplaySource::LengthOf(const Recording& recording,
                                            std::size_t samples) {
  if (samples == 0) {
    const std::size_t ticks = recording.ticks();
    return {ticks, recording.ObjectsAt(ticks - 1)};
  }
  Length length;
  for (std::size_t taken = 0; taken < samples; taken += length.last_objects) {
    if (taken == 0 && length.ticks == recording.ticks()) break;  // no things
    const std::size_t objects =
        recording.ObjectsAt(length.ticks % recording.ticks());
    length.last_objects = std::min(objects, samples - taken);
    ++length.ticks;
  }
  return length;
}

Status ReplaySource::Preload() {
  const std::size_t ticks = std::min(recording_->ticks(), length_.ticks);
  preloaded_.reserve(ticks);
  for (std::size_t tick = 0; tick < ticks; ++tick) {
    auto views = recording_->ReadViews(tick);
    if (!views) return views.failure();
    preloaded_.push_back(std::move(*views));
  }
  return Done{};
}

void ReplaySource::Begin(const TickSchedule& schedule, Tick decided) {
  {
    const std::lock_guard lock(mutex_);
    pacer_.Begin(schedule, decided);
  }
  changed_.notify_one();
}

void ReplaySource::OnDecided(Tick tick) {
  {
    const std::lock_guard lock(mutex_);
    pacer_.OnDecided(tick);
  }
  changed_.notify_one();
}

void ReplaySource::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
}

SourceStats ReplaySource::stats() const {
  SourceStats stats{.frames_captured = read_, .frames_unreadable = skipped_};
  const std::lock_guard lock(mutex_);
  stats.last_frame = last_read_;
  return stats;
}

std::optional<TickViews> ReplaySource::Next() {
  while (const auto due = WaitForDue()) {
    const Instant begin = clock_.Now();
    auto views = ViewsAt(due->position);
    if (views) {
      const Instant end = clock_.Now();
      NoteRead(end);
      return TickViews{.tick = due->tick,
                       .views = std::move(*views),
                       .reading = end - begin};
    }
    // Once loudly; the counter tells of the rest.
    spdlog::log(skipped_++ == 0 ? spdlog::level::warn : spdlog::level::debug,
                "tick_skipped tick={} reason=\"{}\"", due->tick,
                views.message());
  }
  return std::nullopt;
}

void ReplaySource::NoteRead(Instant now) {
  ++read_;
  const std::lock_guard lock(mutex_);
  last_read_ = now;
}

std::optional<ReplayPacer::Due> ReplaySource::WaitForDue() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const Instant now = clock_.Now();
    if (const auto due = pacer_.Take(now)) return due;
    if (const auto instant = pacer_.NextInstant()) {
      changed_.wait_for(
          lock, std::min<Instant::duration>(*instant - now, kLongestWait));
    } else {
      changed_.wait(lock);
    }
  }
  return std::nullopt;
}

Result<ReplaySource::ObjectViews> ReplaySource::ViewsAt(
    std::size_t position) const {
  const std::size_t tick = position % recording_->ticks();
  auto views = preloaded_.empty() ? recording_->ReadViews(tick)
                                  : Result<ObjectViews>(preloaded_[tick]);
  if (views && position + 1 == length_.ticks) {
    std::erase_if(*views, [this](const TickViews::ObjectView& view) {
      return view.object >= length_.last_objects;
    });
  }
  return views;
}

}  // namespace ddnn
