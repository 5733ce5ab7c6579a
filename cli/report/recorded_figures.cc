// RecordedRun's last step: from what was counted to what a page shows.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cli/report/byte_figures.h"
#include "cli/report/recorded_run.h"
#include "core/nn/bundle.h"

namespace ddnn {
namespace {

constexpr std::size_t kLatencyBars = 40;

}  // namespace

RunFigures RecordedRun::Finish(const std::string& source) const {
  RunFigures figures = figures_;
  figures.percentiles = "Percentiles are nearest-rank, within half a percent.";
  figures.title = site_ + "/" + group_;
  figures.source = source;
  figures.start_s = start_s_.value_or(0);
  // A described run ends with its last sample: then its agents are stopped.
  const double end_s = run_ && samples() > 0 ? last_sample_s_ : end_s_;
  figures.seconds = std::max(0.0, end_s - figures.start_s);
  if (run_) {
    figures.input = run_->input;
    figures.network = run_->network;
    figures.hierarchy = run_->hierarchy;
    figures.expected = run_->samples;
    figures.thresholds = run_->thresholds;
  }
  figures.interval_s = bins_.seconds_each();
  figures.intervals = bins_.bins();
  FillLatency(&figures);
  FillAgents(&figures);
  FillBytes(&figures);
  FillNotes(&figures);
  return figures;
}

void RecordedRun::FillLatency(RunFigures* figures) const {
  figures->all_latency_ms = all_latency_.percentiles();
  for (const Outcome outcome : kOutcomes) {
    At(figures->latency_ms, outcome) = At(latency_, outcome).percentiles();
  }
  const auto& counts = all_latency_.counts();
  const auto used = [](std::int64_t count) { return count > 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), used);
  if (first == counts.end()) return;
  const auto last = std::find_if(counts.rbegin(), counts.rend(), used).base();
  const auto from = static_cast<std::size_t>(first - counts.begin());
  const auto to = static_cast<std::size_t>(last - counts.begin());
  const std::size_t step = (to - from + kLatencyBars - 1) / kLatencyBars;
  for (std::size_t i = from; i < to; i += step) {
    const std::size_t end = std::min(i + step, counts.size());
    RunFigures::LatencyBar bar{
        LatencyBuckets::StartOf(i), LatencyBuckets::StartOf(i + step), {}};
    for (const Outcome outcome : kOutcomes) {
      const auto& own = At(latency_, outcome).counts();
      for (std::size_t k = i; k < end; ++k) At(bar.counts, outcome) += own[k];
    }
    figures->latency.push_back(bar);
  }
}

void RecordedRun::FillAgents(RunFigures* figures) const {
  for (const auto& [name, story] : agents_) {
    const AgentState& state = story.state;
    const bool ours = name.starts_with(site_ + "/") &&
                      (state.group == group_ || state.tier == "cloud");
    if (!ours || story.changes.empty()) continue;
    RunFigures::Agent agent{.name = name.substr(site_.size() + 1),
                            .tier = state.tier,
                            .device = state.device,
                            .camera = {},
                            .stretches = {},
                            .seen = {},
                            .missing = {},
                            .payload_bytes = {},
                            .mqtt_bytes = {}};
    for (std::size_t i = 0; i < story.changes.size(); ++i) {
      const bool last = i + 1 == story.changes.size();
      const auto since_start = [&](const Change& change) {
        return std::clamp(change.time_s - figures->start_s, 0.0,
                          figures->seconds);
      };
      const double from_s = since_start(story.changes[i]);
      const double to_s =
          last ? figures->seconds : since_start(story.changes[i + 1]);
      if (from_s >= to_s) continue;
      agent.stretches.push_back({from_s, to_s, story.changes[i].presence});
    }
    const auto device = static_cast<std::size_t>(std::max(0, state.device));
    if (state.tier == "device" && device < seen_.size()) {
      agent.seen = seen_[device];
      agent.missing = missing_[device];
      if (run_ && device < run_->cameras.size()) {
        agent.camera = run_->cameras[device];
      }
      // A device that runs sends scores: if it counts none, it does not tell.
      if (story.sent.mqtt_bytes > 0 ||
          (story.counted && story.counted->mqtt_bytes > 0)) {
        agent.payload_bytes = static_cast<double>(story.sent.payload_bytes);
        agent.mqtt_bytes = static_cast<double>(story.sent.mqtt_bytes);
      }
    }
    figures->agents.push_back(std::move(agent));
  }
  SortAgents(&figures->agents);
}

void RecordedRun::FillBytes(RunFigures* figures) const {
  ByteCounts counts{.samples = figures->samples(),
                    .devices = figures->devices.value_or(0),
                    .views = static_cast<double>(views_),
                    .content_bytes = static_cast<double>(content_bytes_)};
  int telling = 0;
  double payload_bytes = 0;
  double mqtt_bytes = 0;
  for (const auto& agent : figures->agents) {
    if (!agent.mqtt_bytes) continue;
    ++telling;
    payload_bytes += *agent.payload_bytes;
    mqtt_bytes += *agent.mqtt_bytes;
  }
  if (telling > 0 && telling == figures->devices) {
    counts.payload_bytes = payload_bytes;
    counts.mqtt_bytes = mqtt_bytes;
  }
  if (run_) {
    counts.jpeg_bytes = run_->jpeg_bytes;
    counts.map_bytes = run_->map_bytes;
  }
  counts.classes = static_cast<int>(classes_.size());
  if (figures->results() > 0) {
    counts.local_share =
        static_cast<double>(At(figures->outcomes, Outcome::kLocal)) /
        static_cast<double>(figures->results());
  }
  figures->bytes = ByteFigures(counts);
}

void RecordedRun::FillNotes(RunFigures* figures) const {
  figures->NoteUnheard();
  auto& notes = figures->notes;
  if (malformed_ > 0) {
    notes.push_back(fmt::format("{} lines were not understood; the first: {}",
                                malformed_, first_fault_));
  }
  const auto expected =
      static_cast<std::int64_t>(figures->expected.value_or(0));
  if (expected > figures->samples()) {
    notes.push_back(fmt::format(
        "{} of the {} samples planned have neither a result nor a loss: the "
        "recording ends before them, or no device that was alive saw them",
        expected - figures->samples(), expected));
  }
  if (figures->right.total == 0) {
    notes.push_back(
        "The stream does not say what the samples really were, so there is no "
        "accuracy; `ddnn demo --record` writes it");
  }
  if (agents_left_out_ > 0) {
    notes.push_back(
        fmt::format("Agents beyond the first {} are left out", kMaxAgents));
  }
}

}  // namespace ddnn
