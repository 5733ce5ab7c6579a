#include "core/bus/broker_probe.h"

#include <netdb.h>
#include <poll.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <utility>

#include "core/bus/paho_connection.h"

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kReachTimeout{3000};
// Paho may look once a second only whether a connection has come about.
constexpr milliseconds kLoginTimeout{4000};
constexpr milliseconds kAnswerTimeout{2000};
constexpr milliseconds kDisconnectTimeout{500};

std::string ErrorText(int error) {
  return std::generic_category().message(error);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> Resolve(const BrokerAddress& address) {
  std::string host = address.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(
      host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (code == 0) return Addresses(list);
  return Failure{
      Error::kNotFound,
      fmt::format("the name '{}' cannot be found: {}; check mqtt.url "
                  "and this machine's name server",
                  host, ::gai_strerror(code))};
}

/// \return 0, or the errno of why there is no connection.
int ConnectTo(const addrinfo& address, milliseconds timeout) {
  const int fd = ::socket(address.ai_family,
                          SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  int error = 0;
  if (::connect(fd, address.ai_addr, address.ai_addrlen) != 0) error = errno;
  if (error == EINPROGRESS) {
    pollfd wait{fd, POLLOUT, 0};
    error = ETIMEDOUT;
    if (::poll(&wait, 1, static_cast<int>(timeout.count())) > 0) {
      socklen_t size = sizeof(error);
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
  }
  ::close(fd);
  return error;
}

Failure NotReached(const BrokerAddress& address, int error) {
  const std::string remedy =
      error == ECONNREFUSED
          ? "no broker runs there, or it listens on another port or address: "
            "start it, and check its listener and mqtt.url"
          : "check mqtt.url, the network between the two, and the firewalls";
  return {Error::kNotConnected,
          fmt::format("{}:{}: {}; {}", address.host, address.port,
                      ErrorText(error), remedy)};
}

}  // namespace

Result<std::chrono::nanoseconds> ReachBroker(const BrokerAddress& address) {
  const auto addresses = Resolve(address);
  if (!addresses) return addresses.failure();
  const auto deadline = steady_clock::now() + kReachTimeout;
  int error = 0;
  for (const addrinfo* one = addresses->get(); one != nullptr;
       one = one->ai_next) {
    const auto begin = steady_clock::now();
    const auto left = std::chrono::ceil<milliseconds>(deadline - begin);
    if (left <= milliseconds(0)) break;
    error = ConnectTo(*one, left);
    if (error == 0) return steady_clock::now() - begin;
  }
  return NotReached(address, error);
}

/// Waits for what Paho's threads tell.
class BrokerProbe::Connection final : private PahoConnection::Observer {
 public:
  Connection(const MqttConfig& config, std::string client_id)
      : paho_(config, std::move(client_id), this) {}

  Status Login() {
    if (auto begun = paho_.Connect(std::nullopt); !begun) return begun;
    return Await(kLoginTimeout, [this] { return connected_; });
  }

  /// \return whether the broker took it.
  Result<bool> Publish(const std::string& topic) {
    const std::uint64_t id = ++last_id_;
    const auto sent = paho_.Send(
        {.topic = topic, .payload = {}, .qos = Qos::kAtLeastOnce}, {}, id);
    if (!sent) return sent.failure();
    const auto answered =
        Await(kAnswerTimeout, [&] { return acknowledged_ == id; });
    if (!answered) return answered.failure();
    const std::lock_guard lock(mutex_);
    return taken_;
  }

  Status Subscribe(const std::string& topic) {
    Forget();
    if (auto begun = paho_.Subscribe({{topic, Qos::kAtLeastOnce}}); !begun) {
      return begun;
    }
    return Await(kAnswerTimeout, [this] { return subscribed_; });
  }

  bool Hears(const std::string& topic) {
    return Await(kAnswerTimeout, [&] { return heard_.topic == topic; }).ok();
  }

  Result<std::optional<std::string>> Peek(const std::string& topic) {
    Forget();
    if (auto begun = paho_.Peek(topic); !begun) return begun.failure();
    if (auto answered = Await(kAnswerTimeout, [this] { return peeked_; });
        !answered) {
      return answered.failure();
    }
    const std::lock_guard lock(mutex_);
    if (heard_.topic != topic) return std::optional<std::string>();
    return std::optional(std::move(heard_.payload));
  }

  void Goodbye() { paho_.Disconnect(kDisconnectTimeout); }

 private:
  /// What an earlier call has waited for does not answer the next one.
  void Forget() {
    const std::lock_guard lock(mutex_);
    heard_ = {};
    peeked_ = false;
    subscribed_ = false;
  }

  template <typename Condition>
  Status Await(milliseconds timeout, Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] { return end_ || condition(); });
    if (condition()) return Done{};
    if (end_) return Failure{end_->error, end_->reason};
    return Failure{
        Error::kNotConnected,
        connected_ ? "the broker does not answer any more"
                   : "something listens there but does not answer: is it an "
                     "MQTT broker? check the port in mqtt.url, and the "
                     "broker's log"};
  }

  template <typename Change>
  void Note(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  void OnConnected(const BrokerLimits&) override {
    Note([this] { connected_ = true; });
  }
  void OnPeeked() override {
    Note([this] { peeked_ = true; });
  }
  void OnSubscribed() override {
    Note([this] { subscribed_ = true; });
  }
  void OnControl(Direction, std::size_t /*packet_bytes*/) override {}
  void OnMessage(BusMessage message, std::size_t /*packet_bytes*/) override {
    Note([&] { heard_ = std::move(message); });
  }
  void OnAcknowledged(std::uint64_t id, bool taken) override {
    Note([&] {
      acknowledged_ = id;
      taken_ = taken;
    });
  }
  void OnEnded(BusDisconnected end) override {
    Note([&] {
      if (!end_) end_ = std::move(end);  // the first reason is the best
    });
  }

  std::mutex mutex_;  // guards the rest but the last
  std::condition_variable changed_;
  bool connected_ = false;
  bool peeked_ = false;
  bool subscribed_ = false;
  bool taken_ = false;
  std::uint64_t acknowledged_ = 0;
  BusMessage heard_;
  std::optional<BusDisconnected> end_;
  std::uint64_t last_id_ = 0;
  PahoConnection paho_;  // last, so that its end comes first
};

BrokerProbe::BrokerProbe(const MqttConfig& config, std::string client_id) {
  CheckMqttConfig(config);
  connection_ = std::make_unique<Connection>(config, std::move(client_id));
}

BrokerProbe::~BrokerProbe() { connection_->Goodbye(); }

Status BrokerProbe::Login() { return connection_->Login(); }

Status BrokerProbe::Write(const std::string& topic) {
  const auto taken = connection_->Publish(topic);
  if (!taken) return taken.failure();
  if (*taken) return Done{};
  return Failure{Error::kRefused, "may not write " + topic};
}

Status BrokerProbe::WriteAndHear(const std::string& topic) {
  if (auto subscribed = connection_->Subscribe(topic); !subscribed) {
    return subscribed;
  }
  if (auto written = Write(topic); !written) return written;
  if (connection_->Hears(topic)) return Done{};
  return Failure{Error::kRefused, "may not read " + topic};
}

Result<std::optional<std::string>> BrokerProbe::Retained(
    const std::string& topic) {
  return connection_->Peek(topic);
}

}  // namespace ddnn
