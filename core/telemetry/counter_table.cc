#include "core/telemetry/counter_table.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

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

// With which decoders, and the logic behind them, refuse a message.
constexpr std::array kDecodeErrors{
    Error::kTruncated,     Error::kOversized,  Error::kWrongIdentifier,
    Error::kMalformed,     Error::kBadShape,   Error::kWrongBundle,
    Error::kUnknownDevice, Error::kOutOfRange, Error::kNotADistribution};

std::vector<CounterFamily::Row> TrafficRows(const std::string& prefix,
                                            const MessageKindList& kinds,
                                            const std::string& unit) {
  std::vector<CounterFamily::Row> rows;
  for (const MessageKind kind : kinds) {
    const std::string name(Name(kind));
    std::string counter = prefix;
    counter.append(name).append(unit);
    rows.push_back({std::move(counter),
                    {{"link", std::string(LinkOf(kind))}, {"kind", name}}});
  }
  return rows;
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

CounterTable BusCounters(const MessageKindList& sent,
                         const MessageKindList& received) {
  MessageKindList all_sent{MessageKind::kState, MessageKind::kInfo,
                           MessageKind::kControl};
  all_sent.insert(all_sent.end(), sent.begin(), sent.end());
  MessageKindList all_received{MessageKind::kControl, MessageKind::kOther};
  all_received.insert(all_received.end(), received.begin(), received.end());
  return {
      {"ddnn_messages_sent_total", "Packets sent, by the link that they cross.",
       TrafficRows("sent_", all_sent, "_messages")},
      {"ddnn_messages_received_total",
       "Packets received, by the link that they crossed.",
       TrafficRows("received_", all_received, "_messages")},
      {"ddnn_payload_sent_bytes_total", "Payloads of the packets sent.",
       TrafficRows("sent_", all_sent, "_payload_bytes")},
      {"ddnn_payload_received_bytes_total", "Payloads of the packets received.",
       TrafficRows("received_", all_received, "_payload_bytes")},
      {"ddnn_mqtt_sent_bytes_total",
       "Whole packets sent; all but CONNECT and PINGs.",
       TrafficRows("sent_", all_sent, "_mqtt_bytes")},
      {"ddnn_mqtt_received_bytes_total",
       "Whole packets received; all but CONNACK and PINGs.",
       TrafficRows("received_", all_received, "_mqtt_bytes")},
      {"ddnn_mqtt_dropped_total",
       "Messages given up: no broker, no room, too late, too large, or refused "
       "by the broker.",
       RowsByReason("unsent_", {"offline", "queue_full", "expired", "oversized",
                                "refused"})},
      {"ddnn_mqtt_reconnects_total",
       "Connections to the broker after the first, by the end of the one "
       "before.",
       {{"reconnects_broken", {{"cause", "broken"}}},
        {"reconnects_closed_by_broker", {{"cause", "closed_by_broker"}}}}},
  };
}

CounterFamily DroppedMessages() {
  return {"ddnn_messages_dropped_total",
          "Messages that came faster than they could be worked off.",
          {{"inbox_dropped"}}};
}

std::string RejectedCounter(MessageKind kind, std::string_view reason) {
  return "rejected_" + std::string(Name(kind)) + "_" + std::string(reason);
}

CounterFamily RejectedMessages(const MessageKindList& received,
                               std::initializer_list<std::string_view> more) {
  std::vector<std::string_view> reasons(more);
  for (const Error error : kDecodeErrors) reasons.push_back(Name(error));
  CounterFamily family{"ddnn_messages_rejected_total",
                       "Messages that came and could not be used.",
                       {}};
  for (const MessageKind kind : received) {
    for (const std::string_view reason : reasons) {
      family.rows.push_back({RejectedCounter(kind, reason),
                             {{"kind", std::string(Name(kind))},
                              {"reason", std::string(reason)}}});
    }
  }
  return family;
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
