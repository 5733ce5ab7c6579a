#include "device_agent/metrics.h"

#include "core/nn/tier.h"

namespace ddnn {
namespace {

constexpr const char* kLink = "device_edge";

Gauge AddLastFrame(MetricsRegistry* registry) {
  return registry->AddGauge("ddnn_last_frame_timestamp_seconds",
                            "Unix time of the camera's newest frame.");
}

}  // namespace

CounterTable DeviceCounters() {
  return {
      {"ddnn_frames_captured_total",
       "Frames that the camera delivered; of a replay: ticks read.",
       {{"frames_captured"}}},
      {"ddnn_frames_dropped_total",
       "Frames that no tick took (replaced by a newer one) or could read.",
       {{"frames_replaced", {{"reason", "replaced"}}},
        {"skipped_ticks", {{"reason", "unreadable"}}}}},
      {"ddnn_camera_restarts_total",
       "The camera was opened again after a stall or an end.",
       {{"camera_restarts"}}},
      {"ddnn_ticks_total",
       "Ticks whose views went through the device section, or left as pixels.",
       {{"ticks"}}},
      {"ddnn_ticks_dropped_total",
       "Ticks left out (busy), of a run that was replaced (stale), or "
       "forgotten undecided (evicted).",
       {{"ticks_missed", {{"reason", "busy"}}},
        {"stale_ticks", {{"reason", "stale"}}},
        {"evicted_ticks", {{"reason", "evicted"}}}}},
      {"ddnn_views_total",
       "Views that went through the device section, or left as pixels.",
       {{"views"}}},
      {"ddnn_views_left_out_total",
       "Views of a tick whose pixels did not fit into one message.",
       {{"views_left_out"}}},
      {"ddnn_content_bytes_total",
       "Score and map bytes, or bytes of encoded views, sent for views, "
       "without "
       "any framing.",
       {{"content_bytes"}}},
      MessagesSent({LinkRow("score_messages", kLink, "score"),
                    LinkRow("feature_messages", kLink, "feature"),
                    LinkRow("offload_messages", kLink, "offload")}),
      PayloadSent({LinkRow("score_payload_bytes", kLink, "score"),
                   LinkRow("feature_payload_bytes", kLink, "feature"),
                   LinkRow("offload_payload_bytes", kLink, "offload")}),
      {"ddnn_mqtt_sent_bytes_total",
       "Whole PUBLISH packets of those messages.",
       {LinkRow("score_mqtt_bytes", kLink, "score"),
        LinkRow("feature_mqtt_bytes", kLink, "feature"),
        LinkRow("offload_mqtt_bytes", kLink, "offload")}},
      MessagesReceived({LinkRow("requests", kLink, "request")}),
      {"ddnn_maps_not_in_ring_total",
       "Maps asked for that were forgotten before.",
       {{"map_not_in_ring"}}},
      RejectedMessages(),
      UnsentMessages(),
      DroppedMessages(),
  };
}

DeviceMetrics::DeviceMetrics(const Bundle& bundle)
    : AgentMetrics({.tier = TierName(Tier::kDevice),
                    .bundle = bundle.name,
                    .tag = bundle.tag},
                   DeviceCounters()),
      view(AddStage(&registry, "view")),
      infer(AddStage(&registry, "infer")),
      encode(AddStage(&registry, "encode")),
      publish(AddStage(&registry, "publish")),
      last_frame(AddLastFrame(&registry)) {}

}  // namespace ddnn
