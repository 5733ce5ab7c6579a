#include "edge_agent/membership.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "core/bus/topics.h"

namespace ddnn {
namespace {

/// After a reconnect, agents have this long to say that they are still there.
constexpr std::chrono::seconds kConfirmWithin{10};

}  // namespace

Membership::Membership(const EdgeConfig& config, const Bundle& bundle,
                       const Tree& tree, const Place& place,
                       EdgePresence* presence, LeaseKeeper* lease)
    : site_(config.site),
      leads_(lease != nullptr),
      devices_(bundle.device_count()),
      presence_(*presence),
      claims_(config.group, bundle, tree, place.name),
      rivals_(config, tree, place, presence, lease) {}

std::vector<Membership::Change> Membership::OnState(std::string_view agent,
                                                    const std::string& payload,
                                                    bool retained,
                                                    Instant now) {
  const std::string name(agent);
  if (payload.empty()) return Apply(name, claims_.OnStateDeleted(agent));
  const Result<AgentState> state = DecodeAgentState(payload);
  if (!state) {
    presence_.Reject(MessageKind::kState, Name(state.error()));
    return {};
  }
  rivals_.OnState(name, *state, retained, now);
  return Apply(name, claims_.OnState(name, *state));
}

std::vector<Membership::Change> Membership::Apply(
    const std::string& agent, const Claims::Change& change) {
  std::vector<Change> changes;
  if (change.late) presence_.Reject(MessageKind::kState, Name(Error::kRefused));
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
  if (const auto times = refusals_.Admit(std::chrono::steady_clock::now())) {
    spdlog::warn("claim_refused agent={} times={} reason=\"{}\"", agent, *times,
                 leave.reason);
  }
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
  if (!doubt_until_ || !IsOver(*doubt_until_, kConfirmWithin, now)) {
    return changes;
  }
  doubt_until_.reset();
  for (const int node : claims_.DropDoubted()) {
    for (const Change& change : Apply("", {.gone = node})) {
      changes.push_back(change);
    }
  }
  return changes;
}

}  // namespace ddnn
