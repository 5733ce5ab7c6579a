#include "bench/fleet/monitor.h"

#include "bench/fleet/drops.h"
#include "bench/fleet/names.h"
#include "core/wire/json.h"

namespace ddnn {

FleetMonitor::FleetMonitor(const std::string& site, int groups,
                           const Bundle& bundle, Ledger* ledger)
    : group_topics_(site, "+"),
      agent_topics_(site, "+"),
      groups_(groups),
      codec_(bundle),
      ledger_(ledger) {}

void FleetMonitor::Subscribe(Bus* bus) const {
  for (const auto& filter :
       {group_topics_.Config(), group_topics_.ResultFb(), group_topics_.Lost(),
        agent_topics_.State(), agent_topics_.Info()}) {
    bus->Subscribe(filter, Qos::kAtLeastOnce);
  }
}

void FleetMonitor::OnMessage(const BusMessage& message, Instant heard) {
  const auto topic = ParseTopic(message.topic);
  const auto group = topic ? GroupOf(topic->group, groups_) : std::nullopt;
  if (group) {
    OnGroup(*group, topic->kind, message, heard);
  } else if (topic && topic->scope == ParsedTopic::Scope::kAgent) {
    OnAgent(std::string(topic->agent), topic->kind, message);
  } else {
    ++rejected_;
  }
}

void FleetMonitor::OnGroup(int group, std::string_view kind,
                           const BusMessage& message, Instant heard) {
  if (kind == "config") {
    const auto config = DecodeGroupConfig(message.payload);
    if (!config) {
      ++rejected_;
      return;
    }
    ledger_->OnSchedule(group, config->schedule);
  } else if (kind == "lost") {
    const auto loss = DecodeLossJson(message.payload);
    if (!loss) {
      ++rejected_;
      return;
    }
    // Of ticks that were not heard the ledger sees what is missing itself.
    if (const auto* sample = std::get_if<SampleLoss>(&*loss)) {
      ledger_->OnLoss(group, sample->sample);
    }
  } else {
    const auto result = codec_.DecodeResult(message.payload);
    if (!result) {
      ++rejected_;
      return;
    }
    ledger_->OnResult(group, *result, heard);
  }
}

void FleetMonitor::OnAgent(const std::string& agent, std::string_view kind,
                           const BusMessage& message) {
  if (kind == "info") {
    auto counters = DecodeAgentInfo(message.payload);
    if (!counters) {
      ++rejected_;
      return;
    }
    counters_[agent] = std::move(counters).value();
    return;
  }
  const auto state = DecodeAgentState(message.payload);
  if (!state) {
    ++rejected_;
    return;
  }
  if (state->online) {
    online_.insert(agent);
  } else {
    online_.erase(agent);
  }
}

std::map<std::string, std::uint64_t> FleetMonitor::Drops() const {
  std::map<std::string, std::uint64_t> drops;
  for (const auto& [agent, counters] : counters_) {
    AddDrops(TierOf(agent), counters, &drops);
  }
  if (rejected_ > 0) drops["monitor rejected"] = rejected_;
  return drops;
}

}  // namespace ddnn
