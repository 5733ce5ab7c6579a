#include "cli/report/prometheus_run.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "cli/report/byte_figures.h"
#include "cli/report/counter_increases.h"
#include "cli/report/scraped_latency.h"
#include "cli/report/time_bins.h"
#include "core/nn/view.h"

namespace ddnn {
namespace {

using Presence = RunFigures::Presence;

constexpr const char* kSamples = "ddnn_samples_total";
constexpr const char* kUnheard = "ddnn_ticks_unheard_total";
constexpr const char* kScrapeTimes = "timestamp(up)";

std::optional<Outcome> OutcomeOf(const Series& series) {
  if (series.Label("status") == "fallback") return Outcome::kFallback;
  for (const Outcome outcome : kOutcomes) {
    if (Name(outcome) == series.Label("exit")) return outcome;
  }
  return std::nullopt;
}

std::int64_t Whole(double count) { return std::llround(count); }

/// Seconds between two scrapes, the most usual; 0 if it is not known.
double ScrapePeriod(const ScrapedRange& range) {
  const auto found = range.metrics.find(kScrapeTimes);
  if (found == range.metrics.end()) return 0;
  std::map<double, int> seen;  // how often, by period
  for (const Series& series : found->second) {
    double before = 0;
    for (const auto& sample : series.samples) {
      const double period = std::round((sample.value - before) * 10) / 10;
      if (before > 0 && period > 0) ++seen[period];
      before = sample.value;
    }
  }
  const auto usual = std::ranges::max_element(
      seen, {}, [](const auto& one) { return one.second; });
  return usual == seen.end() ? 0 : usual->first;
}

int DeviceOf(const Series& series) {
  const std::string& text = series.Label("device");
  int device = -1;
  std::from_chars(text.data(), text.data() + text.size(), device);
  return device;
}

/// Puts the figures of one group together.
class ScrapedRun {
 public:
  ScrapedRun(const ScrapedRange& range, std::string site, std::string group)
      : range_(range),
        increases_(range),
        site_(std::move(site)),
        group_(std::move(group)),
        bins_(std::max(range.step_s, ScrapePeriod(range))) {}

  RunFigures Figures() {
    figures_.title = site_ + "/" + group_;
    FillRange();
    FillOutcomes();
    FillTruth();
    FillLatency();
    FillAgents();
    FillBytes();
    FillGauges();
    figures_.interval_s = bins_.seconds_each();
    figures_.intervals = bins_.bins();
    NoteWhatIsMissing();
    return std::move(figures_);
  }

 private:
  /// The group's own series of a metric, and its cloud's.
  std::vector<const Series*> Ours(const std::string& name) const {
    std::vector<const Series*> ours;
    const auto found = range_.metrics.find(name);
    if (found == range_.metrics.end()) return ours;
    for (const Series& series : found->second) {
      const bool fits =
          series.Label("site") == site_ &&
          (series.Label("group") == group_ || series.Label("group").empty());
      if (fits && !series.samples.empty()) ours.push_back(&series);
    }
    return ours;
  }
  std::vector<const Series*> Ours(const std::string& name,
                                  const std::string& tier) const {
    auto ours = Ours(name);
    std::erase_if(ours, [&tier](const Series* series) {
      return series->Label("tier") != tier;
    });
    return ours;
  }
  Figure Total(const std::vector<const Series*>& all) const {
    if (all.empty()) return std::nullopt;
    double total = 0;
    for (const Series* series : all) total += increases_.Total(*series);
    return total;
  }
  RunFigures::Interval& BinAt(double time_s) {
    // It happened before the scrape that shows it.
    return bins_.At(time_s - range_.step_s / 2 - figures_.start_s);
  }

  /// From the first that is known of the group.
  void FillRange() {
    double first_s = range_.to_s;
    for (const Series* series : Ours(kSamples)) {
      first_s = std::min(first_s, series->samples.front().time_s);
    }
    figures_.start_s = std::max(range_.from_s, first_s - range_.step_s);
    figures_.seconds = range_.to_s - figures_.start_s;
  }

  void FillOutcomes() {
    for (const Series* series : Ours(kSamples)) {
      const auto outcome = OutcomeOf(*series);
      if (!outcome) continue;
      Count(*series, *outcome);
      if (series->Label("status") == "degraded") {
        figures_.degraded += Whole(increases_.Total(*series));
      }
    }
    for (const Series* series : Ours("ddnn_samples_lost_total")) {
      Count(*series, Outcome::kLost);
      const std::int64_t lost = Whole(increases_.Total(*series));
      if (lost > 0) figures_.losses[series->Label("reason")] += lost;
    }
    figures_.unheard_ticks = Whole(Total(Ours(kUnheard)).value_or(0));
  }
  void Count(const Series& series, Outcome outcome) {
    increases_.Each(series, [&](double time_s, double increase) {
      At(figures_.outcomes, outcome) += Whole(increase);
      At(BinAt(time_s).outcomes, outcome) += Whole(increase);
    });
  }

  void FillTruth() {
    std::map<std::string, Tally> by_class;
    for (const Series* series : Ours("ddnn_labelled_samples_total")) {
      const bool correct = series->Label("correct") == "yes";
      Tally& own = by_class[series->Label("class")];
      increases_.Each(*series, [&](double time_s, double increase) {
        for (Tally* tally : {&own, &figures_.right, &BinAt(time_s).right}) {
          const int count = static_cast<int>(Whole(increase));
          tally->total += count;
          if (correct) tally->correct += count;
        }
      });
    }
    if (figures_.right.total == 0) return;
    figures_.by_class.assign(by_class.begin(), by_class.end());
  }

  void FillLatency() {
    ScrapedLatency latency;
    for (const Series* series : Ours("ddnn_sample_latency_seconds_bucket")) {
      for (const Outcome outcome : kOutcomes) {
        if (Name(outcome) != series->Label("exit")) continue;
        latency.Add(outcome, series->Label("le"), increases_.Total(*series));
      }
    }
    latency.Fill(&figures_);
  }

  void FillAgents() {
    std::map<std::string, std::map<double, Presence>> told;  // by agent
    std::map<std::string, RunFigures::Agent> agents;
    for (const Series* series : Ours("up")) {
      const std::string& name = series->Label("agent");
      RunFigures::Agent& agent = agents[name];
      agent.name = name;
      agent.tier = series->Label("tier");
      agent.device = DeviceOf(*series);
      for (const auto& sample : series->samples) {
        const Presence now =
            sample.value > 0 ? Presence::kThere : Presence::kGone;
        // Of two addresses of one agent, one being old.
        auto& before = told[name].try_emplace(sample.time_s, now).first->second;
        before = std::min(before, now);
      }
    }
    for (const Series* series : Ours("ddnn_camera_up")) {
      for (const auto& sample : series->samples) {
        const auto story = told.find(series->Label("agent"));
        if (story == told.end() || sample.value > 0) continue;
        const auto at = story->second.find(sample.time_s);
        if (at != story->second.end() && at->second == Presence::kThere) {
          at->second = Presence::kCameraDown;
        }
      }
    }
    for (auto& [name, agent] : agents) {
      for (const auto& [time_s, presence] : told[name]) {
        AddStretch(&agent, time_s - figures_.start_s, presence);
      }
      if (agent.tier == "device") {
        agent.payload_bytes = SentBy(name, "ddnn_payload_sent_bytes_total");
        agent.mqtt_bytes = SentBy(name, "ddnn_mqtt_sent_bytes_total");
      }
      figures_.agents.push_back(agent);
    }
    SortAgents(&figures_.agents);
  }
  void AddStretch(RunFigures::Agent* agent, double to_s, Presence presence) {
    const double from_s = std::max(0.0, to_s - range_.step_s);
    if (to_s <= from_s) return;
    auto& stretches = agent->stretches;
    const bool goes_on = !stretches.empty() &&
                         stretches.back().presence == presence &&
                         from_s - stretches.back().to_s < range_.step_s / 2;
    if (goes_on) {
      stretches.back().to_s = to_s;
    } else {
      stretches.push_back({from_s, to_s, presence});
    }
  }
  std::vector<const Series*> ToEdge(const std::string& metric) const {
    auto sent = Ours(metric, "device");
    std::erase_if(sent, [](const Series* series) {
      return series->Label("link") != "device_edge";
    });
    return sent;
  }
  Figure SentBy(const std::string& agent, const std::string& metric) const {
    auto sent = ToEdge(metric);
    std::erase_if(sent, [&agent](const Series* series) {
      return series->Label("agent") != agent;
    });
    return Total(sent);
  }

  void FillBytes() {
    for (const Series* series : Ours("ddnn_devices_expected")) {
      figures_.devices =
          std::max(figures_.devices.value_or(0),
                   static_cast<int>(Whole(series->samples.back().value)));
    }
    const Figure raw = Total(Ours("ddnn_raw_view_bytes_total"));
    figures_.bytes = ByteFigures(
        {.samples = figures_.samples(),
         .devices = figures_.devices.value_or(0),
         .views = raw ? Figure(*raw / kViewBytes) : Figure(),
         .content_bytes = Total(Ours("ddnn_content_bytes_total", "edge")),
         .payload_bytes = Total(ToEdge("ddnn_payload_sent_bytes_total")),
         .mqtt_bytes = Total(ToEdge("ddnn_mqtt_sent_bytes_total"))});
  }

  void FillGauges() {
    for (const Series* series : Ours("ddnn_exit_threshold")) {
      for (const Tier tier : kTiers) {
        if (ExitName(tier) != series->Label("exit")) continue;
        figures_.thresholds[static_cast<std::size_t>(tier)] =
            series->samples.back().value;
      }
    }
  }

  void NoteWhatIsMissing() {
    figures_.notes.push_back(
        "Counts are those of the newest scrapes: what happened since is not in "
        "them");
    figures_.NoteUnheard();
    std::string missing;
    for (const ReportMetric& metric : ReportMetrics()) {
      if (!metric.needed || !Ours(metric.name).empty()) continue;
      missing += missing.empty() ? "" : ", ";
      missing += metric.name;
    }
    if (!missing.empty()) {
      figures_.notes.push_back(
          "This Prometheus does not know, of this group: " + missing);
    }
    if (figures_.right.total == 0) {
      figures_.notes.push_back(
          "Only a demo knows what the samples really were: there is no "
          "accuracy here");
    }
  }

  const ScrapedRange& range_;
  const CounterIncreases increases_;
  const std::string site_;
  const std::string group_;
  RunFigures figures_;
  TimeBins<RunFigures::Interval> bins_;
};

}  // namespace

const std::vector<ReportMetric>& ReportMetrics() {
  static const std::vector<ReportMetric> metrics{
      {kSamples, kSamples, true},
      {"ddnn_samples_lost_total", "ddnn_samples_lost_total", true},
      {kUnheard, kUnheard, true},
      {"ddnn_sample_latency_seconds_bucket",
       "ddnn_sample_latency_seconds_bucket", true},
      {"ddnn_labelled_samples_total", "ddnn_labelled_samples_total", false},
      {"ddnn_content_bytes_total", "ddnn_content_bytes_total{tier=\"edge\"}",
       true},
      {"ddnn_raw_view_bytes_total", "ddnn_raw_view_bytes_total", true},
      {"ddnn_payload_sent_bytes_total",
       "ddnn_payload_sent_bytes_total{link=\"device_edge\"}", true},
      {"ddnn_mqtt_sent_bytes_total",
       "ddnn_mqtt_sent_bytes_total{link=\"device_edge\"}", true},
      {"ddnn_devices_expected", "ddnn_devices_expected", true},
      {"ddnn_exit_threshold", "ddnn_exit_threshold", true},
      {"ddnn_camera_up", "ddnn_camera_up", true},
      {"up", "up{agent!=\"\"}", true},
      {kScrapeTimes, "timestamp(up{agent!=\"\"})", false},
      {"process_start_time_seconds", "process_start_time_seconds{agent!=\"\"}",
       false}};
  return metrics;
}

Result<RunFigures> FiguresOf(const ScrapedRange& range, const std::string& site,
                             const std::string& group) {
  std::set<std::pair<std::string, std::string>> groups;
  if (const auto samples = range.metrics.find(kSamples);
      samples != range.metrics.end()) {
    for (const Series& series : samples->second) {
      if ((site.empty() || series.Label("site") == site) &&
          (group.empty() || series.Label("group") == group)) {
        groups.emplace(series.Label("site"), series.Label("group"));
      }
    }
  }
  if (groups.empty()) {
    return Failure{Error::kNotFound,
                   std::string("knows no ") + kSamples +
                       " of such a group in this range: does it scrape the "
                       "edge's /metrics, and are --range, --site and --group "
                       "right?"};
  }
  if (groups.size() > 1) {
    std::string names;
    for (const auto& [one_site, one_group] : groups) {
      names += fmt::format("{}{}/{}", names.empty() ? "" : ", ", one_site,
                           one_group);
    }
    return Failure{Error::kRefused, "knows several groups: " + names +
                                        "; choose with --site and --group"};
  }
  const auto& [one_site, one_group] = *groups.begin();
  return ScrapedRun(range, one_site, one_group).Figures();
}

}  // namespace ddnn
