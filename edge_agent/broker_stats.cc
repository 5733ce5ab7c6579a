#include "edge_agent/broker_stats.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace ddnn {
namespace {

constexpr std::string_view kRoot = "$SYS/broker/";

struct Source {
  std::string_view topic;  // below kRoot
  const char* metric;
  const char* help;
};

constexpr std::array<Source, 7> kGaugeSources{{
    {"clients/connected", "ddnn_broker_clients_connected",
     "Clients connected to the broker."},
    {"subscriptions/count", "ddnn_broker_subscriptions",
     "Subscriptions that the broker serves."},
    {"retained messages/count", "ddnn_broker_retained_messages",
     "Messages that the broker retains."},
    {"store/messages/count", "ddnn_broker_stored_messages",
     "Messages that the broker holds, retained or waiting for clients."},
    {"store/messages/bytes", "ddnn_broker_stored_bytes",
     "Payloads of the messages that the broker holds."},
    {"heap/current", "ddnn_broker_heap_bytes", "Memory that the broker uses."},
    {"uptime", "ddnn_broker_uptime_seconds", "Since the broker's start."},
}};

struct CounterSource : Source {
  const char* counter;
};

constexpr std::array<CounterSource, 5> kCounterSources{{
    {{"messages/received", "ddnn_broker_messages_received_total",
      "MQTT packets of all kinds that the broker received."},
     "broker_messages_received"},
    {{"messages/sent", "ddnn_broker_messages_sent_total",
      "MQTT packets of all kinds that the broker sent."},
     "broker_messages_sent"},
    {{"bytes/received", "ddnn_broker_bytes_received_total",
      "Bytes that the broker received."},
     "broker_bytes_received"},
    {{"bytes/sent", "ddnn_broker_bytes_sent_total",
      "Bytes that the broker sent."},
     "broker_bytes_sent"},
    {{"publish/messages/dropped", "ddnn_broker_publish_dropped_total",
      "Messages that the broker dropped: a client's queue was full."},
     "broker_publish_dropped"},
}};

/// The number that a text begins with: "12 seconds" is 12.
std::optional<std::uint64_t> LeadingNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

template <std::size_t... I>
std::array<Gauge, sizeof...(I)> AddGauges(MetricsRegistry* registry,
                                          std::index_sequence<I...>) {
  return {
      registry->AddGauge(kGaugeSources[I].metric, kGaugeSources[I].help)...};
}

}  // namespace

BrokerStats::BrokerStats(MetricsRegistry* registry)
    : gauges_(AddGauges(registry, std::make_index_sequence<kGauges>())) {
  static_assert(kGauges == kGaugeSources.size());
}

CounterTable BrokerStats::Counters() {
  CounterTable table;
  for (const CounterSource& source : kCounterSources) {
    table.push_back({source.metric, source.help, {{source.counter}}});
  }
  return table;
}

void BrokerStats::Subscribe(Bus* bus) {
  const auto subscribe = [bus](const Source& source) {
    bus->Subscribe(std::string(kRoot) + std::string(source.topic),
                   Qos::kAtMostOnce);
  };
  for (const Source& source : kGaugeSources) subscribe(source);
  for (const Source& source : kCounterSources) subscribe(source);
}

bool BrokerStats::IsOne(std::string_view topic) {
  return topic.starts_with(kRoot);
}

bool BrokerStats::Note(std::string_view topic, std::string_view payload,
                       AgentCounters* counters) {
  const std::optional<std::uint64_t> number = LeadingNumber(payload);
  if (!number || !IsOne(topic)) return false;
  topic.remove_prefix(kRoot.size());
  for (std::size_t i = 0; i < kGauges; ++i) {
    if (topic != kGaugeSources[i].topic) continue;
    gauges_[i].Set(static_cast<double>(*number));
    return true;
  }
  for (const CounterSource& source : kCounterSources) {
    if (topic != source.topic) continue;
    (*counters)[source.counter] = *number;
    return true;
  }
  return false;
}

}  // namespace ddnn
