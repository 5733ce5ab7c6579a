#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "cli/serve/page_json.h"
#include "cli/serve/page_state.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"

namespace ddnn {

/// The page's state between the thread that hears the bus and those that serve
/// browsers.
///
/// There is no queue per browser: each is told that there is something newer
/// than what it has, and gets the state as it is then. So a slow one misses
/// steps in between, but holds up nobody and costs no memory. News comes at
/// most every kPeriod, however fast results come, and at least every second,
/// so that ages move and a browser notices when the stream is dead.
/// Thread-safety: the members of PipelineThread's contract from one thread;
/// Await(), Preview(), CountSlowClient() and Close() from any.
class LivePage {
 public:
  static constexpr milliseconds kPeriod{150};
  static constexpr milliseconds kLongestSilence{1000};

  /// \param tell  takes a line that the operator should read, on the bus's
  ///     thread; rarely: when the broker goes, when a group runs another
  ///     network than the bundle given.
  explicit LivePage(
      PageState::Options options,
      std::function<void(const std::string&)> tell = [](const auto&) {})
      : state_(std::move(options)), tell_(std::move(tell)) {}

  void Subscribe(Bus* bus) const { state_.Subscribe(bus); }

  // What PipelineThread wants.
  void OnEvent(const BusEvent& event, Instant now);
  void OnTime(Instant now);
  std::optional<Instant> NextDeadline() const;
  void SetInboxDropped(std::uint64_t dropped) { inbox_dropped_ = dropped; }
  void Stop(Instant) { Close(); }
  bool idle() const { return true; }
  bool gave_up() const { return refusal_.has_value(); }

  /// Why the broker refuses us for good, if it does; once the bus's thread has
  /// stopped.
  const std::optional<std::string>& refusal() const { return refusal_; }

  struct Update {
    std::uint64_t version = 0;
    std::string json;
  };
  /// Waits for a state newer than `seen`.
  /// \param group  see PageJson().
  /// \param seen   a version; 0 = whatever there is.
  /// \return nothing once closed.
  std::optional<Update> Await(std::string_view group, std::uint64_t seen);
  /// A camera's picture.
  /// \return null if there is none.
  std::shared_ptr<const std::string> Preview(std::string_view group,
                                             int device) const;
  void CountSlowClient() { ++slow_clients_; }
  std::uint64_t slow_clients() const { return slow_clients_; }
  /// Ends every Await().
  void Close();

 private:
  void OnBroker(const BusDisconnected* lost);
  void TellOfOtherBundles();
  void Publish(Instant now);

  mutable std::mutex mutex_;
  std::condition_variable newer_;
  PageState state_;            // guarded by mutex_
  Instant published_{};        // guarded by mutex_
  std::uint64_t version_ = 0;  // guarded by mutex_
  bool closed_ = false;        // guarded by mutex_
  bool changed_ = false;       // of the bus's side, as refusal_
  std::optional<std::string> refusal_;
  const std::function<void(const std::string&)> tell_;
  bool broker_missed_ = false;                  // it was told
  std::map<std::string, std::string> strange_;  // by group, what was told
  std::atomic<std::uint64_t> inbox_dropped_ = 0;
  std::atomic<std::uint64_t> slow_clients_ = 0;
};

}  // namespace ddnn
