#include "edge_agent/membership.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <tuple>
#include <utility>

#include "core/bus/topics.h"
#include "core/nn/tier.h"

namespace ddnn {
namespace {

/// After a reconnect, agents have this long to say that they are still there.
constexpr std::chrono::seconds kConfirmWithin{10};

}  // namespace

Membership::Membership(const EdgeConfig& config, const Bundle& bundle,
                       const Tree& tree, const Place& place, Presence* presence)
    : site_(config.site),
      agent_(config.agent),
      group_(config.group),
      place_(place.name),
      tree_(tree),
      leads_(tree.Lead().name == place.name),
      devices_(bundle.device_count()),
      presence_(*presence),
      claims_(config.group, bundle, tree, place.name) {}

std::vector<Membership::Change> Membership::OnState(std::string_view agent,
                                                    const std::string& payload,
                                                    bool retained) {
  const std::string name(agent);
  if (payload.empty()) return Apply(name, claims_.OnStateDeleted(agent));
  const Result<AgentState> state = DecodeAgentState(payload);
  if (!state) {
    presence_.Reject(MessageKind::kState, Name(state.error()));
    return {};
  }
  if (agent == agent_) heard_itself_ |= state->boot == presence_.boot();
  NoteRival(name, *state, retained);
  return Apply(name, claims_.OnState(name, *state));
}

void Membership::NoteRival(const std::string& agent, const AgentState& state,
                           bool retained) {
  if (!state.online || state.tier != TierName(Tier::kEdge) ||
      state.group != group_ || agent == agent_) {
    return;
  }
  const Place* place = tree_.Find(state.place);
  if (place != nullptr && place->tier == Tier::kEdge && place->name != place_) {
    return;
  }
  ++presence_.counters()["rival_edges"];
  spdlog::error(
      "rival_edge agent={} group={} place={} remedy=\"stop one of the two, or "
      "give all agents of the group the same tree\"",
      agent, group_, state.place);
  const bool older = std::tie(state.boot, agent) <
                     std::forward_as_tuple(presence_.boot(), agent_);
  if (leads_ && !opened_ && state.place == place_ && (retained || older)) {
    presence_.GiveUp(
        {Error::kRefused,
         fmt::format("agent {} already leads group {} at place {}: stop it "
                     "first, or give this agent another group",
                     agent, group_, place_)});
  }
}

std::vector<Membership::Change> Membership::Apply(
    const std::string& agent, const Claims::Change& change) {
  std::vector<Change> changes;
  const auto note = [&](const char* what, int node) {
    const bool device = node < devices_;
    spdlog::log(what == std::string_view("came") ? spdlog::level::info
                                                 : spdlog::level::warn,
                "{}_{} {}={} agent={}", device ? "device" : "edge", what,
                device ? "device" : "node", node, agent);
    ++presence_.counters()[std::string(device ? "devices_" : "edges_") + what];
  };
  if (change.gone) {
    note("gone", *change.gone);
    changes.push_back({*change.gone, false});
  }
  if (change.came) {
    note("came", *change.came);
    changes.push_back({*change.came, claims_.Sees(*change.came)});
  }
  if (change.camera) {
    NoteCamera(*change.camera, agent);
    changes.push_back({*change.camera, claims_.Sees(*change.camera)});
  }
  if (change.leave && leads_) SendAway(agent, *change.leave);
  return changes;
}

void Membership::NoteCamera(int device, const std::string& agent) {
  const bool up = claims_.Sees(device);
  spdlog::log(up ? spdlog::level::info : spdlog::level::warn,
              "{} device={} agent={}", up ? "camera_up" : "camera_down", device,
              agent);
  ++presence_.counters()[up ? "cameras_up" : "cameras_down"];
}

void Membership::SendAway(const std::string& agent, const Leave& leave) {
  spdlog::warn("claim_refused agent={} reason=\"{}\"", agent, leave.reason);
  ++presence_.counters()["claims_refused_" + std::string(Name(leave.error))];
  presence_.backlog().Send({.topic = AgentTopics(site_, agent).Command("leave"),
                            .payload = EncodeLeave(leave),
                            .qos = Qos::kAtLeastOnce,
                            .content_type = "application/json"});
}

void Membership::OnConnected(Instant now) {
  if (claims_.count() == 0) return;
  claims_.DoubtAll();
  doubt_until_ = now + kConfirmWithin;
}

std::vector<Membership::Change> Membership::OnTime(Instant now) {
  std::vector<Change> changes;
  if (!doubt_until_ || now < *doubt_until_) return changes;
  doubt_until_.reset();
  for (const int node : claims_.DropDoubted()) {
    for (const Change& change : Apply("", {.gone = node})) {
      changes.push_back(change);
    }
  }
  return changes;
}

}  // namespace ddnn
