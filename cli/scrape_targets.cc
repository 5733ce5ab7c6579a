#include "cli/scrape_targets.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/listen_address.h"
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

std::string_view HostOf(const std::string& address) {
  const auto split = SplitHostPort(address);
  return split ? split->host : std::string_view{};
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
  if (!state) {
    ++rejected_;
    return;
  }
  if (agents_.size() >= kMaxAgents && !agents_.contains(id)) {
    full_ = true;
    return;
  }
  Agent& agent = agents_[id];
  if (state->online &&
      (!agent.online || agent.target.address != state->metrics)) {
    agent.came = ++comings_;
  }
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
  struct Living {
    int agents = 0;
    std::uint64_t first = UINT64_MAX;  // to come with this address
  };
  std::map<std::string, Living> living;  // by address
  for (const auto& [id, agent] : agents_) {
    if (!agent.online) continue;
    Living& here = living[agent.target.address];
    ++here.agents;
    here.first = std::min(here.first, agent.came);
  }
  for (const auto& [id, agent] : agents_) {
    const std::string& address = agent.target.address;
    if (address.empty()) continue;
    const Living& here = living[address];
    const int others = here.agents - (agent.online ? 1 : 0);
    // Of those that claim an address, the first is believed; but loopback can
    // really be that of several machines.
    const bool believed = agent.online && here.first == agent.came &&
                          !IsLoopback(HostOf(address));
    std::string problem;
    if (IsEveryAddress(HostOf(address))) {
      problem =
          "is no address to scrape; set its metrics.listen to one of its "
          "machine's";
    } else if (others > 0 && believed) {
      // the others are told
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
  if (full_) {
    problems.push_back(
        fmt::format("more than {} agents: the others", kMaxAgents));
  }
  return problems;
}

}  // namespace ddnn
