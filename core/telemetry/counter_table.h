#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/counters.h"

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

/// One row of the families below.
/// \param link  "device_edge", "edge_cloud" or "site".
/// \param kind  of message: "score", "ask", ...
CounterFamily::Row LinkRow(std::string counter, std::string link,
                           std::string kind);
CounterFamily MessagesReceived(std::vector<CounterFamily::Row> by_link);
CounterFamily PayloadReceived(std::vector<CounterFamily::Row> by_link);
CounterFamily MessagesSent(std::vector<CounterFamily::Row> by_link);
CounterFamily PayloadSent(std::vector<CounterFamily::Row> by_link);
/// Counter `unsent_messages`.
CounterFamily UnsentMessages();
/// Counter `inbox_dropped`.
CounterFamily DroppedMessages();

/// Messages that an agent refused, counters `rejected_<reason>`.
/// \param more  reasons beyond those of Error.
CounterFamily RejectedMessages(
    std::initializer_list<std::string_view> more = {});

/// What each agent's bus counts: see NoteStats() of core/bus.
CounterTable BusCounters();

/// Both tables as one.
CounterTable Joined(CounterTable first, CounterTable second);

/// Counters that no row names: they would not be seen. For tests.
std::vector<std::string> NamesWithoutRow(const CounterTable& table,
                                         const AgentCounters& counters);

}  // namespace ddnn
