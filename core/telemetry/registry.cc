#include "core/telemetry/registry.h"

#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cassert>
#include <utility>

#include "core/telemetry/host_sensors.h"
#include "core/telemetry/process_usage.h"

namespace ddnn {
namespace {

prometheus::Labels LabelsOf(const MetricLabels& labels) {
  return {labels.begin(), labels.end()};
}

std::size_t RowsOf(const CounterTable& table) {
  std::size_t rows = 0;
  for (const CounterFamily& family : table) rows += family.rows.size();
  return rows;
}

std::vector<prometheus::ClientMetric::Label> LabelsOfRow(
    const CounterFamily::Row& row) {
  std::vector<prometheus::ClientMetric::Label> labels;
  for (const auto& [name, label] : row.labels) labels.push_back({name, label});
  return labels;
}

prometheus::MetricFamily Family(std::string name, std::string help,
                                prometheus::MetricType type) {
  prometheus::MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

void AddValue(double value, std::vector<prometheus::ClientMetric::Label> labels,
              prometheus::MetricFamily* family) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;  // the serialiser reads the one of the type
  metric.gauge.value = value;
  family->metric.push_back(std::move(metric));
}

/// The process, by the names that Prometheus's own libraries give it.
void AppendProcess(std::vector<prometheus::MetricFamily>* families) {
  using prometheus::MetricType;
  const auto usage = ReadProcessUsage();
  if (!usage) return;
  const auto add = [families](const char* name, const char* help,
                              MetricType type, double value) {
    AddValue(value, {}, &families->emplace_back(Family(name, help, type)));
  };
  add("process_cpu_seconds_total", "User and system time used.",
      MetricType::Counter, usage->cpu_seconds);
  add("process_virtual_memory_bytes", "Virtual memory.", MetricType::Gauge,
      usage->virtual_bytes);
  add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge,
      usage->resident_bytes);
  add("process_open_fds", "Open files.", MetricType::Gauge, OpenFileCount());
  add("process_max_fds", "Files that may be open.", MetricType::Gauge,
      OpenFileLimit());
  static const double boot = BootSeconds();
  add("process_start_time_seconds", "Unix time of the start.",
      MetricType::Gauge, boot + usage->start_seconds);
}

void AppendReadings(std::string name, std::string help, const char* label,
                    const std::vector<HostReading>& readings,
                    std::vector<prometheus::MetricFamily>* families) {
  if (readings.empty()) return;
  auto& family = families->emplace_back(
      Family(std::move(name), std::move(help), prometheus::MetricType::Gauge));
  for (const HostReading& reading : readings) {
    AddValue(reading.value, {{label, reading.name}}, &family);
  }
}

void AppendHost(std::vector<prometheus::MetricFamily>* families) {
  const HostReadings host = ReadHost();
  AppendReadings("ddnn_host_temperature_celsius",
                 "Temperatures of the machine that the agent runs on.",
                 "sensor", host.celsius, families);
  AppendReadings("ddnn_host_throttled",
                 "1 while the machine slows itself down, or its voltage is too "
                 "low.",
                 "reason", host.throttled, families);
}

}  // namespace

void Gauge::Set(double value) { gauge_->Set(value); }

void Histogram::Observe(double value) { histogram_->Observe(value); }

CounterFeed::CounterFeed(const CounterTable& table,
                         std::vector<std::atomic<std::uint64_t>>* values)
    : values_(values) {
  for (const CounterFamily& family : table) {
    for (const auto& row : family.rows) names_.push_back(row.counter);
  }
  sources_.resize(names_.size());
}

void CounterFeed::Update(const AgentCounters& counters) {
  if (counters.size() != known_) {
    known_ = counters.size();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto found = counters.find(names_[i]);
      sources_[i] = found == counters.end() ? nullptr : &found->second;
    }
  }
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i] == nullptr) continue;
    (*values_)[i].store(*sources_[i], std::memory_order_relaxed);
  }
}

class MetricsRegistry::Impl {
 public:
  std::vector<prometheus::MetricFamily> Collect() const {
    std::vector<prometheus::MetricFamily> families = direct.Collect();
    std::size_t next = 0;
    for (const CounterFamily& family : table) {
      auto& out = families.emplace_back(
          Family(family.name, family.help, prometheus::MetricType::Counter));
      for (const auto& row : family.rows) {
        AddValue(
            static_cast<double>(values[next++].load(std::memory_order_relaxed)),
            LabelsOfRow(row), &out);
      }
    }
    AppendProcess(&families);
    AppendHost(&families);
    return families;
  }

  prometheus::Registry direct;
  CounterTable table;
  std::vector<std::atomic<std::uint64_t>> values;  // by row
};

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}

MetricsRegistry::~MetricsRegistry() = default;

Gauge MetricsRegistry::AddGauge(const std::string& name,
                                const std::string& help,
                                const MetricLabels& labels) {
  auto& family =
      prometheus::BuildGauge().Name(name).Help(help).Register(impl_->direct);
  return Gauge(&family.Add(LabelsOf(labels)));
}

Histogram MetricsRegistry::AddHistogram(const std::string& name,
                                        const std::string& help,
                                        std::span<const double> bounds,
                                        const MetricLabels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(
      impl_->direct);
  return Histogram(&family.Add(
      LabelsOf(labels),
      prometheus::Histogram::BucketBoundaries(bounds.begin(), bounds.end())));
}

CounterFeed MetricsRegistry::AddCounters(CounterTable table) {
  assert(impl_->table.empty());  // an agent has one table
  impl_->values = std::vector<std::atomic<std::uint64_t>>(RowsOf(table));
  impl_->table = std::move(table);
  return CounterFeed(impl_->table, &impl_->values);
}

std::string MetricsRegistry::Render() const {
  return prometheus::TextSerializer().Serialize(impl_->Collect());
}

}  // namespace ddnn
