#include "cli/report/figures.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/figure_json.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

Json ToJsonValue(const PerOutcome<std::int64_t>& counts) {
  Json json = Json::object();
  for (const Outcome outcome : kOutcomes) {
    json[std::string(Name(outcome))] = At(counts, outcome);
  }
  return json;
}

}  // namespace

RunFigures::Interval& RunFigures::Interval::operator+=(const Interval& other) {
  for (const Outcome outcome : kOutcomes) {
    At(outcomes, outcome) += At(other.outcomes, outcome);
  }
  right.correct += other.right.correct;
  right.total += other.right.total;
  return *this;
}

Figure RunFigures::Agent::Available() const {
  double there = 0;
  double known = 0;
  for (const Stretch& stretch : stretches) {
    const double length = stretch.to_s - stretch.from_s;
    known += length;
    if (stretch.presence == Presence::kThere) there += length;
  }
  if (known <= 0) return std::nullopt;
  return there / known;
}

std::int64_t RunFigures::samples() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::int64_t{0});
}

void RunFigures::NoteUnheard() {
  if (unheard_ticks == 0) return;
  notes.push_back(fmt::format(
      "Of {} ticks not all that devices said was heard: a sample of theirs "
      "that has neither a result nor a loss is lost, and counted nowhere",
      unheard_ticks));
}

Figure RunFigures::BytesOf(std::string_view name) const {
  for (const Bytes& one : bytes) {
    if (one.name == name) return one.per_device_sample;
  }
  return std::nullopt;
}

std::string ToJson(const RunFigures& run) {
  Json latency = Json::object();
  for (const Outcome outcome : kOutcomes) {
    if (outcome == Outcome::kLost) continue;
    latency[std::string(Name(outcome))] =
        ToJsonValue(At(run.latency_ms, outcome));
  }
  latency["all"] = ToJsonValue(run.all_latency_ms);
  Json by_class = Json::object();
  for (const auto& [name, tally] : run.by_class) {
    by_class[name] = {{"correct", tally.correct}, {"total", tally.total}};
  }
  Json bytes = Json::object();
  for (const auto& one : run.bytes) bytes[one.name] = one.per_device_sample;
  const Json json{{"title", run.title},
                  {"samples", run.samples()},
                  {"results", run.results()},
                  {"lost", At(run.outcomes, Outcome::kLost)},
                  {"duplicates", run.repeats},
                  {"degraded", run.degraded},
                  {"unheard_ticks", run.unheard_ticks},
                  {"outcomes", ToJsonValue(run.outcomes)},
                  {"accuracy",
                   {{"overall", ToJsonValue(run.right.accuracy())},
                    {"balanced", ToJsonValue(BalancedAccuracy(run.by_class))}}},
                  {"by_class", by_class},
                  {"confusion", run.confusion},
                  {"bytes", bytes},
                  {"latency_ms", latency},
                  {"notes", run.notes}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ddnn
