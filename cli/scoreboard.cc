#include "cli/scoreboard.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace ddnn {
namespace {

std::size_t IndexOf(Tier tier) { return static_cast<std::size_t>(tier); }

/// A CSV field; names come from the data set and may hold anything.
std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

Scoreboard::Scoreboard(const Replay& replay, const Bundle& bundle,
                       Offload offload)
    : replay_(replay),
      bundle_(bundle),
      offload_(offload),
      outcomes_(replay.expected().size()) {
  running_.by_class.resize(bundle.classes.size());
}

void Scoreboard::AddResult(std::size_t index, const SampleResult& result) {
  Outcome& outcome = outcomes_[index];
  if (Counts(outcome)) {
    ++running_.duplicates;
    return;
  }
  ++running_.results;
  reached_ = std::max(reached_, index + 1);
  if (result.status == ResultStatus::kFallback) {
    ++running_.fallbacks;
  } else {
    ++running_.exits[IndexOf(result.exit)];
  }
  if (result.status == ResultStatus::kDegraded) ++running_.degraded;
  const int truth = TruthOf(index);
  Tally& of_class = running_.by_class[static_cast<std::size_t>(truth)];
  ++of_class.total;
  if (result.label == truth) {
    ++of_class.correct;
    ++running_.correct;
  }
  running_.content_bytes += result.content_bytes;
  for (const ExitStep& step : result.path) {
    outcome.exit_labels[IndexOf(step.tier)] = step.label;
  }
  outcome.result = result;
}

void Scoreboard::AddLoss(std::size_t index) {
  Outcome& outcome = outcomes_[index];
  if (Counts(outcome)) {
    ++running_.duplicates;
    return;
  }
  outcome.lost = true;
  reached_ = std::max(reached_, index + 1);
  ++running_.lost;
}

void Scoreboard::SetExitLabel(std::size_t index, Tier tier, int label) {
  outcomes_[index].exit_labels[IndexOf(tier)] = label;
}

void Scoreboard::CloseBooks(const std::vector<bool>& gone) {
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    if (Counts(outcomes_[i])) continue;
    bool seen = false;
    for (int device = 0; device < replay_.device_count(); ++device) {
      seen |=
          !gone[static_cast<std::size_t>(device)] && replay_.Sees(device, i);
    }
    if (seen) {
      AddLoss(i);
    } else {
      ++lost_from_sight_;
    }
  }
  closed_ = true;
}

int Scoreboard::Blind() const {
  if (closed_ || complete()) return replay_.blind() + lost_from_sight_;
  return reached_ == 0 ? 0 : replay_.expected()[reached_ - 1].blind_before;
}

Summary Scoreboard::Summarize() const {
  Summary summary;
  summary.samples = running_.results + running_.lost;
  summary.results = running_.results;
  summary.lost = running_.lost;
  summary.duplicates = running_.duplicates;
  summary.blind = Blind();
  summary.accuracy = AccuracyPerExit();
  FillTallies(&summary);
  FillShares(&summary);
  FillLatency(&summary);
  return summary;
}

PerExit<Figure> Scoreboard::AccuracyPerExit() const {
  PerExit<Figure> accuracy;
  for (const Tier tier : kTiers) {
    Tally tally;
    bool all_known = true;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      if (!Counts(outcomes_[i])) continue;
      const auto& label = outcomes_[i].exit_labels[IndexOf(tier)];
      all_known &= label.has_value();
      tally.correct += label == TruthOf(i) ? 1 : 0;
      ++tally.total;
    }
    if (all_known) accuracy[IndexOf(tier)] = tally.accuracy();
  }
  return accuracy;
}

void Scoreboard::FillTallies(Summary* summary) const {
  std::vector<Tally> by_class(bundle_.classes.size());
  std::map<std::string, Tally> by_source;
  Tally all;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    const Outcome& outcome = outcomes_[i];
    if (!Counts(outcome)) continue;
    const DataSample& row = replay_.RowOf(i);
    const int correct =
        outcome.result && outcome.result->label == row.label ? 1 : 0;
    for (Tally* tally : {&all, &by_class[static_cast<std::size_t>(row.label)],
                         &by_source[row.source]}) {
      tally->correct += correct;
      ++tally->total;
    }
  }
  by_source.erase("");  // data sets need not name sources
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    summary->by_class.emplace_back(bundle_.classes[c], by_class[c]);
  }
  summary->by_source.assign(by_source.begin(), by_source.end());
  summary->overall = all.accuracy();
  summary->balanced = BalancedAccuracy(summary->by_class);
}

void Scoreboard::FillShares(Summary* summary) const {
  if (running_.results == 0) return;
  const double results = running_.results;
  for (std::size_t i = 0; i < kTiers.size(); ++i) {
    summary->exit_share[i] = running_.exits[i] / results;
  }
  summary->fallback_share = running_.fallbacks / results;
  if (offload_ == Offload::kNone) {
    summary->formula_bytes =
        FormulaBytes(bundle_, *summary->exit_share[IndexOf(Tier::kDevice)]);
  }
  summary->content_bytes = static_cast<double>(running_.content_bytes) /
                           replay_.device_count() / summary->samples;
}

void Scoreboard::FillLatency(Summary* summary) const {
  PerExit<std::vector<double>> latencies;
  for (const Outcome& outcome : outcomes_) {
    if (!outcome.result || outcome.result->status == ResultStatus::kFallback) {
      continue;
    }
    latencies[IndexOf(outcome.result->exit)].push_back(
        outcome.result->latency_ms);
  }
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    summary->latency_ms[i] = PercentilesOf(std::move(latencies[i]));
  }
}

std::string Scoreboard::PredictionsCsv() const {
  std::string csv = "sample_id,exit,status,class,eta,logits\n";
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    if (!outcomes_[i].result) continue;
    const SampleResult& result = *outcomes_[i].result;
    fmt::format_to(
        std::back_inserter(csv), "{},{},{},{},{},{}\n", replay_.RowOf(i).id,
        ExitName(result.exit), Name(result.status),
        CsvField(bundle_.classes[static_cast<std::size_t>(result.label)]),
        result.eta, fmt::join(result.logits, " "));
  }
  return csv;
}

}  // namespace ddnn
