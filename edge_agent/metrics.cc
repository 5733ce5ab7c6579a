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

/// What a lead or a branch receives.
const MessageKindList& Received() {
  static const MessageKindList kinds{
      MessageKind::kState,     MessageKind::kScore,       MessageKind::kFeature,
      MessageKind::kOffload,   MessageKind::kClock,       MessageKind::kRelay,
      MessageKind::kEdgeScore, MessageKind::kEdgeFeature, MessageKind::kAnswer,
      MessageKind::kCommand,   MessageKind::kConfig,      MessageKind::kDecided,
      MessageKind::kRequest,   MessageKind::kEdgeRequest, MessageKind::kLease};
  return kinds;
}

const MessageKindList& Sent() {
  static const MessageKindList kinds{
      MessageKind::kRequest,     MessageKind::kDecided,
      MessageKind::kConfig,      MessageKind::kRelay,
      MessageKind::kEdgeScore,   MessageKind::kEdgeFeature,
      MessageKind::kEdgeRequest, MessageKind::kAsk,
      MessageKind::kResult,      MessageKind::kResultFb,
      MessageKind::kLatest,      MessageKind::kLost,
      MessageKind::kCommand,     MessageKind::kLease};
  return kinds;
}

/// A row for each kind of message that has a sequence number.
std::vector<CounterFamily::Row> SequenceRows(const std::string& prefix) {
  std::vector<CounterFamily::Row> rows;
  for (const MessageKind kind :
       {MessageKind::kScore, MessageKind::kOffload, MessageKind::kRelay,
        MessageKind::kEdgeScore}) {
    const std::string name(Name(kind));
    rows.push_back({prefix + name, {{"kind", name}}});
  }
  return rows;
}

CounterTable Messages() {
  MessageKindList refused = Received();
  refused.push_back(MessageKind::kOther);
  return {
      RejectedMessages(refused, {"unknown_topic", "unclaimed", "not_open",
                                 "wrong_offload", "not_ours", "refused"}),
      DroppedMessages(),
      {"ddnn_duplicates_total",
       "Messages whose sequence number, or a later one, was there already.",
       SequenceRows("duplicates_")},
      {"ddnn_sequence_gaps_total",
       "Messages that are missing by their sequence numbers.",
       SequenceRows("sequence_gaps_")},
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

constexpr std::array kViews{0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 16.0};

Histogram AddViews(MetricsRegistry* registry) {
  return registry->AddHistogram("ddnn_views_per_sample",
                                "Views that an answer rests on.", kViews);
}

Gauge AddExitThreshold(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddGauge(
      "ddnn_exit_threshold",
      "A sample leaves at an exit if eta is at most this.", AtExit(exit));
}

PerExit<Histogram> ByExit(MetricsRegistry* registry,
                          Histogram (*add)(MetricsRegistry*,
                                           std::string_view)) {
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
      {"ddnn_raw_view_bytes_total",
       "What the views of answered samples would take as raw pixels.",
       {{"raw_view_bytes"}}},
      {"ddnn_views_missing_total",
       "Devices that did not answer for a sample: no agent (gone), no image "
       "(camera), or nothing in time (silent).",
       RowsByReason("views_missing_", {"gone", "camera", "silent"})},
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
      {"ddnn_ticks_unheard_total",
       "Ticks of which something that devices said was never heard.",
       {{"ticks_unheard"}}},
      {"ddnn_stepped_down_total",
       "Another edge took the group over.",
       {{"stepped_down"}}},
      {"ddnn_answers_withdrawn_total",
       "Messages of a lead that were not sent yet when another took over.",
       {{"answers_withdrawn"}}},
      {"ddnn_branch_unanswered_total",
       "Samples that a branch was asked for and says nothing of.",
       {{"unknown_samples", {{"reason", "unknown_tick"}}},
        {"refused_samples", {{"reason", "overload"}}}}},
      {"ddnn_branch_ticks_evicted_total",
       "Ticks that a branch forgot undecided.",
       {{"evicted_ticks"}}},
  };
  return Joined(Joined(own, Messages()), BusCounters(Sent(), Received()));
}

std::string ResultCounter(Tier exit, ResultStatus status) {
  return "results_" + std::string(ExitName(exit)) + "_" +
         std::string(Name(status));
}

EdgeMetrics::EdgeMetrics(const Bundle& bundle, bool with_broker)
    : AgentMetrics({.tier = TierName(Tier::kEdge),
                    .bundle = bundle.name,
                    .tag = bundle.tag},
                   with_broker ? Joined(EdgeCounters(), BrokerStats::Counters())
                               : EdgeCounters()),
      wait_for_views(AddStage(&registry, "wait_for_views")),
      decide(AddStage(&registry, "decide")),
      publish(AddStage(&registry, "publish")),
      latency(ByExit(&registry, AddSampleLatency)),
      entropy(ByExit(&registry, AddExitEntropy)),
      views(AddViews(&registry)),
      devices_alive(registry.AddGauge(
          "ddnn_devices_alive",
          "Devices of the group that have an agent and a camera.")),
      last_result(registry.AddGauge("ddnn_last_result_timestamp_seconds",
                                    "Unix time of the newest result.")) {
  registry
      .AddGauge("ddnn_devices_expected",
                "Devices that the network is made for.")
      .Set(bundle.device_count());
  if (with_broker) broker.emplace(&registry);
  for (const Exit& exit : bundle.exits) {
    AddExitThreshold(&registry, ExitName(exit.tier))
        .Set(static_cast<double>(exit.threshold));
  }
}

void EdgeMetrics::Observe(const SampleResult& result) {
  latency[IndexOf(result.exit)].Observe(result.latency_ms / 1000);
  views.Observe(static_cast<double>(result.views_used.size()));
  for (const ExitStep& step : result.path) {
    entropy[IndexOf(step.tier)].Observe(static_cast<double>(step.eta));
  }
}

}  // namespace ddnn
