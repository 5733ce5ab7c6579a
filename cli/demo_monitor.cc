#include "cli/demo_monitor.h"

#include <algorithm>

#include "cli/demo_config.h"

namespace ddnn {
DemoMonitor::DemoMonitor(const Replay& replay, const Bundle& bundle,
                         const Tree& tree, Scoreboard* scoreboard)
    : replay_(replay),
      bundle_(bundle),
      scoreboard_(scoreboard),
      topics_(kDemoSite, kDemoGroup),
      servers_{std::string(kDemoEdge), std::string(kDemoCloud)},
      codec_(bundle) {
  const int branches = static_cast<int>(BranchesOf(tree).size());
  for (int i = 0; i < branches; ++i) servers_.push_back(DemoBranch(i));
  for (const auto& server : servers_) online_.emplace(server, false);
  for (int device = 0; device < replay.device_count(); ++device) {
    online_.emplace(DemoDevice(device), false);
  }
}

void DemoMonitor::Subscribe(Bus* bus) const {
  const AgentTopics agents(kDemoSite, "+");
  for (const auto& filter :
       {topics_.Config(), topics_.Decided(), topics_.Result(), topics_.Lost(),
        agents.State(), agents.Info()}) {
    bus->Subscribe(filter, Qos::kAtLeastOnce);
  }
}

void DemoMonitor::OnMessage(const BusMessage& message) {
  const auto topic = ParseTopic(message.topic);
  if (!topic) {
    ++rejected_;
  } else if (topic->scope == ParsedTopic::Scope::kAgent) {
    const std::string agent(topic->agent);
    if (!online_.contains(agent)) {
      ++rejected_;
    } else if (topic->kind == "state") {
      OnState(agent, message);
    } else {
      OnInfo(agent, message);
    }
  } else if (message.topic == topics_.Config()) {
    OnConfig(message);
  } else if (message.topic == topics_.Decided()) {
    OnDecided(message);
  } else if (message.topic == topics_.Result()) {
    OnResult(message);
  } else if (message.topic == topics_.Lost()) {
    OnLost(message);
  }
}

void DemoMonitor::OnConfig(const BusMessage& message) {
  auto config = DecodeGroupConfig(message.payload);
  if (!config || config->bundle_tag != bundle_.tag) {
    ++rejected_;
    return;
  }
  if (config_) return;
  config_ = std::move(config).value();
  ++progress_;
}

void DemoMonitor::OnDecided(const BusMessage& message) {
  const auto decided = codec_.DecodeDecided(message.payload);
  if (!decided) {
    ++rejected_;
    return;
  }
  if (decided_ && !Before(*decided_, decided->tick)) return;
  decided_ = decided->tick;
  ++progress_;
}

bool DemoMonitor::all_decided() const {
  if (!config_ || !decided_) return false;
  const Tick last = config_->schedule.first_tick + replay_.tick_count() - 1;
  return !Before(*decided_, last);
}

std::optional<std::size_t> DemoMonitor::Find(const SampleId& sample) const {
  if (!config_) return std::nullopt;
  return replay_.Find(sample.tick - config_->schedule.first_tick,
                      sample.object);
}

std::optional<std::size_t> DemoMonitor::IndexOf(const SampleId& sample) {
  const std::optional<std::size_t> index = Find(sample);
  if (!index) ++rejected_;
  return index;
}

void DemoMonitor::OnResult(const BusMessage& message) {
  const auto result = DecodeResultJson(message.payload, bundle_.classes);
  if (!result) {
    ++rejected_;
    return;
  }
  if (const auto index = IndexOf(result->sample)) {
    scoreboard_->AddResult(*index, *result);
    ++progress_;
  }
}

void DemoMonitor::OnLost(const BusMessage& message) {
  const auto loss = DecodeLossJson(message.payload);
  if (!loss) {
    ++rejected_;
    return;
  }
  const auto* sample = std::get_if<SampleLoss>(&*loss);
  if (sample == nullptr) return;  // what is missing at the end is counted so
  if (const auto index = IndexOf(sample->sample)) {
    scoreboard_->AddLoss(*index);
    ++progress_;
  }
}

void DemoMonitor::OnState(const std::string& agent, const BusMessage& message) {
  const auto state = DecodeAgentState(message.payload);
  if (!state) {
    ++rejected_;
    return;
  }
  online_[agent] = state->online;
  if (!state->online) said_goodbye_.insert(agent);
  ++progress_;
}

void DemoMonitor::OnInfo(const std::string& agent, const BusMessage& message) {
  auto counters = DecodeAgentInfo(message.payload);
  if (!counters) {
    ++rejected_;
    return;
  }
  counters_[agent] = std::move(counters).value();
}

bool DemoMonitor::Online(const std::string& agent) const {
  const auto found = online_.find(agent);
  return found != online_.end() && found->second;
}

bool DemoMonitor::ServersOnline() const {
  return std::ranges::all_of(
      servers_, [this](const auto& server) { return Online(server); });
}

int DemoMonitor::DevicesOnline() const {
  int online = 0;
  for (int device = 0; device < replay_.device_count(); ++device) {
    online += Online(DemoDevice(device)) ? 1 : 0;
  }
  return online;
}

bool DemoMonitor::SaidGoodbye(const std::string& agent) const {
  return said_goodbye_.contains(agent);
}

std::optional<DeviceBytes> DemoMonitor::DeviceTraffic() const {
  DeviceBytes traffic;
  for (int device = 0; device < replay_.device_count(); ++device) {
    const auto found = counters_.find(DemoDevice(device));
    if (found == counters_.end()) return std::nullopt;
    traffic += DeviceBytesIn(found->second);
  }
  return traffic;
}

}  // namespace ddnn
