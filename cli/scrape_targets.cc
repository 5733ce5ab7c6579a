#include "cli/scrape_targets.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "core/bus/topics.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

std::string LabelOf(const ScrapeTarget& target, const std::string& name) {
  const auto found = target.labels.find(name);
  return found == target.labels.end() ? "" : found->second;
}

std::map<std::string, std::string> LabelsOf(const ParsedTopic& topic,
                                            const AgentState& state) {
  std::map<std::string, std::string> labels{{"site", std::string(topic.site)},
                                            {"agent", std::string(topic.agent)},
                                            {"tier", state.tier}};
  if (!state.group.empty()) labels["group"] = state.group;
  if (state.device >= 0) labels["device"] = std::to_string(state.device);
  return labels;
}

bool StandsForAllAddresses(const std::string& address) {
  return address.starts_with("0.0.0.0:") || address.starts_with("[::]:");
}

/// One entry of a file_sd file; an empty address if it is none.
ScrapeTarget ParseEntry(const Json& entry) {
  ScrapeTarget target;
  if (!entry.is_object()) return target;
  const Json targets = entry.value("targets", Json());
  const Json labels = entry.value("labels", Json());
  if (!targets.is_array() || targets.size() != 1 || !targets[0].is_string() ||
      !labels.is_object()) {
    return target;
  }
  target.address = targets[0].get<std::string>();
  for (const auto& [name, value] : labels.items()) {
    if (value.is_string()) target.labels[name] = value.get<std::string>();
  }
  return target;
}

}  // namespace

std::string ToFileSd(const std::vector<ScrapeTarget>& targets) {
  std::string text = "[";
  for (const ScrapeTarget& target : targets) {
    const Json entry{{"targets", {target.address}}, {"labels", target.labels}};
    text += text == "[" ? "\n  " : ",\n  ";
    text += entry.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return text + "\n]\n";
}

std::vector<ScrapeTarget> ParseFileSd(std::string_view text) {
  std::vector<ScrapeTarget> targets;
  const Json file = Json::parse(text, nullptr, false);
  if (!file.is_array()) return targets;
  for (const Json& entry : file) {
    ScrapeTarget target = ParseEntry(entry);
    if (!target.address.empty()) targets.push_back(std::move(target));
  }
  return targets;
}

ScrapeTargets::ScrapeTargets(const std::vector<ScrapeTarget>& remembered) {
  for (const ScrapeTarget& target : remembered) {
    if (agents_.size() >= kMaxAgents) return;
    agents_[{LabelOf(target, "site"), LabelOf(target, "agent")}].target =
        target;
  }
}

void ScrapeTargets::OnMessage(const BusMessage& message) {
  const auto topic = ParseTopic(message.topic);
  if (!topic || topic->scope != ParsedTopic::Scope::kAgent ||
      topic->kind != "state") {
    ++rejected_;
    return;
  }
  const std::pair id{std::string(topic->site), std::string(topic->agent)};
  if (message.payload.empty()) {
    agents_.erase(id);
    return;
  }
  const auto state = DecodeAgentState(message.payload);
  if (!state || (agents_.size() >= kMaxAgents && !agents_.contains(id))) {
    ++rejected_;
    return;
  }
  Agent& agent = agents_[id];
  agent.online = state->online;
  agent.confirmed = true;
  agent.target.labels = LabelsOf(*topic, *state);
  if (state->online) agent.target.address = state->metrics;
}

void ScrapeTargets::ForgetUnconfirmed() {
  std::erase_if(agents_,
                [](const auto& item) { return !item.second.confirmed; });
}

template <typename Visitor>
void ScrapeTargets::ForEach(Visitor visit) const {
  std::map<std::string, int> living;  // agents, by address
  for (const auto& [id, agent] : agents_) {
    if (agent.online) ++living[agent.target.address];
  }
  for (const auto& [id, agent] : agents_) {
    const std::string& address = agent.target.address;
    if (address.empty()) continue;
    const int others = living[address] - (agent.online ? 1 : 0);
    std::string problem;
    if (StandsForAllAddresses(address)) {
      problem =
          "is no address to scrape; set its metrics.listen to one of its "
          "machine's";
    } else if (others > 0 && agent.online) {
      problem =
          "is another agent's too; set its metrics.listen to an address "
          "that Prometheus reaches, loopback is each machine's own";
    } else if (others > 0) {
      problem = "is another agent's by now";
    }
    visit(agent.target, problem);
  }
}

std::vector<ScrapeTarget> ScrapeTargets::Targets() const {
  std::vector<ScrapeTarget> targets;
  ForEach([&](const ScrapeTarget& target, const std::string& problem) {
    if (problem.empty()) targets.push_back(target);
  });
  return targets;
}

std::vector<std::string> ScrapeTargets::Problems() const {
  std::vector<std::string> problems;
  ForEach([&](const ScrapeTarget& target, const std::string& problem) {
    if (problem.empty()) return;
    problems.push_back(
        fmt::format("agent {} of site {}: {} {}", LabelOf(target, "agent"),
                    LabelOf(target, "site"), target.address, problem));
  });
  return problems;
}

}  // namespace ddnn
