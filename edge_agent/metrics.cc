#include "edge_agent/metrics.h"

#include <array>
#include <cstddef>

namespace ddnn {
namespace {

CounterFamily::Row UnwantedRow(const std::string& counter,
                               const std::string& kind,
                               const std::string& reason) {
  return {counter, {{"kind", kind}, {"reason", reason}}};
}

constexpr const char* kBetweenEdges = "edge_edge";

CounterFamily Samples() {
  CounterFamily family{"ddnn_samples_total",
                       "Samples answered, by the exit whose answer counts.",
                       {}};
  for (const Tier exit : kTiers) {
    for (const ResultStatus status :
         {ResultStatus::kOk, ResultStatus::kDegraded,
          ResultStatus::kFallback}) {
      family.rows.push_back({ResultCounter(exit, status),
                             {{"exit", std::string(ExitName(exit))},
                              {"status", std::string(Name(status))}}});
    }
  }
  return family;
}

CounterTable Traffic() {
  return {
      MessagesReceived(
          {LinkRow("state_messages", "site", "state"),
           LinkRow("score_messages", "device_edge", "score"),
           LinkRow("feature_messages", "device_edge", "feature"),
           LinkRow("offload_messages", "device_edge", "offload"),
           LinkRow("requests_heard", "device_edge", "request"),
           LinkRow("relays", kBetweenEdges, "relay"),
           LinkRow("edge_sums", kBetweenEdges, "score"),
           LinkRow("edge_maps", kBetweenEdges, "feature"),
           LinkRow("edge_requests_heard", kBetweenEdges, "request"),
           LinkRow("cloud_answers", "edge_cloud", "answer")}),
      PayloadReceived(
          {LinkRow("score_payload_bytes", "device_edge", "score"),
           LinkRow("feature_payload_bytes", "device_edge", "feature"),
           LinkRow("offload_payload_bytes", "device_edge", "offload"),
           LinkRow("relay_payload_bytes", kBetweenEdges, "relay"),
           LinkRow("edge_sums_payload_bytes", kBetweenEdges, "score"),
           LinkRow("edge_maps_payload_bytes", kBetweenEdges, "feature"),
           LinkRow("cloud_answer_payload_bytes", "edge_cloud", "answer")}),
      MessagesSent({LinkRow("requests", "device_edge", "request"),
                    LinkRow("relays_sent", kBetweenEdges, "relay"),
                    LinkRow("edge_sums_sent", kBetweenEdges, "score"),
                    LinkRow("edge_maps_sent", kBetweenEdges, "feature"),
                    LinkRow("edge_requests", kBetweenEdges, "request"),
                    LinkRow("cloud_asks", "edge_cloud", "ask")}),
      PayloadSent(
          {LinkRow("relay_sent_payload_bytes", kBetweenEdges, "relay"),
           LinkRow("edge_sums_sent_payload_bytes", kBetweenEdges, "score"),
           LinkRow("edge_maps_sent_payload_bytes", kBetweenEdges, "feature"),
           LinkRow("cloud_ask_payload_bytes", "edge_cloud", "ask")}),
      RejectedMessages(
          {"unknown_topic", "unclaimed", "not_open", "wrong_offload"}),
      UnsentMessages(),
      DroppedMessages(),
  };
}

// Fine around 0.1 s, where people begin to notice.
constexpr std::array kLatencySeconds{0.001, 0.0025, 0.005, 0.01,  0.02, 0.035,
                                     0.05,  0.075,  0.1,   0.133, 0.2,  0.3,
                                     0.5,   1.0,    2.0,   5.0};
constexpr std::array kEntropies{0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4,
                                0.5,  0.6,  0.7,  0.8, 0.9, 1.0};

MetricLabels AtExit(std::string_view exit) {
  return {{"exit", std::string(exit)}};
}

Histogram AddSampleLatency(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddHistogram(
      "ddnn_sample_latency_seconds",
      "From a sample's tick (unpaced: its first score) to its result.",
      kLatencySeconds, AtExit(exit));
}

Histogram AddExitEntropy(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddHistogram(
      "ddnn_exit_entropy",
      "Normalised entropy eta of the samples that reached an exit.", kEntropies,
      AtExit(exit));
}

Gauge AddExitThreshold(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddGauge(
      "ddnn_exit_threshold",
      "A sample leaves at an exit if eta is at most this.", AtExit(exit));
}

std::array<Histogram, kTiers.size()> ByExit(
    MetricsRegistry* registry,
    Histogram (*add)(MetricsRegistry*, std::string_view)) {
  return {add(registry, ExitName(kTiers[0])),
          add(registry, ExitName(kTiers[1])),
          add(registry, ExitName(kTiers[2]))};
}

std::size_t IndexOf(Tier exit) { return static_cast<std::size_t>(exit); }

}  // namespace

CounterTable EdgeCounters() {
  const CounterTable own{
      Samples(),
      {"ddnn_samples_lost_total",
       "Samples that were known and could not be answered.",
       RowsByReason("lost_", {"late", "overload", "shutdown", "silent"})},
      {"ddnn_content_bytes_total",
       "Score and map bytes, or bytes of encoded views, received for the "
       "views of answered samples.",
       {{"content_bytes"}}},
      {"ddnn_unwanted_total",
       "What came and nobody waited for (any more): a tick's scores, maps, "
       "answers.",
       {UnwantedRow("late_scores", "score", "late"),
        UnwantedRow("repeated_scores", "score", "repeated"),
        UnwantedRow("unwanted_maps", "feature", "not_awaited"),
        UnwantedRow("unwanted_edge_sums", "edge_score", "not_awaited"),
        UnwantedRow("unwanted_edge_maps", "edge_feature", "not_awaited"),
        UnwantedRow("unwanted_cloud_answers", "answer", "not_awaited")}},
      {"ddnn_devices_came_total",
       "An agent became a device of the group.",
       {{"devices_came"}}},
      {"ddnn_devices_gone_total",
       "A device of the group lost its agent.",
       {{"devices_gone"}}},
      {"ddnn_edges_came_total",
       "An agent took the place of another edge.",
       {{"edges_came"}}},
      {"ddnn_edges_gone_total",
       "The place of another edge lost its agent.",
       {{"edges_gone"}}},
      {"ddnn_camera_changes_total",
       "A device said that its camera delivers again, or no more.",
       {{"cameras_up", {{"to", "up"}}}, {"cameras_down", {{"to", "down"}}}}},
      {"ddnn_claims_refused_total",
       "Agents sent away, since they cannot belong to the group.",
       RowsByReason("claims_refused_",
                    {"wrong_bundle", "unknown_device", "refused"})},
      {"ddnn_rival_edges_total",
       "Another edge agent said that it decides for the group.",
       {{"rival_edges"}}},
      {"ddnn_cloud_asks_repeated_total",
       "Samples offered to the cloud again, since no answer came.",
       {{"repeated_cloud_asks"}}},
      {"ddnn_branch_unanswered_total",
       "Samples that a branch was asked for and says nothing of.",
       {{"unknown_samples", {{"reason", "unknown_tick"}}},
        {"refused_samples", {{"reason", "overload"}}}}},
      {"ddnn_branch_ticks_evicted_total",
       "Ticks that a branch forgot undecided.",
       {{"evicted_ticks"}}},
  };
  return Joined(own, Traffic());
}

std::string ResultCounter(Tier exit, ResultStatus status) {
  return "results_" + std::string(ExitName(exit)) + "_" +
         std::string(Name(status));
}

EdgeMetrics::EdgeMetrics(const Bundle& bundle)
    : AgentMetrics({.tier = TierName(Tier::kEdge),
                    .bundle = bundle.name,
                    .tag = bundle.tag},
                   EdgeCounters()),
      wait_for_views(AddStage(&registry, "wait_for_views")),
      decide(AddStage(&registry, "decide")),
      publish(AddStage(&registry, "publish")),
      latency(ByExit(&registry, AddSampleLatency)),
      entropy(ByExit(&registry, AddExitEntropy)) {
  for (const Exit& exit : bundle.exits) {
    AddExitThreshold(&registry, ExitName(exit.tier))
        .Set(static_cast<double>(exit.threshold));
  }
}

void EdgeMetrics::Observe(const SampleResult& result) {
  latency[IndexOf(result.exit)].Observe(result.latency_ms / 1000);
  for (const ExitStep& step : result.path) {
    entropy[IndexOf(step.tier)].Observe(static_cast<double>(step.eta));
  }
}

}  // namespace ddnn
