#include "core/bus/fake_bus.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "core/bus/packet.h"
#include "core/bus/topic_filter.h"
#include "core/bus/topics.h"

namespace ddnn {
namespace {

constexpr std::uint16_t kTopicAliasMaximum = 10;

/// `$share/<name>/<filter>` taken apart; the name is empty for others.
struct Filter {
  explicit Filter(std::string text) : topics(std::move(text)) {
    constexpr std::string_view kPrefix = "$share/";
    if (!topics.starts_with(kPrefix)) return;
    const std::size_t slash = topics.find('/', kPrefix.size());
    assert(slash != std::string::npos);
    share = topics.substr(0, slash);
    topics.erase(0, slash + 1);
  }
  std::string topics;
  std::string share{};
};

struct Client {
  std::vector<Filter> filters{};
  std::optional<OutgoingMessage> will{};
  Bus::Sink sink{};
  bool connected = false;
  bool hangs = false;
  std::uint32_t connection = 0;  // number of the last one
  AliasTable aliases{};
  std::deque<OutgoingMessage> held{};  // QoS 1, not acknowledged
  BusStats stats{};
};

}  // namespace

/// Everything, under one lock that is held while sinks run: a sink only hands
/// over. It is recursive for those tests whose sinks publish.
class FakeBroker::State {
 public:
  Client* Add(const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto [client, is_new] = clients_.try_emplace(id);
    assert(is_new);
    return &client->second;
  }

  void Remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    clients_.erase(id);
  }

  void Start(Client* client, Bus::Sink sink) {
    const std::lock_guard lock(mutex_);
    client->sink = std::move(sink);
    Connect(client);
  }

  void Stop(Client* client) {
    const std::lock_guard lock(mutex_);
    if (client->connected && client->will) Send(client, *client->will);
    client->connected = false;
    client->sink = nullptr;
    std::erase_if(
        events_, [client](const auto& event) { return event.first == client; });
    Drain();
  }

  void Hang(const std::string& id) {
    const std::lock_guard lock(mutex_);
    clients_.at(id).hangs = true;
  }

  void Cut(const std::string& id) {
    const std::lock_guard lock(mutex_);
    Client& client = clients_.at(id);
    if (!client.connected) return;
    client.connected = false;
    client.hangs = false;
    Post(&client, BusDisconnected{.reason = "the link was cut",
                                  .cause = DisconnectCause::kBroken,
                                  .unsent = TakeBack(&client)});
    if (client.will) Route(*client.will);
    Drain();
  }

  void Reconnect(const std::string& id) {
    const std::lock_guard lock(mutex_);
    Client& client = clients_.at(id);
    if (client.connected || !client.sink) return;
    ++client.stats.reconnects.front();
    Connect(&client);
  }

  Result<std::size_t> Publish(Client* client, OutgoingMessage message) {
    const std::lock_guard lock(mutex_);
    if (const auto error = Refusal(*client, message)) return *error;
    if (!client->connected) {
      const std::size_t bytes = PacketBytes(message, {});
      client->held.push_back(std::move(message));
      return bytes;
    }
    const std::size_t bytes = Send(client, std::move(message));
    Drain();
    return bytes;
  }

  void Inject(OutgoingMessage message) {
    const std::lock_guard lock(mutex_);
    Route(std::move(message));
    Drain();
  }

  BusStats Stats(const Client& client) const {
    const std::lock_guard lock(mutex_);
    return client.stats;
  }

  const std::vector<OutgoingMessage>& log() const { return log_; }

 private:
  void Connect(Client* client) {
    client->connected = true;
    ++client->connection;
    client->aliases = AliasTable(kTopicAliasMaximum);
    Post(client, BusConnected{client->connection});
    for (const auto& [topic, message] : retained_) {
      const auto matches = [&topic = topic](const Filter& filter) {
        return filter.share.empty() && Matches(filter.topics, topic);
      };
      if (std::any_of(client->filters.begin(), client->filters.end(),
                      matches)) {
        Deliver(client, message, true);
      }
    }
    for (auto& message : std::exchange(client->held, {})) {
      Send(client, std::move(message));
    }
    Drain();
  }

  static std::optional<Error> Refusal(const Client& client,
                                      const OutgoingMessage& message) {
    if (PacketBytes(message, {}) > kPacketLimitBytes) return Error::kOversized;
    const std::uint32_t present = client.connected ? client.connection : 0;
    if (message.connection != 0 && message.connection != present) {
      return Error::kNotConnected;
    }
    if (message.qos == Qos::kAtMostOnce || !client.sink) {
      if (!client.connected) return Error::kNotConnected;
      return std::nullopt;
    }
    if (client.held.size() >= kOutboxCapacity) return Error::kQueueFull;
    return std::nullopt;
  }

  static std::vector<OutgoingMessage> TakeBack(Client* client) {
    std::vector<OutgoingMessage> taken;
    std::erase_if(client->held, [&taken](const OutgoingMessage& message) {
      if (message.connection == 0) return false;
      taken.push_back(message);
      return true;
    });
    return taken;
  }

  std::size_t Send(Client* client, OutgoingMessage message) {
    const AliasUse use = client->aliases.Propose(message);
    client->aliases.Confirm(message, use);
    const std::size_t bytes = PacketBytes(message, use);
    client->stats.sent[KindOf(message.topic)].Add(message.payload.size(),
                                                  bytes);
    if (!client->hangs) {
      Route(std::move(message));
    } else if (message.qos == Qos::kAtLeastOnce) {
      client->held.push_back(std::move(message));
    }
    return bytes;
  }

  void Route(OutgoingMessage message) {
    std::map<std::string, std::vector<Client*>> shares;
    for (auto& [id, client] : clients_) {
      if (!client.connected) continue;
      bool hears = false;
      for (const Filter& filter : client.filters) {
        if (!Matches(filter.topics, message.topic)) continue;
        if (filter.share.empty()) {
          hears = true;
        } else {
          shares[filter.share + "/" + filter.topics].push_back(&client);
        }
      }
      if (hears) Deliver(&client, message, false);
    }
    for (const auto& [share, members] : shares) {
      Deliver(members[turns_[share]++ % members.size()], message, false);
    }
    if (message.retain && message.payload.empty()) {
      retained_.erase(message.topic);
    } else if (message.retain) {
      retained_[message.topic] = message;
    }
    log_.push_back(std::move(message));
  }

  void Deliver(Client* client, const OutgoingMessage& message, bool retained) {
    if (client->hangs) return;
    client->stats.received[KindOf(message.topic)].Add(message.payload.size(),
                                                      PacketBytes(message, {}));
    Post(client, BusMessage{message.topic, message.payload, retained});
  }

  void Post(Client* client, BusEvent event) {
    events_.emplace_back(client, std::move(event));
  }

  void Drain() {
    if (draining_) return;
    draining_ = true;
    while (!events_.empty()) {
      auto [client, event] = std::move(events_.front());
      events_.pop_front();
      if (client->sink) client->sink(std::move(event));
    }
    draining_ = false;
  }

  mutable std::recursive_mutex mutex_;  // guards all, the clients too
  std::map<std::string, Client> clients_;
  std::map<std::string, OutgoingMessage> retained_;
  std::map<std::string, std::size_t> turns_;  // by shared filter
  std::vector<OutgoingMessage> log_;
  std::deque<std::pair<Client*, BusEvent>> events_;
  bool draining_ = false;
};

class FakeBroker::FakeBus final : public Bus {
 public:
  FakeBus(std::shared_ptr<State> state, std::string id)
      : state_(std::move(state)),
        id_(std::move(id)),
        client_(state_->Add(id_)) {}
  FakeBus(const FakeBus&) = delete;
  FakeBus& operator=(const FakeBus&) = delete;
  ~FakeBus() override {
    FakeBus::Stop();
    state_->Remove(id_);
  }

  void Subscribe(std::string filter, Qos) override {
    client_->filters.emplace_back(std::move(filter));
  }
  void SetWill(OutgoingMessage will) override {
    client_->will = std::move(will);
  }
  void Start(Sink sink) override { state_->Start(client_, std::move(sink)); }
  Result<std::size_t> Publish(OutgoingMessage message) override {
    return state_->Publish(client_, std::move(message));
  }
  void Stop() override { state_->Stop(client_); }
  BusStats stats() const override { return state_->Stats(*client_); }

 private:
  std::shared_ptr<State> state_;
  std::string id_;
  Client* client_;
};

FakeBroker::FakeBroker() : state_(std::make_shared<State>()) {}
FakeBroker::~FakeBroker() = default;

std::unique_ptr<Bus> FakeBroker::MakeBus(std::string client_id) {
  return std::make_unique<FakeBus>(state_, std::move(client_id));
}
void FakeBroker::Hang(const std::string& client_id) { state_->Hang(client_id); }
void FakeBroker::Cut(const std::string& client_id) { state_->Cut(client_id); }
void FakeBroker::Reconnect(const std::string& client_id) {
  state_->Reconnect(client_id);
}
void FakeBroker::Inject(OutgoingMessage message) {
  state_->Inject(std::move(message));
}
const std::vector<OutgoingMessage>& FakeBroker::log() const {
  return state_->log();
}

}  // namespace ddnn
