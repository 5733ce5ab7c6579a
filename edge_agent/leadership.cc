#include "edge_agent/leadership.h"

#include <spdlog/spdlog.h>

#include <chrono>

namespace ddnn {
namespace {

// Longer than a broker takes to send a message back.
constexpr std::chrono::seconds kWarnAfter(5);

}  // namespace

Leadership::Leadership(const EdgeConfig& config, const Bundle& bundle,
                       const Codec* codec, Presence* presence, Bus* bus)
    : topics_(config.site, config.group),
      presence_(*presence),
      lease_(config.agent, config.standby),
      retained_(bundle, config.ticks_per_s, codec),
      beats_(bus, &presence->counters()) {}

void Leadership::Subscribe(Bus* bus) const {
  bus->Subscribe(topics_.Lease(), Qos::kAtLeastOnce);
  bus->Subscribe(topics_.Config(), Qos::kAtLeastOnce);
  bus->Subscribe(topics_.Decided(), Qos::kAtMostOnce);
}

void Leadership::OnConnected(const BusConnected& connected, Instant now) {
  beats_.Clear();
  beats_.BindTo(connected.connection);
  lease_.OnConnected(now);
}

void Leadership::OnLease(const std::string& payload, Instant now) {
  if (payload.empty()) return;  // deleted; the next renewal puts it right
  const Result<Lease> lease = DecodeLease(payload);
  if (!lease) {
    return presence_.Reject(MessageKind::kLease, Name(lease.error()));
  }
  const LeaseKeeper::Role before = lease_.role();
  CountRefusal(MessageKind::kLease, lease_.OnLease(*lease, now));
  if (lease_.role() == before) return;
  spdlog::info(
      "{} term={} holder={}",
      lease_.role() == LeaseKeeper::Role::kLeads ? "lease_taken" : "lease_lost",
      lease->term, lease->holder);
}

void Leadership::OnConfig(const std::string& payload) {
  CountRefusal(MessageKind::kConfig, retained_.OnConfig(payload));
}

void Leadership::OnDecided(const std::string& payload) {
  CountRefusal(MessageKind::kDecided, retained_.OnDecided(payload));
}

void Leadership::CountRefusal(MessageKind kind, const Status& status) {
  if (!status) presence_.Reject(kind, Name(status.error()));
}

void Leadership::WarnIfUnanswered(Instant now) {
  const bool waits =
      lease_.role() == LeaseKeeper::Role::kClaims && !lease_.Valid(now);
  if (!waits) return claims_since_.reset();
  if (!claims_since_) claims_since_ = now;
  if (warned_ || now - *claims_since_ < kWarnAfter) return;
  warned_ = true;
  spdlog::error(
      "lease_unanswered topic={} remedy=\"let this agent read and write that "
      "topic at the broker: run broker/provision.sh again for it\"",
      topics_.Lease());
}

void Leadership::OnTime(Instant now) {
  beats_.Flush();
  lease_.OnTime(now);
  WarnIfUnanswered(now);
  if (const auto message = lease_.TakeMessage()) {
    beats_.Send({.topic = topics_.Lease(),
                 .payload = EncodeLease(*message),
                 .qos = Qos::kAtLeastOnce,
                 .retain = true,
                 .content_type = "application/json"});
  }
}

}  // namespace ddnn
