#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/base/clock.h"
#include "core/vision/frame_source.h"

namespace ddnn {

/// A clock that the test moves.
class ManualClock final : public Clock {
 public:
  static constexpr Instant kStart{std::chrono::seconds(1'000'000)};
  Instant Now() const override {
    return kStart + std::chrono::nanoseconds(passed_.load());
  }
  void Advance(std::chrono::nanoseconds by) { passed_ += by.count(); }

 private:
  std::atomic<std::int64_t> passed_ = 0;
};

inline Frame SolidFrame(std::uint8_t value, int width = 64, int height = 48) {
  return {width, height,
          std::vector<std::uint8_t>(
              static_cast<std::size_t>(width * height * 3), value)};
}

/// What a test's camera does, step by step. A read waits for its step.
class CameraScript {
 public:
  void Show(Frame frame) { Add(Step{std::move(frame), std::nullopt, false}); }
  void Show(std::uint8_t value) { Show(SolidFrame(value)); }
  void Fail(std::string why) {
    Add(Step{{}, Failure{Error::kUnreadable, std::move(why)}, false});
  }
  void End() { Add(Step{{}, std::nullopt, true}); }
  /// Each further Open() fails.
  void Unplug(std::string why) {
    const std::lock_guard lock(mutex_);
    absent_ = std::move(why);
  }
  /// Lets a waiting read go: the test is over.
  void Release() {
    {
      const std::lock_guard lock(mutex_);
      released_ = true;
    }
    changed_.notify_all();
  }
  /// Waits until so many reads have begun: those before are dealt with.
  void AwaitReads(int reads) { Await(reads_, reads); }
  void AwaitOpens(int opens) { Await(opens_, opens); }
  int opens() const {
    const std::lock_guard lock(mutex_);
    return opens_;
  }

  Status Open() {
    std::unique_lock lock(mutex_);
    ++opens_;
    changed_.notify_all();
    if (!absent_) return Done{};
    return Failure{Error::kNotFound, *absent_};
  }
  Result<bool> Read(Frame* frame) {
    std::unique_lock lock(mutex_);
    ++reads_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_ || !steps_.empty(); });
    if (steps_.empty()) return Failure{Error::kUnreadable, "released"};
    Step step = std::move(steps_.front());
    steps_.pop_front();
    if (step.failure) return *step.failure;
    if (step.is_end) return false;
    *frame = std::move(step.frame);
    return true;
  }

 private:
  struct Step {
    Frame frame;
    std::optional<Failure> failure;
    bool is_end;
  };
  void Add(Step step) {
    {
      const std::lock_guard lock(mutex_);
      steps_.push_back(std::move(step));
    }
    changed_.notify_all();
  }
  void Await(const int& count, int wanted) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count >= wanted; });
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Step> steps_;
  std::optional<std::string> absent_;
  int opens_ = 0;
  int reads_ = 0;
  bool released_ = false;
};

/// A camera that follows a script.
class FakeFrames final : public FrameSource {
 public:
  FakeFrames(std::shared_ptr<CameraScript> script,
             std::chrono::nanoseconds frame_period)
      : script_(std::move(script)), frame_period_(frame_period) {}

  Status Open() override { return script_->Open(); }
  Result<bool> Read(Frame* frame) override { return script_->Read(frame); }
  void Close() override {}
  std::chrono::nanoseconds frame_period() const override {
    return frame_period_;
  }
  const std::string& name() const override { return name_; }

 private:
  const std::shared_ptr<CameraScript> script_;
  const std::chrono::nanoseconds frame_period_;
  const std::string name_ = "fake";
};

}  // namespace ddnn
