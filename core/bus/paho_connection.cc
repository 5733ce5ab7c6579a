#include "core/bus/paho_connection.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "core/bus/paho_connect.h"

namespace ddnn {
namespace {

// Messages that Paho may hold while the socket is busy; more are refused.
constexpr int kPahoBufferedMessages = 10'000;

/// Runs what must not throw into Paho's C code.
template <typename Function>
void Shielded(Function&& function) noexcept {
  try {
    std::forward<Function>(function)();
  } catch (const std::exception& e) {
    spdlog::error("mqtt_callback_failed reason=\"{}\"", e.what());
  }
}

/// Turns what Paho throws into a Status.
template <typename Function>
Status Attempt(Function&& function) {
  try {
    std::forward<Function>(function)();
    return Done{};
  } catch (const mqtt::exception& e) {
    const Error error = e.get_return_code() == MQTTASYNC_MAX_BUFFERED_MESSAGES
                            ? Error::kQueueFull
                            : Error::kNotConnected;
    return Failure{error, e.what()};
  } catch (const std::exception& e) {
    return Failure{Error::kNotConnected, e.what()};
  }
}

mqtt::properties Properties(const OutgoingMessage& message, AliasUse use) {
  using mqtt::property;
  mqtt::properties properties;
  if (use.alias != 0) properties.add({property::TOPIC_ALIAS, use.alias});
  if (message.expiry) {
    properties.add({property::MESSAGE_EXPIRY_INTERVAL,
                    static_cast<std::int32_t>(message.expiry->count())});
  }
  if (IsText(message)) properties.add({property::PAYLOAD_FORMAT_INDICATOR, 1});
  if (!message.content_type.empty()) {
    properties.add({property::CONTENT_TYPE, message.content_type});
  }
  return properties;
}

mqtt::const_message_ptr ToPaho(const OutgoingMessage& message, AliasUse use) {
  return mqtt::message::create(use.named ? message.topic : std::string(),
                               message.payload, static_cast<int>(message.qos),
                               message.retain, Properties(message, use));
}

std::size_t PacketBytesOf(const mqtt::message& message) {
  return PublishPacketBytes(
      message.get_topic().size(), message.get_payload().size(),
      static_cast<Qos>(message.get_qos()),
      static_cast<std::size_t>(message.get_properties().c_struct().length));
}

}  // namespace

BusDisconnected TakenOver(const std::string& broker,
                          const std::string& client_id) {
  return {.reason = fmt::format(
              "another client connects to {} as '{}', and the two throw each "
              "other out; give each agent an id of its own (key `agent`), or "
              "stop the other one",
              broker, client_id),
          .final = true,
          .error = Error::kRefused};
}

class PahoConnection::ConnectListener final : public mqtt::iaction_listener {
 public:
  explicit ConnectListener(PahoConnection* owner) : owner_(owner) {}
  void on_success(const mqtt::token& token) override {
    Shielded([&] {
      owner_->observer_->OnConnected(
          LimitsOf(token.get_connect_response().get_properties()));
    });
  }
  void on_failure(const mqtt::token& token) override {
    Shielded([&] {
      owner_->observer_->OnEnded(
          ConnectFailure(owner_->config_, owner_->client_id_,
                         token.get_return_code(), token.get_reason_code()));
    });
  }

 private:
  PahoConnection* owner_;
};

class PahoConnection::PeekListener final : public mqtt::iaction_listener {
 public:
  explicit PeekListener(PahoConnection* owner) : owner_(owner) {}
  void on_success(const mqtt::token&) override {
    Shielded([&] {
      for (int answers = 0; answers < 2; ++answers) {
        owner_->observer_->OnControl(Observer::Direction::kReceived,
                                     kListedAckBytes + 1);
      }
      owner_->observer_->OnPeeked();
    });
  }
  void on_failure(const mqtt::token& token) override {
    // Without a reason code the connection ended.
    if (token.get_reason_code() >= mqtt::UNSPECIFIED_ERROR) on_success(token);
  }

 private:
  PahoConnection* owner_;
};

class PahoConnection::SubscribeListener final : public mqtt::iaction_listener {
 public:
  explicit SubscribeListener(PahoConnection* owner) : owner_(owner) {}
  void on_success(const mqtt::token& token) override {
    Shielded([&] {
      const auto codes = token.get_subscribe_response().get_reason_codes();
      owner_->observer_->OnControl(Observer::Direction::kReceived,
                                   kListedAckBytes + codes.size());
      for (std::size_t i = 0; i < codes.size(); ++i) {
        if (codes[i] >= mqtt::UNSPECIFIED_ERROR) return Refuse(i, codes[i]);
      }
      owner_->observer_->OnSubscribed();
    });
  }
  void on_failure(const mqtt::token& token) override {
    // Also called when the connection ends before the answer came.
    Shielded([&] {
      if (token.get_reason_code() >= mqtt::UNSPECIFIED_ERROR) {
        Refuse(0, token.get_reason_code());
      }
    });
  }

 private:
  void Refuse(std::size_t index, int reason_code) {
    owner_->observer_->OnEnded(
        {.reason = fmt::format(
             "the broker refuses the subscription '{}': {}; see its ACL file",
             owner_->filters_.at(index), ReasonText(reason_code)),
         .final = true,
         .error = Error::kRefused});
  }
  PahoConnection* owner_;
};

class PahoConnection::PublishListener final : public mqtt::iaction_listener {
 public:
  explicit PublishListener(PahoConnection* owner) : owner_(owner) {}
  void on_success(const mqtt::token& token) override {
    Shielded([&] {
      // One byte more if nobody subscribes to the topic, but Paho hides it.
      owner_->observer_->OnControl(Observer::Direction::kReceived,
                                   kShortAckBytes);
    });
    Report(token, true);
  }
  void on_failure(const mqtt::token& token) override {
    // Without a reason code the connection ended: the message is sent again.
    if (token.get_reason_code() >= mqtt::UNSPECIFIED_ERROR) {
      Report(token, false);
    }
  }

 private:
  void Report(const mqtt::token& token, bool taken) {
    Shielded([&] {
      owner_->observer_->OnAcknowledged(
          reinterpret_cast<std::uintptr_t>(token.get_user_context()), taken);
    });
  }
  PahoConnection* owner_;
};

PahoConnection::PahoConnection(const MqttConfig& config, std::string client_id,
                               Observer* observer)
    : config_(config),
      client_id_(std::move(client_id)),
      observer_(observer),
      on_connect_(std::make_unique<ConnectListener>(this)),
      on_peek_(std::make_unique<PeekListener>(this)),
      on_subscribe_(std::make_unique<SubscribeListener>(this)),
      on_publish_(std::make_unique<PublishListener>(this)) {
  // Paho's threads trace their very end into what it has freed by then, with
  // its last client: a damaged heap, if they are late. Above this level Paho
  // would only show less.
  MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
  const BrokerAddress address = ParseBrokerUrl(config_.url);
  client_ = std::make_unique<mqtt::async_client>(
      fmt::format("{}://{}:{}", address.tls ? "ssl" : "tcp", address.host,
                  address.port),
      client_id_, mqtt::create_options(MQTTVERSION_5, kPahoBufferedMessages),
      nullptr);
  InstallHandlers();
}

PahoConnection::~PahoConnection() = default;

void PahoConnection::InstallHandlers() {
  client_->set_message_callback([this](const mqtt::const_message_ptr& message) {
    Shielded([&] {
      const std::size_t bytes = PacketBytesOf(*message);
      // Paho answers by itself.
      if (message->get_qos() > 0) {
        observer_->OnControl(Observer::Direction::kSent, kShortAckBytes);
      }
      observer_->OnMessage({.topic = message->get_topic(),
                            .payload = message->get_payload_str(),
                            .retained = message->is_retained()},
                           bytes);
    });
  });
  client_->set_connection_lost_handler([this](const std::string&) {
    Shielded([&] {
      observer_->OnEnded({.reason = "the connection to the broker broke",
                          .cause = DisconnectCause::kBroken});
    });
  });
  client_->set_disconnected_handler(
      [this](const mqtt::properties&, mqtt::ReasonCode code) {
        Shielded([&] {
          observer_->OnControl(Observer::Direction::kReceived,
                               kReasonedDisconnectBytes);
          BusDisconnected end{
              .reason = "the broker ended the connection: " + ReasonText(code),
              .cause = DisconnectCause::kClosedByBroker};
          if (code == mqtt::SESSION_TAKEN_OVER) {
            end = TakenOver(config_.url, client_id_);
          }
          observer_->OnEnded(std::move(end));
        });
      });
}

Status PahoConnection::Connect(const std::optional<OutgoingMessage>& will) {
  return Attempt([&] {
    client_->connect(
        ConnectOptions(config_, will ? ToPaho(*will, {}) : nullptr), nullptr,
        *on_connect_);
  });
}

Status PahoConnection::Peek(const std::string& topic) {
  return Attempt([&] {
    // The answer to the second follows all that the first has brought.
    client_->subscribe(topic, static_cast<int>(Qos::kAtMostOnce));
    client_->unsubscribe(topic, nullptr, *on_peek_);
    const std::size_t named = kListedAckBytes + 2 + topic.size();
    observer_->OnControl(Observer::Direction::kSent, named + 1);
    observer_->OnControl(Observer::Direction::kSent, named);
  });
}

Status PahoConnection::Subscribe(
    const std::vector<Subscription>& subscriptions) {
  return Attempt([&] {
    auto filters = std::make_shared<mqtt::string_collection>();
    std::vector<int> qos;
    for (const auto& subscription : subscriptions) {
      filters->push_back(subscription.filter);
      filters_.push_back(subscription.filter);
      qos.push_back(static_cast<int>(subscription.qos));
    }
    // Without options of our own: Paho C++ 1.2.0 crashes on a list of them.
    client_->subscribe(filters, qos, nullptr, *on_subscribe_);
    observer_->OnControl(Observer::Direction::kSent,
                         SubscribePacketBytes(subscriptions));
  });
}

Status PahoConnection::Send(const OutgoingMessage& message, AliasUse use,
                            std::uint64_t id) {
  return Attempt([&] {
    auto paho_message = ToPaho(message, use);
    if (message.qos == Qos::kAtMostOnce) {
      client_->publish(std::move(paho_message));
    } else {
      client_->publish(
          std::move(paho_message),
          reinterpret_cast<void*>(static_cast<std::uintptr_t>(id)),  // NOLINT
          *on_publish_);
    }
  });
}

void PahoConnection::Disconnect(std::chrono::milliseconds timeout) {
  const Status sent =
      Attempt([&] { client_->disconnect(0)->wait_for(timeout); });
  observer_->OnControl(Observer::Direction::kSent, kPlainDisconnectBytes);
  if (!sent) spdlog::debug("mqtt_disconnect reason=\"{}\"", sent.message());
}

}  // namespace ddnn
