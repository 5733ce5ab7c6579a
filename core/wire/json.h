#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/counters.h"
#include "core/base/result.h"
#include "core/base/tick.h"
#include "core/nn/sample.h"

namespace ddnn {

/// The JSON that people and other software read. Fields are only ever added;
/// readers ignore fields that they do not know. docs/wire_format.md shows each.
/// Encoders are pure; decoders return kOversized, kMalformed or kOutOfRange
/// with a message naming the field, and never throw.

/// Longest JSON that is looked at; a result of 64 classes needs a tenth.
inline constexpr std::size_t kJsonLimitBytes = std::size_t{64} << 10;

/// Topic `config`, retained: what the devices of a group must know.
struct GroupConfig {
  std::uint32_t bundle_tag = 0;
  int devices = 0;
  std::vector<std::string> classes;
  TickSchedule schedule;
  /// Counts the group's openings. The same schedule with another term: what is
  /// not decided is to be offered again.
  std::uint32_t term = 0;
};
std::string EncodeGroupConfig(const GroupConfig& config);
Result<GroupConfig> DecodeGroupConfig(std::string_view text);

/// Topic `agent/<agent>/state`, retained: birth, death and the will.
struct AgentState {
  bool online = false;
  std::string tier;        ///< "device", "edge", "cloud"
  std::string group;       ///< empty for cloud agents
  int device = -1;         ///< index in the group; -1 unless a device
  std::uint32_t boot = 0;  ///< tells a late will of an old session apart
  std::uint32_t bundle_tag = 0;
  bool camera_up = true;  ///< of a device: its camera delivers images
  std::string metrics{};  ///< HOST:PORT of its /metrics; empty = none
  std::string place{};    ///< of an edge: its place in the group's tree
  bool standby = false;   ///< of an edge: it leads only while no other does
};
std::string EncodeAgentState(const AgentState& state);
Result<AgentState> DecodeAgentState(std::string_view text);

/// Topic `agent/<agent>/info`, retained: an agent's counters since its boot,
/// by name, e.g. "sent_score_payload_bytes", "rejected_score_wrong_bundle".
std::string EncodeAgentInfo(const AgentCounters& counters);
Result<AgentCounters> DecodeAgentInfo(std::string_view text);

/// Topic `agent/<agent>/cmd/leave`: the edge tells a device that it cannot
/// belong to the group, and why.
struct Leave {
  Error error = Error::kRefused;  ///< kWrongBundle, kUnknownDevice, kRefused
  std::string reason;             ///< for the device's operator, with remedy
};
std::string EncodeLeave(const Leave& leave);
Result<Leave> DecodeLeave(std::string_view text);

/// Topics `result` and `latest`.
/// \param group    the group's id.
/// \param classes  names by label.
std::string EncodeResultJson(const SampleResult& result, std::string_view group,
                             const std::vector<std::string>& classes);
Result<SampleResult> DecodeResultJson(std::string_view text,
                                      const std::vector<std::string>& classes);

/// Topic `lost`.
std::string EncodeLossJson(const SampleLoss& loss, std::string_view group);
std::string EncodeLossJson(const TicksUnheard& ticks, std::string_view group);
Result<Loss> DecodeLossJson(std::string_view text);

/// Topic `lease`, retained: which edge leads the group. It is worth something
/// only while it is renewed.
struct Lease {
  std::string holder;      ///< an edge agent; empty = given back
  std::uint32_t term = 0;  ///< as GroupConfig::term; the higher one counts
  std::uint32_t beat = 0;  ///< counts the renewals within a term
};
std::string EncodeLease(const Lease& lease);
Result<Lease> DecodeLease(std::string_view text);

}  // namespace ddnn
