#include "cloud_agent/metrics.h"

#include "core/nn/tier.h"

namespace ddnn {

CounterTable CloudCounters() {
  const CounterTable own{
      RejectedMessages({MessageKind::kAsk, MessageKind::kOther},
                       {"unknown_topic", "wrong_offload"}),
      DroppedMessages(),
  };
  return Joined(own, BusCounters({MessageKind::kAnswer}, {MessageKind::kAsk}));
}

CloudMetrics::CloudMetrics(const Bundle& bundle)
    : AgentMetrics({.tier = TierName(Tier::kCloud),
                    .bundle = bundle.name,
                    .tag = bundle.tag},
                   CloudCounters()),
      decide(AddStage(&registry, "decide")),
      publish(AddStage(&registry, "publish")) {}

}  // namespace ddnn
