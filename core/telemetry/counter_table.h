#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/counters.h"
#include "core/base/message_kind.h"

namespace ddnn {

/// Names and values of a metric's labels, each from a small closed set.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// A metric `ddnn_..._total` and the counters that are its series.
struct CounterFamily {
  struct Row {
    std::string counter;  ///< its name in the AgentCounters
    MetricLabels labels{};
  };
  std::string name;
  std::string help;
  std::vector<Row> rows;
};

/// How an agent's counters are called on /metrics. A counter stands in one row;
/// every row is exported from the start, with 0 until the counter moves.
using CounterTable = std::vector<CounterFamily>;

/// One row a reason: counter `<prefix><reason>`, label reason="<reason>".
std::vector<CounterFamily::Row> RowsByReason(
    std::string_view prefix, std::initializer_list<std::string_view> reasons);

/// Kinds of messages, all that an agent sends or receives.
using MessageKindList = std::vector<MessageKind>;

/// What each agent's bus counts, by link and kind: messages, payloads and whole
/// packets, each way; drops and reconnects. See StatsNotes and CountUnsent()
/// of core/bus. MessageKind::kControl and the kinds that every agent has, its
/// state and info, come by themselves.
CounterTable BusCounters(const MessageKindList& sent,
                         const MessageKindList& received);

/// Counter `inbox_dropped`.
CounterFamily DroppedMessages();

/// The counter of messages of a kind that were refused for a reason.
std::string RejectedCounter(MessageKind kind, std::string_view reason);

/// Messages that an agent refused.
/// \param more  reasons beyond those with which decoders refuse.
CounterFamily RejectedMessages(
    const MessageKindList& received,
    std::initializer_list<std::string_view> more = {});

/// Both tables as one.
CounterTable Joined(CounterTable first, CounterTable second);

/// Counters that no row names: they would not be seen. For tests.
std::vector<std::string> NamesWithoutRow(const CounterTable& table,
                                         const AgentCounters& counters);

}  // namespace ddnn
