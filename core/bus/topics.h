#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/message_kind.h"

namespace ddnn {

/// The only place that knows how topics are spelled (broker/README.md has the
/// table). Ids are valid: see IsValidId().
///
///     ddnn/v1/<site>/group/<group>/<kind>[/<agent>]
///     ddnn/v1/<site>/cloud/{ask,answer}/<edge>
///     ddnn/v1/<site>/group/<group>/doctor/<role>, .../cloud/doctor
///     ddnn/v1/<site>/agent/<agent>/<kind>[/<verb>]
class GroupTopics {
 public:
  GroupTopics(std::string_view site, std::string_view group);

  // Device -> edge; "+" = all.
  std::string Score(std::string_view agent) const;
  std::string Feature(std::string_view agent) const;
  std::string Offload(std::string_view agent) const;
  /// A device asks what time it is; the answer is its command "clock".
  std::string Clock(std::string_view agent) const;
  /// Pictures of a device's views, where its operator wants them shown.
  std::string Preview(std::string_view agent) const;
  // Branch -> lead; "+" = all.
  std::string EdgeScore(std::string_view agent) const;
  std::string EdgeFeature(std::string_view agent) const;
  /// Branch -> lead: what a device of the branch said; "+" = all.
  std::string Relay(std::string_view device_agent) const;
  std::string Request() const;      ///< edge -> devices
  std::string EdgeRequest() const;  ///< lead -> branches
  std::string Decided() const;      ///< edge -> devices, retained
  std::string Config() const;       ///< edge -> devices, retained
  std::string Lease() const;        ///< edge -> edges, retained: who leads
  std::string Result() const;       ///< JSON, for people and software
  std::string ResultFb() const;     ///< FlatBuffers
  std::string Latest() const;       ///< JSON, retained
  std::string Lost() const;         ///< JSON
  /// Agent -> itself: nobody else listens, so that rights can be tried out.
  /// \param role  "device" or "edge".
  std::string Doctor(std::string_view role) const;

 private:
  std::string prefix_;
};

/// Topics of one agent; "+" as agent = all agents of the site.
class AgentTopics {
 public:
  AgentTopics(std::string_view site, std::string_view agent);

  std::string State() const;  ///< retained; also the will
  std::string Info() const;   ///< retained
  std::string Command(std::string_view verb) const;
  std::string Response(std::string_view verb) const;  ///< nobody listens yet

 private:
  std::string prefix_;
};

/// Edge -> cloud. `site` and `edge` may be "+".
std::string CloudAskTopic(std::string_view site, std::string_view edge);
/// Cloud -> edge.
std::string CloudAnswerTopic(std::string_view site, std::string_view edge);
/// Cloud -> itself; see GroupTopics::Doctor().
std::string CloudDoctorTopic(std::string_view site);
/// Each message goes to one of the cloud agents that share it.
std::string SharedCloudAskFilter(std::string_view site);

/// A topic taken apart; views borrow from the topic.
struct ParsedTopic {
  enum class Scope { kGroup, kCloud, kAgent };
  Scope scope;
  std::string_view site;
  std::string_view group;  ///< kGroup only
  std::string_view kind;   ///< "score", "ask", "state", "cmd", ...
  std::string_view
      agent;  ///< sender or addressee; empty where the topic names none
  std::string_view verb;  ///< "cmd" and "rsp" only
};
/// \return nothing if it is not one of our topics.
std::optional<ParsedTopic> ParseTopic(std::string_view topic);

/// What messages of a topic are about; kOther if it is not one of ours.
MessageKind KindOf(const ParsedTopic& topic);
MessageKind KindOf(std::string_view topic);

}  // namespace ddnn
