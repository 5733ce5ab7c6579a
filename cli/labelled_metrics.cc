#include "cli/labelled_metrics.h"

#include <cstddef>
#include <utility>

#include "cli/command.h"

namespace ddnn {
namespace {

std::string RightName(std::size_t label) {
  return "right_" + std::to_string(label);
}
std::string WrongName(std::size_t label) {
  return "wrong_" + std::to_string(label);
}

CounterTable TableOf(const std::vector<std::string>& classes) {
  CounterFamily family{"ddnn_labelled_samples_total",
                       "Samples answered whose class is known, by that class.",
                       {}};
  for (std::size_t label = 0; label < classes.size(); ++label) {
    const std::string& name = classes[label];
    family.rows.push_back(
        {RightName(label), {{"class", name}, {"correct", "yes"}}});
    family.rows.push_back(
        {WrongName(label), {{"class", name}, {"correct", "no"}}});
  }
  return {std::move(family)};
}

}  // namespace

LabelledMetrics::LabelledMetrics(const std::vector<std::string>& classes)
    : feed_(registry_.AddCounters(TableOf(classes))) {}

void LabelledMetrics::Open() {
  server_ =
      ValueOrThrow(MetricsServer::Open({.listen = "127.0.0.1:0"}, registry_),
                   kExitUnavailable);
}

void LabelledMetrics::Update(const Scoreboard::Running& running) {
  for (std::size_t label = 0; label < running.by_class.size(); ++label) {
    const Tally& tally = running.by_class[label];
    counters_[RightName(label)] = static_cast<std::uint64_t>(tally.correct);
    counters_[WrongName(label)] =
        static_cast<std::uint64_t>(tally.total - tally.correct);
  }
  feed_.Update(counters_);
}

}  // namespace ddnn
