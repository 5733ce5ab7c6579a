#include "core/bus/paho_bus.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/retry.h"
#include "core/bus/announcer.h"
#include "core/bus/own_sockets.h"
#include "core/bus/paho_connection.h"
#include "core/bus/sender.h"
#include "core/bus/takeover_guard.h"
#include "core/bus/traffic_count.h"

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Until the broker's machine answers ...
constexpr milliseconds kReachTimeout{2000};
// ... and the broker: Paho may look once a second only whether it is there.
constexpr milliseconds kConnectTimeout{4000};
// What was sent must have reached the broker's machine by then.
constexpr milliseconds kSilentTimeout{2000};
constexpr milliseconds kSubscribeTimeout{5000};
constexpr milliseconds kFlushTimeout{1000};
constexpr milliseconds kDisconnectTimeout{500};
// Looks for messages that Paho did not take when it should have.
constexpr milliseconds kIdleRound{500};
// A connection that lasted as long earns quick attempts again.
constexpr std::chrono::seconds kStable{5};
constexpr milliseconds kFirstRetry{100};
constexpr milliseconds kLongestRetry{1000};

/// A thread of its own makes one connection after another, and lives in the
/// meantime on what Paho's callbacks leave for it.
///
/// Callbacks come with Paho's lock held, so nothing may call Paho with
/// state_mutex_ held, or from the sink.
class PahoBus final : public Bus, private PahoConnection::Observer {
 public:
  PahoBus(const MqttConfig& config, std::string client_id)
      : config_(config),
        port_(ParseBrokerUrl(config.url).port),
        client_id_(std::move(client_id)) {
    CheckMqttConfig(config_);
  }
  ~PahoBus() override { PahoBus::Stop(); }
  PahoBus(const PahoBus&) = delete;
  PahoBus& operator=(const PahoBus&) = delete;

  void Subscribe(std::string filter, Qos qos) override {
    subscriptions_.push_back({std::move(filter), qos});
  }
  void SetWill(OutgoingMessage will) override { will_ = std::move(will); }
  void Start(Sink sink) override;
  Result<std::size_t> Publish(OutgoingMessage message) override;
  void Stop() override;
  BusStats stats() const override;

 private:
  enum class Phase { kConnecting, kConnected, kPeeked, kSubscribed, kEnded };

  // On Paho's threads.
  void OnConnected(const BrokerLimits& limits) override;
  void OnPeeked() override { Enter(Phase::kPeeked); }
  void OnSubscribed() override { Enter(Phase::kSubscribed); }
  void OnMessage(BusMessage message, std::size_t packet_bytes) override;
  void OnAcknowledged(std::uint64_t id, bool taken) override;
  void OnControl(Direction direction, std::size_t packet_bytes) override;
  void OnEnded(BusDisconnected end) override;
  bool IsPeeked(const BusMessage& message);

  // On our thread.
  void Run(const std::stop_token& stop);
  BusDisconnected Serve(const std::stop_token& stop);
  BusDisconnected Establish(const std::stop_token& stop);
  std::optional<BusDisconnected> Await(const std::stop_token& stop, Phase phase,
                                       milliseconds timeout);
  std::uint32_t Open();
  std::vector<OutgoingMessage> Close();
  void Farewell();
  void Flush();
  void LogFailure(const std::string& reason);

  // On any thread.
  void Enter(Phase phase);

  const MqttConfig config_;
  const std::uint16_t port_;
  const std::string client_id_;
  std::vector<Subscription> subscriptions_;
  std::optional<OutgoingMessage> will_;

  Announcer announcer_;
  Sender sender_;
  TrafficCount traffic_;

  mutable std::mutex state_mutex_;  // guards the rest but the thread's own
  std::condition_variable_any changed_;
  bool accepting_ = false;
  Phase phase_ = Phase::kEnded;
  BrokerLimits limits_;
  BusDisconnected end_;
  bool acknowledged_ = false;
  TakeoverGuard guard_;  // its topic does not change after Start()

  // Our thread's own.
  std::unique_ptr<PahoConnection> connection_;
  LogLimiter failures_;
  LogLimiter connections_;
  bool was_connected_ = false;
  std::optional<steady_clock::time_point> connected_at_;  // if it is, or was
  DisconnectCause lost_by_ = DisconnectCause::kBroken;
  std::jthread thread_;
};

void PahoBus::Start(Sink sink) {
  announcer_.SetSink(std::move(sink));
  guard_ = TakeoverGuard(will_);
  {
    const std::lock_guard lock(state_mutex_);
    accepting_ = true;
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void PahoBus::Stop() {
  {
    const std::lock_guard lock(state_mutex_);
    accepting_ = false;
  }
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

Result<std::size_t> PahoBus::Publish(OutgoingMessage message) {
  bool accepting = false;
  {
    const std::lock_guard lock(state_mutex_);
    accepting = accepting_;
    if (accepting) guard_.Sent(message);
  }
  if (!accepting) return Error::kNotConnected;
  return sender_.Take(std::move(message));
}

BusStats PahoBus::stats() const {
  BusStats stats = sender_.stats();
  traffic_.FillIn(&stats);
  return stats;
}

// ---- Connections ------------------------------------------------------------

void PahoBus::Run(const std::stop_token& stop) {
  Backoff backoff(kFirstRetry, kLongestRetry, std::random_device{}());
  while (!stop.stop_requested()) {
    connected_at_.reset();
    BusDisconnected end;
    try {
      end = Serve(stop);
    } catch (const std::exception& e) {
      end.reason = e.what();
    }
    end.unsent = Close();
    if (stop.stop_requested()) break;

    LogFailure(end.reason);
    const bool final = end.final;
    if (final) {
      const std::lock_guard lock(state_mutex_);
      accepting_ = false;
    }
    const bool announced = announcer_.connected();
    if (announced) lost_by_ = end.cause;
    if (announced || final) announcer_.Announce(std::move(end));
    if (final) break;
    const auto held = connected_at_ ? steady_clock::now() - *connected_at_
                                    : steady_clock::duration::zero();
    std::unique_lock lock(state_mutex_);
    changed_.wait_for(lock, stop, backoff.NextAfter(held, kStable),
                      [] { return false; });
  }
}

/// Connects and stays until the connection ends or we are to stop.
BusDisconnected PahoBus::Serve(const std::stop_token& stop) {
  if (BusDisconnected end = Establish(stop); !end.reason.empty()) return end;
  announcer_.Announce(BusConnected{Open()});
  while (!stop.stop_requested()) {
    sender_.Pump();
    std::unique_lock lock(state_mutex_);
    changed_.wait_for(lock, stop, kIdleRound, [this] {
      return phase_ == Phase::kEnded || acknowledged_;
    });
    acknowledged_ = false;
    if (phase_ == Phase::kEnded) return end_;
  }
  Farewell();
  return {.reason = "stopped"};
}

/// \return an empty reason once connected and subscribed.
BusDisconnected PahoBus::Establish(const std::stop_token& stop) {
  {
    const std::lock_guard lock(state_mutex_);
    phase_ = Phase::kConnecting;
    end_ = {.reason = "the broker does not answer"};
  }
  Observer* const observer = this;
  connection_ = std::make_unique<PahoConnection>(config_, client_id_, observer);
  if (const Status begun = connection_->Connect(will_); !begun) {
    return {.reason = begun.message()};
  }
  auto end = Await(stop, Phase::kConnected, kReachTimeout);
  if (end && !stop.stop_requested() && !OwnSocketsTo(port_).empty()) {
    end = Await(stop, Phase::kConnected, kConnectTimeout - kReachTimeout);
  }
  if (end) return *end;
  if (SetUpSocketsTo(port_, kSilentTimeout) == 0) {
    spdlog::warn("mqtt_socket_options_failed broker={}", config_.url);
  }
  if (was_connected_ && !guard_.topic().empty()) {
    if (const Status begun = connection_->Peek(guard_.topic()); !begun) {
      return {.reason = begun.message()};
    }
    end = Await(stop, Phase::kPeeked, kSubscribeTimeout);
    if (end) return *end;
  }
  Enter(Phase::kPeeked);
  if (subscriptions_.empty()) return {};
  if (const Status begun = connection_->Subscribe(subscriptions_); !begun) {
    return {.reason = begun.message()};
  }
  return Await(stop, Phase::kSubscribed, kSubscribeTimeout)
      .value_or(BusDisconnected{});
}

/// Waits until `phase` is reached.
/// \return why it was not: the connection's end, a stop or the deadline.
std::optional<BusDisconnected> PahoBus::Await(const std::stop_token& stop,
                                              Phase phase,
                                              milliseconds timeout) {
  std::unique_lock lock(state_mutex_);
  changed_.wait_for(lock, stop, timeout,
                    [this, phase] { return phase_ >= phase; });
  if (phase_ == phase) return std::nullopt;
  return end_;
}

std::uint32_t PahoBus::Open() {
  BrokerLimits limits;
  {
    const std::lock_guard lock(state_mutex_);
    limits = limits_;
  }
  if (was_connected_) traffic_.OnReconnect(lost_by_);
  connected_at_ = steady_clock::now();
  if (const auto times = connections_.Admit(*connected_at_)) {
    spdlog::info("mqtt_{} broker={} client={} times={}",
                 was_connected_ ? "reconnected" : "connected", config_.url,
                 client_id_, *times);
  }
  was_connected_ = true;
  return sender_.Open(
      [connection = connection_.get()](const OutgoingMessage& message,
                                       AliasUse use, std::uint64_t id) {
        return connection->Send(message, use, id);
      },
      limits);
}

/// The connection is over: nothing of it is heard or sent any more.
/// \return what was for it alone: nothing if it was never announced, since its
///     number was not known.
std::vector<OutgoingMessage> PahoBus::Close() {
  sender_.Close();
  connection_.reset();
  announcer_.Forget();
  return sender_.TakeBack();
}

/// Flushes, says goodbye with the will's message, disconnects.
void PahoBus::Farewell() {
  Flush();
  if (will_) {
    const auto said = sender_.Take(*will_);
    if (!said) spdlog::debug("mqtt_farewell reason=\"{}\"", said.message());
    Flush();
  }
  connection_->Disconnect(kDisconnectTimeout);
}

/// Waits until the broker has acknowledged all, as long as it goes on.
void PahoBus::Flush() {
  const auto deadline = steady_clock::now() + kFlushTimeout;
  bool in_time = true;
  while (in_time && !sender_.idle()) {
    sender_.Pump();
    std::unique_lock lock(state_mutex_);
    in_time = changed_.wait_until(lock, deadline, [this] {
      return acknowledged_ || phase_ == Phase::kEnded;
    });
    acknowledged_ = false;
    if (phase_ == Phase::kEnded) return;
  }
}

void PahoBus::LogFailure(const std::string& reason) {
  if (const auto attempts = failures_.Admit(steady_clock::now())) {
    spdlog::warn(
        "mqtt_disconnected broker={} client={} attempts={} reason=\"{}\"",
        config_.url, client_id_, *attempts, reason);
  }
}

// ---- Paho's callbacks -------------------------------------------------------

void PahoBus::Enter(Phase phase) {
  {
    const std::lock_guard lock(state_mutex_);
    if (phase_ != Phase::kEnded) phase_ = phase;
  }
  changed_.notify_all();
}

void PahoBus::OnConnected(const BrokerLimits& limits) {
  {
    const std::lock_guard lock(state_mutex_);
    limits_ = limits;
  }
  Enter(Phase::kConnected);
}

void PahoBus::OnMessage(BusMessage message, std::size_t packet_bytes) {
  traffic_.OnMessage(message, packet_bytes);
  if (IsPeeked(message)) return;
  announcer_.OnMessage(std::move(message));
}

/// Nothing is subscribed to yet, so it is what we peeked at.
bool PahoBus::IsPeeked(const BusMessage& message) {
  bool taken_over = false;
  {
    const std::lock_guard lock(state_mutex_);
    if (phase_ != Phase::kConnected) return false;
    taken_over = guard_.Proves(message, steady_clock::now());
  }
  if (taken_over) OnEnded(TakenOver(config_.url, client_id_));
  return true;
}

void PahoBus::OnAcknowledged(std::uint64_t id, bool taken) {
  sender_.Acknowledge(id, taken);
  {
    const std::lock_guard lock(state_mutex_);
    acknowledged_ = true;
  }
  changed_.notify_all();
}

void PahoBus::OnControl(Direction direction, std::size_t packet_bytes) {
  traffic_.OnControl(direction == Direction::kSent, packet_bytes);
}

void PahoBus::OnEnded(BusDisconnected end) {
  {
    const std::lock_guard lock(state_mutex_);
    if (phase_ == Phase::kEnded) return;  // the first reason is the best
    phase_ = Phase::kEnded;
    end_ = std::move(end);
  }
  changed_.notify_all();
}

}  // namespace

std::unique_ptr<Bus> MakePahoBus(const MqttConfig& config,
                                 std::string client_id) {
  return std::make_unique<PahoBus>(config, std::move(client_id));
}

}  // namespace ddnn
