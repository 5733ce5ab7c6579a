#include "cli/trace/trace_listener.h"

#include <algorithm>
#include <utility>

namespace ddnn {
namespace {

std::string NameOf(std::string_view site, std::string_view group) {
  return std::string(site) + "/" + std::string(group);
}

bool Mentions(const Mention& mention, const SampleId& sample) {
  return std::find(mention.samples.begin(), mention.samples.end(), sample) !=
         mention.samples.end();
}

bool Mentions(const Mention& mention, Tick tick) {
  return std::find(mention.ticks.begin(), mention.ticks.end(), tick) !=
         mention.ticks.end();
}

/// Agents tell of whole ticks with these.
bool SpeaksOfTicks(MessageKind kind) {
  return kind == MessageKind::kScore || kind == MessageKind::kOffload ||
         kind == MessageKind::kRelay;
}

}  // namespace

void TraceListener::Subscribe(Bus* bus) const {
  const GroupTopics group(query_.site, query_.group);
  const AgentTopics agents(query_.site, "+");
  for (const auto& filter : {group.Config(), group.Result(), group.Lost(),
                             group.Decided(), agents.State()}) {
    bus->Subscribe(filter, Qos::kAtLeastOnce);
  }
  for (const auto& filter :
       {group.Score("+"), group.Offload("+"), group.Relay("+"),
        group.Feature("+"), group.Request(), group.EdgeRequest(),
        group.EdgeScore("+"), group.EdgeFeature("+"),
        CloudAskTopic(query_.site, "+"), CloudAnswerTopic(query_.site, "+")}) {
    bus->Subscribe(filter, Qos::kAtMostOnce);
  }
}

std::optional<SampleTrace> TraceListener::OnMessage(const BusMessage& message,
                                                    Instant now) {
  const auto topic = ParseTopic(message.topic);
  if (!topic) return std::nullopt;
  switch (KindOf(*topic)) {
    case MessageKind::kConfig:
      OnConfig(*topic, message);
      break;
    case MessageKind::kState:
      OnState(*topic, message);
      break;
    case MessageKind::kResult:
    case MessageKind::kLost:
      return OnEnd(*topic, message);
    default:
      OnBinary(*topic, message, now);
  }
  return std::nullopt;
}

TraceListener::Group* TraceListener::GroupOf(std::string_view site,
                                             std::string_view group) {
  const auto found = groups_.find(NameOf(site, group));
  return found == groups_.end() ? nullptr : &found->second;
}

void TraceListener::OnConfig(const ParsedTopic& topic,
                             const BusMessage& message) {
  auto config = DecodeGroupConfig(message.payload);
  const std::string name = NameOf(topic.site, topic.group);
  if (!config || (groups_.size() >= kMostGroups && !groups_.contains(name))) {
    return;
  }
  groups_[name].config = std::move(*config);
}

void TraceListener::OnState(const ParsedTopic& topic,
                            const BusMessage& message) {
  const bool removed = message.payload.empty();
  const auto state = removed ? Result<AgentState>(AgentState{})
                             : DecodeAgentState(message.payload);
  if (!state) return;
  agents_.Add(std::string(topic.site), std::string(topic.agent), *state);
}

void TraceListener::OnBinary(const ParsedTopic& topic,
                             const BusMessage& message, Instant now) {
  Group* group = GroupOf(topic.site, topic.group);
  const bool of_group = topic.scope == ParsedTopic::Scope::kGroup;
  if (of_group && group == nullptr) return;
  auto mention = ReadMention(
      message.payload,
      group == nullptr ? 0 : static_cast<int>(group->config.classes.size()));
  if (!mention) return;
  const MessageKind kind = KindOf(topic);
  if (of_group && kind == MessageKind::kDecided) {
    group->over |= query_.sample && !mention->ticks.empty() &&
                   !Before(mention->ticks[0], query_.sample->tick);
    return;
  }
  if (of_group && !group->listening_since && !mention->ticks.empty()) {
    group->listening_since = mention->ticks[0];
  }
  notes_.push_back({std::string(topic.site), std::string(topic.group),
                    std::string(topic.agent), kind, message.payload.size(), now,
                    std::move(*mention)});
  if (notes_.size() > kMostMessages) notes_.pop_front();
}

bool TraceListener::over() const {
  return !groups_.empty() &&
         std::all_of(groups_.begin(), groups_.end(),
                     [](const auto& group) { return group.second.over; });
}

bool TraceListener::Wanted(const Group& group, const SampleId& sample,
                           std::optional<Tier> exit) const {
  if (query_.sample) return sample == *query_.sample;
  if (query_.exit && exit != query_.exit) return false;
  // Of the tick that was passing when we came, something may be missed.
  return group.listening_since && Before(*group.listening_since, sample.tick);
}

std::optional<SampleTrace> TraceListener::OnEnd(const ParsedTopic& topic,
                                                const BusMessage& message) {
  Group* group = GroupOf(topic.site, topic.group);
  if (group == nullptr) return std::nullopt;
  SampleTrace trace;
  std::optional<Tier> exit;
  if (KindOf(topic) == MessageKind::kResult) {
    auto result = DecodeResultJson(message.payload, group->config.classes);
    if (!result) return std::nullopt;
    exit = result->exit;
    trace.end = std::move(*result);
  } else {
    const auto loss = DecodeLossJson(message.payload);
    if (!loss) return std::nullopt;
    const auto* sample = std::get_if<SampleLoss>(&*loss);
    if (sample == nullptr) return std::nullopt;
    trace.end = *sample;
  }
  const SampleId sample = trace.sample();
  const bool wanted = Wanted(*group, sample, exit);
  // Where scores cannot be heard, results tell since when we listen.
  if (!group->listening_since) group->listening_since = sample.tick;
  if (!wanted) {
    ++others_;
    return std::nullopt;
  }
  trace.site = topic.site;
  trace.group = topic.group;
  trace.config = group->config;
  trace.devices = agents_.DevicesOf(trace.site, trace.group);
  GatherMessages(&trace);
  return trace;
}

bool TraceListener::Belongs(const Note& note, const SampleTrace& trace) const {
  if (note.site != trace.site) return false;
  // To and from the cloud, edges of all groups speak on the same topics.
  const std::string group =
      note.group.empty() ? agents_.GroupOf(note.site, note.agent) : note.group;
  return (group.empty() || group == trace.group) &&
         note.mention.bundle_tag == trace.config.bundle_tag;
}

void TraceListener::GatherMessages(SampleTrace* trace) const {
  const SampleId sample = trace->sample();
  const TickSchedule& schedule = trace->config.schedule;
  std::optional<Instant> origin;
  if (schedule.paced() && !Before(sample.tick, schedule.first_tick)) {
    origin = schedule.InstantOf(sample.tick);
  }
  for (const Note& note : notes_) {
    if (!Belongs(note, *trace)) continue;
    const bool names_it = Mentions(note.mention, sample);
    const bool of_its_tick =
        SpeaksOfTicks(note.kind) && Mentions(note.mention, sample.tick);
    if (!names_it && !of_its_tick) continue;
    // Unpaced, the way starts with the first score.
    if (!origin) origin = note.heard;
    const std::chrono::duration<double, std::milli> at = note.heard - *origin;
    trace->messages.push_back(
        {note.kind, note.agent, note.payload_bytes,
         std::max<std::size_t>(1, note.mention.ticks.size()), names_it,
         at.count()});
  }
}

}  // namespace ddnn
