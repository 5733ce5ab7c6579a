#include "core/telemetry/counter_table.h"

#include <algorithm>
#include <iterator>

#include "core/base/result.h"

namespace ddnn {
namespace {

CounterFamily::Row ReasonRow(std::string_view prefix, std::string_view reason) {
  return {std::string(prefix) + std::string(reason),
          {{"reason", std::string(reason)}}};
}

bool Holds(const CounterTable& table, const std::string& counter) {
  return std::ranges::any_of(table, [&](const CounterFamily& family) {
    return std::ranges::find(family.rows, counter,
                             &CounterFamily::Row::counter) != family.rows.end();
  });
}

}  // namespace

std::vector<CounterFamily::Row> RowsByReason(
    std::string_view prefix, std::initializer_list<std::string_view> reasons) {
  std::vector<CounterFamily::Row> rows;
  for (const std::string_view reason : reasons) {
    rows.push_back(ReasonRow(prefix, reason));
  }
  return rows;
}

CounterFamily::Row LinkRow(std::string counter, std::string link,
                           std::string kind) {
  return {std::move(counter),
          {{"link", std::move(link)}, {"kind", std::move(kind)}}};
}

CounterFamily MessagesReceived(std::vector<CounterFamily::Row> by_link) {
  return {"ddnn_messages_received_total",
          "Messages that came, by the link that they crossed.",
          std::move(by_link)};
}

CounterFamily PayloadReceived(std::vector<CounterFamily::Row> by_link) {
  return {"ddnn_payload_received_bytes_total",
          "Payloads of the messages that came.", std::move(by_link)};
}

CounterFamily MessagesSent(std::vector<CounterFamily::Row> by_link) {
  return {"ddnn_messages_sent_total",
          "Messages sent, by the link that they crossed.", std::move(by_link)};
}

CounterFamily PayloadSent(std::vector<CounterFamily::Row> by_link) {
  return {"ddnn_payload_sent_bytes_total", "Payloads of the messages sent.",
          std::move(by_link)};
}

CounterFamily UnsentMessages() {
  return {"ddnn_messages_unsent_total",
          "Messages given up: no broker, or no room on the way.",
          {{"unsent_messages"}}};
}

CounterFamily DroppedMessages() {
  return {"ddnn_messages_dropped_total",
          "Messages that came faster than they could be worked off.",
          {{"inbox_dropped"}}};
}

CounterFamily RejectedMessages(std::initializer_list<std::string_view> more) {
  constexpr std::string_view kPrefix = "rejected_";
  CounterFamily family{"ddnn_messages_rejected_total",
                       "Messages that came and could not be used.",
                       RowsByReason(kPrefix, more)};
  for (const Error error : kErrors) {
    family.rows.push_back(ReasonRow(kPrefix, Name(error)));
  }
  return family;
}

CounterTable BusCounters() {
  return {
      {"ddnn_mqtt_reconnects_total",
       "Connections to the broker after the first.",
       {{"reconnects"}}},
      {"ddnn_mqtt_published_total",
       "PUBLISH packets sent, of every kind, repeats included.",
       {{"mqtt_messages"}}},
      {"ddnn_mqtt_published_payload_bytes_total",
       "Payloads of the PUBLISH packets sent.",
       {{"mqtt_payload_bytes"}}},
      {"ddnn_mqtt_published_bytes_total",
       "Whole PUBLISH packets sent.",
       {{"mqtt_bytes"}}},
  };
}

CounterTable Joined(CounterTable first, CounterTable second) {
  std::ranges::move(second, std::back_inserter(first));
  return first;
}

std::vector<std::string> NamesWithoutRow(const CounterTable& table,
                                         const AgentCounters& counters) {
  std::vector<std::string> names;
  for (const auto& [name, count] : counters) {
    if (!Holds(table, name)) names.push_back(name);
  }
  return names;
}

}  // namespace ddnn
