#include "edge_agent/edge_presence.h"

#include <utility>

#include "core/nn/tier.h"

namespace ddnn {

EdgePresence::EdgePresence(const EdgeConfig& config, const Bundle& bundle,
                           const Place& place, Bus* bus, AgentMetrics* metrics,
                           std::uint32_t boot)
    : Presence({config.site, config.agent},
               {.tier = std::string(TierName(Tier::kEdge)),
                .group = config.group,
                .boot = boot,
                .bundle_tag = bundle.tag,
                .place = place.name,
                .standby = config.standby},
               bus, metrics,
               [this](OutgoingMessage message) {
                 backlog_.Send(std::move(message));
               }),
      backlog_(bus, &counters()) {}

void EdgePresence::OnTime(Instant now, const Backlog* answers) {
  WaitingMessages waiting{backlog_.size(), backlog_.payload_bytes()};
  if (answers != nullptr) {
    waiting.count += answers->size();
    waiting.payload_bytes += answers->payload_bytes();
  }
  Presence::OnTime(now, waiting);
}

}  // namespace ddnn
