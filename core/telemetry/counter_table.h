#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ddnn {

/// Names and values of a metric's labels, each from a small closed set.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Counts since an agent's start, by name: what its pipeline keeps.
using CounterMap = std::map<std::string, std::uint64_t>;

/// A metric `ddnn_..._total` and the counters that are its series.
struct CounterFamily {
  struct Row {
    std::string counter;  ///< its name in the CounterMap
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
                                         const CounterMap& counters);

}  // namespace ddnn
