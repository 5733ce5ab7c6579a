#include "cli/report/counter_increases.h"

#include <algorithm>

namespace ddnn {

CounterIncreases::CounterIncreases(const ScrapedRange& range) : range_(range) {
  const auto starts = range.metrics.find("process_start_time_seconds");
  if (starts == range.metrics.end()) return;
  for (const Series& series : starts->second) {
    if (series.samples.empty()) continue;
    // An address that another process has taken over: the first one's.
    started_s_.emplace(series.Label("instance"), series.samples.front().value);
  }
}

bool CounterIncreases::BornWithin(const Series& series) const {
  const auto started = started_s_.find(series.Label("instance"));
  if (started != started_s_.end()) return started->second >= range_.from_s;
  return series.samples.front().time_s > range_.from_s + range_.step_s;
}

void CounterIncreases::Each(const Series& series, const Sink& sink) const {
  if (series.samples.empty()) return;
  double before = BornWithin(series) ? 0 : series.samples.front().value;
  for (const Series::Sample& sample : series.samples) {
    const double increase =
        sample.value >= before ? sample.value - before : sample.value;
    if (increase > 0) sink(sample.time_s, increase);
    before = sample.value;
  }
}

double CounterIncreases::Total(const Series& series) const {
  double total = 0;
  Each(series, [&total](double, double increase) { total += increase; });
  return total;
}

}  // namespace ddnn
