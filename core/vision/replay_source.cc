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
    DataSet data, const ReplayOptions& options, const Clock& clock) {
  std::unique_ptr<ReplaySource> source(
      new ReplaySource(std::move(data), options, clock));
  const auto ready =
      options.preload ? source->Preload() : source->CheckFrames();
  if (!ready) return ready.failure();
  return source;
}

ReplaySource::ReplaySource(DataSet data, const ReplayOptions& options,
                           const Clock& clock)
    : data_(std::move(data)),
      options_(options),
      clock_(clock),
      ticks_(GroupByFrame(data_)),
      length_(LengthOf(ticks_, options.samples > 0
                                   ? static_cast<std::size_t>(options.samples)
                                   : data_.samples.size())),
      pacer_(length_.ticks, options.window) {}

ReplaySource::Length ReplaySource::LengthOf(
    const std::vector<ReplayTick>& ticks, std::size_t samples) {
  Length length;
  for (std::size_t taken = 0; taken < samples; taken += length.last_objects) {
    const ReplayTick& tick = ticks[length.ticks % ticks.size()];
    length.last_objects = std::min(tick.samples.size(), samples - taken);
    ++length.ticks;
  }
  return length;
}

Status ReplaySource::CheckFrames() const {
  const auto camera = static_cast<std::size_t>(options_.camera);
  for (const DataSample& sample : data_.samples) {
    if (!sample.boxes[camera]) continue;
    const auto path = FramePath(data_, options_.camera, sample.frame);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      return Failure{
          Error::kNotFound,
          fmt::format("{}: no such frame, but {} sees sample {} in "
                      "it (samples.csv)",
                      path.string(), data_.cameras[camera], sample.id)};
    }
  }
  return Done{};
}

Status ReplaySource::Preload() {
  preloaded_.reserve(ticks_.size());
  for (const ReplayTick& tick : ticks_) {
    auto views = ReadTickViews(data_, tick, options_.camera);
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

std::optional<TickViews> ReplaySource::Next() {
  while (const auto due = WaitForDue()) {
    auto views = ViewsAt(due->position);
    if (views) return TickViews{due->tick, std::move(*views)};
    // Once loudly; the counter tells of the rest.
    spdlog::log(skipped_++ == 0 ? spdlog::level::warn : spdlog::level::debug,
                "tick_skipped tick={} reason=\"{}\"", due->tick,
                views.message());
  }
  return std::nullopt;
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
  const std::size_t index = position % ticks_.size();
  auto views = preloaded_.empty()
                   ? ReadTickViews(data_, ticks_[index], options_.camera)
                   : Result<ObjectViews>(preloaded_[index]);
  if (views && position + 1 == length_.ticks) {
    std::erase_if(*views, [this](const TickViews::ObjectView& view) {
      return view.object >= length_.last_objects;
    });
  }
  return views;
}

}  // namespace ddnn
