#include "edge_agent/group_intake.h"

#include <utility>

#include "core/nn/tier.h"
#include "core/offload/encoded_view.h"
#include "core/telemetry/stage_timer.h"

namespace ddnn {

GroupIntake::GroupIntake(const Network& network, const Tree& tree,
                         const Codec* codec, Presence* presence,
                         EdgeMetrics* metrics)
    : network_(network),
      tree_(tree),
      codec_(*codec),
      presence_(*presence),
      metrics_(*metrics),
      senders_(network.bundle().nodes.size()),
      heard_(static_cast<std::size_t>(network.bundle().device_count())) {
  for (const Place* edge : tree_.PlacesOf(Tier::kEdge)) {
    if (edge == &tree_.Lead()) continue;
    for (const int device : tree_.DevicesBelow(*edge)) {
      below_branches_.set(static_cast<std::size_t>(device));
    }
  }
}

void GroupIntake::Open(Coordinator* coordinator) {
  coordinator_ = coordinator;
  heard_.assign(heard_.size(), {});
}

void GroupIntake::NoteSender(int node, std::uint32_t boot) {
  auto& [known, sequence] = senders_[static_cast<std::size_t>(node)];
  if (std::exchange(known, boot) != boot) sequence.Forget();
}

void GroupIntake::TellUnsaid(const Claims& claims, Tick last) {
  const Tick before = coordinator_->schedule().first_tick - 1;
  for (int i = 0; i < network_.bundle().device_count(); ++i) {
    if (!claims.Sees(i)) continue;
    const Heard& heard = heard_[static_cast<std::size_t>(i)];
    coordinator_->NoteUnheard(i, heard.newest.value_or(before) + 1, last);
  }
}

void GroupIntake::OnNode(int node, MessageKind kind, const std::string& payload,
                         Instant now) {
  if (coordinator_ == nullptr) return presence_.Reject(kind, "not_open");
  const bool is_offload = kind == MessageKind::kOffload;
  if (is_offload != (tree_.offload() != Offload::kNone)) {
    return presence_.Reject(kind, "wrong_offload");
  }
  const bool device = IsDevice(node);
  const bool below_branch =
      device && below_branches_.test(static_cast<std::size_t>(node));
  switch (kind) {
    case MessageKind::kOffload:
      return OnOffload(node, payload, now);
    case MessageKind::kScore:
      if (below_branch) return;  // its branch hears it too
      if (device) return OnScores(node, kind, payload, now);
      break;
    case MessageKind::kRelay:
      if (below_branch) return OnScores(node, kind, payload, now);
      break;
    case MessageKind::kFeature:
      if (below_branch) return;
      if (device) return OnMap(node, kind, payload, now);
      break;
    case MessageKind::kEdgeScore:
      if (!device) return OnEdgeSums(node, payload, now);
      break;
    case MessageKind::kEdgeFeature:
      if (!device) return OnMap(node, kind, payload, now);
      break;
    default:
      break;
  }
  presence_.Reject(kind, "unknown_topic");
}

void GroupIntake::CountRefusal(MessageKind kind, const Status& status,
                               const char* unwanted) {
  if (status) return;
  if (status.error() == Error::kNotFound) {
    ++presence_.counters()[unwanted];
  } else {
    presence_.Reject(kind, Name(status.error()));
  }
}

std::uint32_t GroupIntake::NoteSequence(int node, MessageKind kind,
                                        std::uint32_t sequence) {
  const SequenceWatch::Verdict verdict =
      senders_[static_cast<std::size_t>(node)].sequence.Note(sequence);
  const std::string name(Name(kind));
  if (verdict.repeated) ++presence_.counters()["duplicates_" + name];
  if (verdict.missing > 0) {
    presence_.counters()["sequence_gaps_" + name] += verdict.missing;
  }
  return verdict.missing;
}

void GroupIntake::NoteUnheard(int device, const std::vector<Tick>& heard,
                              std::uint32_t missing) {
  auto& [newest, gap] = heard_[static_cast<std::size_t>(device)];
  gap = gap || missing > 0;
  if (heard.empty()) return;
  const Tick first = heard.front();
  const Tick last = heard.back();
  if (std::exchange(gap, false) && newest) {
    // Where it offers ticks again, it began with the oldest that is not
    // decided.
    const Tick before =
        Before(*newest, first) ? *newest : coordinator_->decided();
    coordinator_->NoteUnheard(device, before + 1, first - 1);
  }
  if (!newest || Before(*newest, last)) newest = last;
}

void GroupIntake::OnScores(int device, MessageKind kind,
                           const std::string& payload, Instant now) {
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, device);
  if (!message) return presence_.Reject(kind, Name(message.error()));
  const std::uint32_t missing = NoteSequence(device, kind, message->sequence);
  NoteUnheard(device, Gather(device, kind, message->ticks, now), missing);
}

void GroupIntake::OnOffload(int device, const std::string& payload,
                            Instant now) {
  constexpr MessageKind kKind = MessageKind::kOffload;
  const Result<OffloadMessage> message = codec_.DecodeOffload(payload);
  if (!message) return presence_.Reject(kKind, Name(message.error()));
  if (message->offload != tree_.offload()) {
    return presence_.Reject(kKind, "wrong_offload");
  }
  for (const TickScores& tick : message->ticks) {
    for (const auto& view : tick.views) {
      const auto decoded = DecodeView(view.pixels, tree_.offload());
      if (!decoded) return presence_.Reject(kKind, Name(decoded.error()));
    }
  }
  const std::uint32_t missing =
      NoteSequence(device, kKind,
                   senders_[static_cast<std::size_t>(device)].sequence.Nearest(
                       message->sequence));
  NoteUnheard(device, Gather(device, kKind, message->ticks, now), missing);
}

std::vector<Tick> GroupIntake::Gather(int device, MessageKind kind,
                                      const std::vector<TickScores>& ticks,
                                      Instant now) {
  const StageTimer timer(metrics_.decide);
  std::vector<Tick> believed;
  for (const TickScores& scores : ticks) {
    const Status taken = coordinator_->OnScores(device, scores, now);
    if (!taken && taken.error() == Error::kRefused) {
      ++presence_.counters()["late_scores"];
    } else {
      CountRefusal(kind, taken, "repeated_scores");
      if (!taken && taken.error() != Error::kNotFound) continue;
    }
    believed.push_back(scores.tick);
  }
  return believed;
}

void GroupIntake::OnEdgeSums(int edge, const std::string& payload,
                             Instant now) {
  constexpr MessageKind kKind = MessageKind::kEdgeScore;
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, edge);
  if (!message) return presence_.Reject(kKind, Name(message.error()));
  NoteSequence(edge, kKind, message->sequence);
  const StageTimer timer(metrics_.decide);
  for (const TickScores& sums : message.value().ticks) {
    CountRefusal(kKind, coordinator_->OnEdgeSums(edge, sums, now),
                 "unwanted_edge_sums");
  }
}

void GroupIntake::OnMap(int node, MessageKind kind, const std::string& payload,
                        Instant now) {
  Result<SampleMap> map = codec_.DecodeMap(payload, node);
  if (!map) return presence_.Reject(kind, Name(map.error()));
  const StageTimer timer(metrics_.decide);
  CountRefusal(kind, coordinator_->OnMap(node, std::move(*map), now),
               IsDevice(node) ? "unwanted_maps" : "unwanted_edge_maps");
}

void GroupIntake::OnCloudAnswer(const std::string& payload, Instant now) {
  constexpr MessageKind kKind = MessageKind::kAnswer;
  if (coordinator_ == nullptr) return presence_.Reject(kKind, "not_open");
  const Result<CloudAnswer> answer = codec_.DecodeCloudAnswer(payload);
  if (!answer) return presence_.Reject(kKind, Name(answer.error()));
  const StageTimer timer(metrics_.decide);
  CountRefusal(kKind, coordinator_->OnCloudAnswer(answer.value(), now),
               "unwanted_cloud_answers");
}

}  // namespace ddnn
