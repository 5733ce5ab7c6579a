#include "cloud_agent/metrics.h"

#include "core/nn/tier.h"

namespace ddnn {
namespace {

CounterFamily::Row LinkRow(const std::string& counter,
                           const std::string& kind) {
  return {counter, {{"link", "edge_cloud"}, {"kind", kind}}};
}

}  // namespace

CounterTable CloudCounters() {
  return {
      {"ddnn_messages_received_total",
       "Messages that came, by the link that they crossed.",
       {LinkRow("cloud_asks", "ask")}},
      {"ddnn_payload_received_bytes_total",
       "Payloads of those messages.",
       {LinkRow("cloud_ask_payload_bytes", "ask")}},
      {"ddnn_messages_sent_total",
       "Messages sent, by the link that they crossed.",
       {LinkRow("cloud_answers", "answer")}},
      RejectedMessages({"unknown_topic"}),
      {"ddnn_messages_unsent_total",
       "Messages given up: no broker, or no room on the way.",
       {{"unsent_messages"}}},
      {"ddnn_messages_dropped_total",
       "Messages that came faster than they could be worked off.",
       {{"inbox_dropped"}}},
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
