#include "device_agent/metrics.h"

#include <limits>

#include "core/nn/tier.h"

namespace ddnn {
namespace {

const MessageKindList& Received() {
  static const MessageKindList kinds{
      MessageKind::kRequest, MessageKind::kDecided, MessageKind::kConfig,
      MessageKind::kCommand};
  return kinds;
}

Gauge AddUnknown(MetricsRegistry* registry, const char* name,
                 const char* help) {
  Gauge gauge = registry->AddGauge(name, help);
  gauge.Set(std::numeric_limits<double>::quiet_NaN());
  return gauge;
}

Gauge AddCameraUp(MetricsRegistry* registry) {
  Gauge gauge = registry->AddGauge("ddnn_camera_up",
                                   "1 while the camera delivers images.");
  gauge.Set(1);
  return gauge;
}

Gauge AddLastFrame(MetricsRegistry* registry) {
  return registry->AddGauge("ddnn_last_frame_timestamp_seconds",
                            "Unix time of the camera's newest frame.");
}

}  // namespace

CounterTable DeviceCounters() {
  const CounterTable own{
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
      {"ddnn_ticks_offered_again_total",
       "Undecided ticks that the edge was offered anew, after it or the broker "
       "had been away.",
       {{"ticks_offered_again"}}},
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
      {"ddnn_maps_not_in_ring_total",
       "Maps asked for that were forgotten before.",
       {{"map_not_in_ring"}}},
      RejectedMessages(Received()),
      DroppedMessages(),
  };
  const MessageKindList sent{MessageKind::kScore, MessageKind::kFeature,
                             MessageKind::kOffload, MessageKind::kPreview,
                             MessageKind::kClock};
  return Joined(own, BusCounters(sent, Received()));
}

DeviceMetrics::DeviceMetrics(const Bundle& bundle)
    : AgentMetrics({.tier = TierName(Tier::kDevice),
                    .bundle = bundle.name,
                    .tag = bundle.tag},
                   DeviceCounters()),
      capture(AddStage(&registry, "capture")),
      view(AddStage(&registry, "view")),
      infer(AddStage(&registry, "infer")),
      encode(AddStage(&registry, "encode")),
      publish(AddStage(&registry, "publish")),
      last_frame(AddLastFrame(&registry)),
      camera_up(AddCameraUp(&registry)),
      clock_offset(AddUnknown(&registry, "ddnn_clock_offset_seconds",
                              "This device's clock minus its edge's; unknown "
                              "before the edge has answered.")),
      clock_error(AddUnknown(&registry, "ddnn_clock_error_seconds",
                             "The offset is that exact: half a round trip.")) {}

}  // namespace ddnn
