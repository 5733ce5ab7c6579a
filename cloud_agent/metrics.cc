#include "cloud_agent/metrics.h"

#include "core/nn/tier.h"

namespace ddnn {
CounterTable CloudCounters() {
  constexpr const char* kLink = "edge_cloud";
  return {
      MessagesReceived({LinkRow("cloud_asks", kLink, "ask")}),
      PayloadReceived({LinkRow("cloud_ask_payload_bytes", kLink, "ask")}),
      MessagesSent({LinkRow("cloud_answers", kLink, "answer")}),
      RejectedMessages({"unknown_topic", "wrong_offload"}),
      UnsentMessages(),
      DroppedMessages(),
  };
}

CloudMetrics::CloudMetrics(const Bundle& bundle)
    : AgentMetrics({.tier = TierName(Tier::kCloud),
                    .bundle = bundle.name,
                    .tag = bundle.tag},
                   CloudCounters()),
      decide(AddStage(&registry, "decide")),
      publish(AddStage(&registry, "publish")) {}

}  // namespace ddnn
