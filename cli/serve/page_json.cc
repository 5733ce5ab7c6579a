#include "cli/serve/page_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/nn/tier.h"
#include "core/nn/view.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

/// An answer this old says nothing about what the cameras see now.
constexpr std::chrono::seconds kFresh(3);

/// What a display can show; keeps the text short.
double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json RoundedAll(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(Rounded(value));
  return list;
}

double Seconds(Instant from, Instant now) {
  const double s = std::chrono::duration<double>(now - from).count();
  return std::max(0.0, std::round(s * 10) / 10);
}

Json Since(const std::optional<Instant>& since, Instant now) {
  return since ? Json(Seconds(*since, now)) : Json(nullptr);
}

Json AnswerJson(const GroupPage& group, Instant now) {
  if (!group.answer() || !group.config()) return nullptr;
  const auto& [result, at] = *group.answer();
  Json json{{"sample", ToString(result.sample)},
            {"label", result.label},
            {"exit", ExitName(result.exit)},
            {"status", Name(result.status)},
            {"eta", Rounded(double{result.eta})},
            {"probabilities", RoundedAll(result.probabilities)},
            {"views", result.views_used},
            {"missing", result.views_missing},
            {"content_bytes", result.content_bytes},
            {"raw_bytes", result.views_used.size() * kViewBytes},
            {"latency_ms", Rounded(result.latency_ms)},
            {"age_s", Seconds(at, now)}};
  json["path"] = Json::array();
  for (const ExitStep& step : result.path) {
    json["path"].push_back({{"exit", ExitName(step.tier)},
                            {"label", step.label},
                            {"eta", Rounded(double{step.eta})}});
  }
  return json;
}

/// The exits of the group's network, each with its T; null if it is not known.
Json ExitsJson(const GroupPage& group) {
  if (group.network() == nullptr) return nullptr;
  Json exits = Json::array();
  for (const Exit& exit : group.network()->bundle().exits) {
    exits.push_back({{"exit", ExitName(exit.tier)},
                     {"threshold", Rounded(double{exit.threshold})}});
  }
  return exits;
}

bool Contains(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// sees, nothing, silent, idle (no news), camera_down, gone, unknown.
std::string_view Presence(const GroupPage& group, const PageState::Agent* agent,
                          int device, Instant now) {
  if (agent == nullptr) return "unknown";
  if (!agent->state.online) return "gone";
  if (!agent->state.camera_up) return "camera_down";
  if (group.answer() && now - group.answer()->at <= kFresh) {
    const SampleResult& result = group.answer()->result;
    if (Contains(result.views_used, device)) return "sees";
    return Contains(result.views_missing, device) ? "silent" : "nothing";
  }
  const auto heard =
      group.opinions() ? group.opinions()->heard(device) : std::nullopt;
  return heard && now - *heard <= kFresh ? "nothing" : "idle";
}

Json OpinionJson(const GroupPage& group, int device) {
  if (group.opinions() == nullptr || !group.answer()) return nullptr;
  const auto opinion =
      group.opinions()->Of(device, group.answer()->result.sample);
  return opinion ? RoundedAll(*opinion) : Json(nullptr);
}

Json CamerasJson(const GroupPage& group,
                 const std::vector<PageState::NamedAgent>& agents,
                 Instant now) {
  Json cameras = Json::array();
  const int devices = group.config() ? group.config()->devices : 0;
  for (int device = 0; device < devices; ++device) {
    const auto [name, agent] = PageState::DeviceOf(agents, device);
    Json camera{{"device", device}, {"agent", name}};
    if (group.network() != nullptr) {
      camera["camera"] = group.network()
                             ->bundle()
                             .nodes[static_cast<std::size_t>(device)]
                             .camera;
    }
    const auto presence = Presence(group, agent, device, now);
    camera["presence"] = presence;
    camera["since_s"] = agent ? Since(agent->since, now) : Json(nullptr);
    camera["probabilities"] =
        presence == "sees" ? OpinionJson(group, device) : Json(nullptr);
    if (const auto* preview = group.preview(device, now)) {
      camera["preview"] = preview->number;
      camera["preview_age_s"] = Seconds(preview->at, now);
    }
    cameras.push_back(std::move(camera));
  }
  return cameras;
}

Json AgentsJson(const std::vector<PageState::NamedAgent>& agents, Instant now) {
  Json list = Json::array();
  for (const auto& [name, agent] : agents) {
    list.push_back({{"agent", name},
                    {"tier", agent->state.tier},
                    {"device", agent->state.device},
                    {"place", agent->state.place},
                    {"online", agent->state.online},
                    {"camera_up", agent->state.camera_up},
                    {"since_s", Since(agent->since, now)}});
  }
  return list;
}

Json TotalsJson(const GroupPage& group, Instant now) {
  const auto& totals = group.totals();
  return {{"results", totals.results},
          {"lost", totals.lost},
          {"degraded", totals.status[1]},
          {"fallback", totals.status[2]},
          {"content_bytes", totals.content_bytes},
          {"raw_bytes", totals.raw_bytes},
          {"per_s", Rounded(group.history().PerSecond(now))}};
}

/// Steps of kStepSeconds, the oldest first, each by Outcome.
Json HistoryJson(const GroupPage& group, Instant now) {
  Json steps = Json::array();
  for (const auto& step : group.history().Steps(now)) {
    steps.push_back(step.outcomes);
  }
  return {{"step_s", ExitHistory::kStepSeconds}, {"steps", std::move(steps)}};
}

void AddGroup(Json& json, const PageState& state, const std::string& name,
              Instant now) {
  const GroupPage& group = *state.group(name);
  const auto agents = state.AgentsOf(name);
  json["group"] = name;
  json["configured"] = group.config().has_value();
  json["bundle"] =
      group.network() ? Json(group.network()->bundle().name) : Json(nullptr);
  const auto other_bundle = group.OtherBundle();
  json["other_bundle"] = other_bundle ? Json(*other_bundle) : Json(nullptr);
  json["classes"] =
      group.config() ? Json(group.config()->classes) : Json::array();
  json["exits"] = ExitsJson(group);
  json["answer"] = AnswerJson(group, now);
  json["cameras"] = CamerasJson(group, agents, now);
  json["agents"] = AgentsJson(agents, now);
  json["totals"] = TotalsJson(group, now);
  json["history"] = HistoryJson(group, now);
}

}  // namespace

std::string PageJson(const PageState& state, std::string_view group,
                     const ServeCounts& counts, Instant now) {
  const auto groups = state.groups();
  Json json{{"broker_connected", state.broker_connected()},
            {"groups", groups},
            {"group", nullptr},
            {"rejected", state.rejected()},
            {"inbox_dropped", counts.inbox_dropped},
            {"slow_clients", counts.slow_clients}};
  const bool known = state.group(group) != nullptr;
  if (known || !groups.empty()) {
    AddGroup(json, state, known ? std::string(group) : groups.front(), now);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ddnn
