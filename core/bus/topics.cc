#include "core/bus/topics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "core/base/names.h"

namespace ddnn {
namespace {

constexpr std::string_view kRoot = "ddnn/v1/";

// Kinds that end in an agent's id, and those that do not.
constexpr std::array<std::string_view, 8> kGroupKindsOfAgents = {
    "score",      "feature",      "relay", "offload",
    "edge-score", "edge-feature", "clock", "preview"};
constexpr std::array<std::string_view, 9> kGroupKinds = {
    "request", "edge-request", "decided", "result", "result-fb",
    "latest",  "lost",         "config",  "lease"};
constexpr std::array<std::string_view, 2> kCloudKinds = {"ask", "answer"};
constexpr std::array<std::string_view, 2> kAgentKinds = {"state", "info"};
constexpr std::array<std::string_view, 2> kAgentKindsWithVerb = {"cmd", "rsp"};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& words,
              std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// One level of a topic, or "+" for a filter.
std::string_view Level(std::string_view id) {
  assert(id == "+" || IsValidId(id));
  return id;
}

std::string SitePrefix(std::string_view site, std::string_view scope) {
  std::string prefix(kRoot);
  prefix.append(Level(site)).append("/").append(scope).append("/");
  return prefix;
}

// <site>/group/<group>/<kind>/<agent>; a longer topic is not ours.
constexpr std::size_t kMaxLevels = 5;

/// The levels of a topic; of a longer one, one more than kMaxLevels.
struct Levels {
  explicit Levels(std::string_view text) {
    while (count < names.size()) {
      const std::size_t slash = text.find('/');
      names[count++] = text.substr(0, slash);
      if (slash == std::string_view::npos) break;
      text.remove_prefix(slash + 1);
    }
  }
  std::size_t size() const { return count; }
  std::string_view operator[](std::size_t i) const { return names[i]; }

  std::array<std::string_view, kMaxLevels + 1> names;
  std::size_t count = 0;
};

using Scope = ParsedTopic::Scope;

std::optional<ParsedTopic> ParseGroup(const Levels& levels) {
  const bool of_agent = levels.size() == 5 && IsValidId(levels[4]) &&
                        Contains(kGroupKindsOfAgents, levels[3]);
  const bool of_group = levels.size() == 4 && Contains(kGroupKinds, levels[3]);
  if (!IsValidId(levels[2]) || !(of_agent || of_group)) return std::nullopt;
  return ParsedTopic{Scope::kGroup,
                     levels[0],
                     levels[2],
                     levels[3],
                     of_agent ? levels[4] : std::string_view{},
                     {}};
}

std::optional<ParsedTopic> ParseCloud(const Levels& levels) {
  if (levels.size() != 4 || !Contains(kCloudKinds, levels[2]) ||
      !IsValidId(levels[3])) {
    return std::nullopt;
  }
  return ParsedTopic{Scope::kCloud, levels[0], {}, levels[2], levels[3], {}};
}

std::optional<ParsedTopic> ParseAgent(const Levels& levels) {
  const bool with_verb = levels.size() == 5 && IsValidId(levels[4]) &&
                         Contains(kAgentKindsWithVerb, levels[3]);
  const bool plain = levels.size() == 4 && Contains(kAgentKinds, levels[3]);
  if (!IsValidId(levels[2]) || !(with_verb || plain)) return std::nullopt;
  return ParsedTopic{
      Scope::kAgent, levels[0], {},
      levels[3],     levels[2], with_verb ? levels[4] : std::string_view{}};
}

/// Names of topics are names of kinds, with '-' for '_'; but for these.
constexpr std::array<std::pair<std::string_view, MessageKind>, 2> kOtherNames{{
    {"cmd", MessageKind::kCommand},
    {"rsp", MessageKind::kCommand},
}};

bool SameWord(std::string_view topic_name, std::string_view kind_name) {
  return std::ranges::equal(topic_name, kind_name, [](char a, char b) {
    return a == b || (a == '-' && b == '_');
  });
}

}  // namespace

GroupTopics::GroupTopics(std::string_view site, std::string_view group)
    : prefix_(SitePrefix(site, "group").append(Level(group)) + "/") {}

std::string GroupTopics::Score(std::string_view agent) const {
  return prefix_ + "score/" + std::string(Level(agent));
}
std::string GroupTopics::Feature(std::string_view agent) const {
  return prefix_ + "feature/" + std::string(Level(agent));
}
std::string GroupTopics::Offload(std::string_view agent) const {
  return prefix_ + "offload/" + std::string(Level(agent));
}
std::string GroupTopics::EdgeScore(std::string_view agent) const {
  return prefix_ + "edge-score/" + std::string(Level(agent));
}
std::string GroupTopics::EdgeFeature(std::string_view agent) const {
  return prefix_ + "edge-feature/" + std::string(Level(agent));
}
std::string GroupTopics::Clock(std::string_view agent) const {
  return prefix_ + "clock/" + std::string(Level(agent));
}
std::string GroupTopics::Preview(std::string_view agent) const {
  return prefix_ + "preview/" + std::string(Level(agent));
}
std::string GroupTopics::Relay(std::string_view device_agent) const {
  return prefix_ + "relay/" + std::string(Level(device_agent));
}
std::string GroupTopics::Request() const { return prefix_ + "request"; }
std::string GroupTopics::EdgeRequest() const {
  return prefix_ + "edge-request";
}
std::string GroupTopics::Decided() const { return prefix_ + "decided"; }
std::string GroupTopics::Config() const { return prefix_ + "config"; }
std::string GroupTopics::Lease() const { return prefix_ + "lease"; }
std::string GroupTopics::Result() const { return prefix_ + "result"; }
std::string GroupTopics::ResultFb() const { return prefix_ + "result-fb"; }
std::string GroupTopics::Latest() const { return prefix_ + "latest"; }
std::string GroupTopics::Lost() const { return prefix_ + "lost"; }
std::string GroupTopics::Doctor(std::string_view role) const {
  return prefix_ + "doctor/" + std::string(Level(role));
}

AgentTopics::AgentTopics(std::string_view site, std::string_view agent)
    : prefix_(SitePrefix(site, "agent").append(Level(agent)) + "/") {}

std::string AgentTopics::State() const { return prefix_ + "state"; }
std::string AgentTopics::Info() const { return prefix_ + "info"; }
std::string AgentTopics::Command(std::string_view verb) const {
  return prefix_ + "cmd/" + std::string(Level(verb));
}
std::string AgentTopics::Response(std::string_view verb) const {
  return prefix_ + "rsp/" + std::string(Level(verb));
}

std::string CloudAskTopic(std::string_view site, std::string_view edge) {
  return SitePrefix(site, "cloud") + "ask/" + std::string(Level(edge));
}
std::string CloudAnswerTopic(std::string_view site, std::string_view edge) {
  return SitePrefix(site, "cloud") + "answer/" + std::string(Level(edge));
}
std::string CloudDoctorTopic(std::string_view site) {
  return SitePrefix(site, "cloud") + "doctor";
}
std::string SharedCloudAskFilter(std::string_view site) {
  return "$share/cloud/" + CloudAskTopic(site, "+");
}

std::optional<ParsedTopic> ParseTopic(std::string_view topic) {
  if (!topic.starts_with(kRoot)) return std::nullopt;
  const Levels levels(topic.substr(kRoot.size()));
  if (levels.size() < 4 || !IsValidId(levels[0])) return std::nullopt;
  if (levels[1] == "group") return ParseGroup(levels);
  if (levels[1] == "cloud") return ParseCloud(levels);
  if (levels[1] == "agent") return ParseAgent(levels);
  return std::nullopt;
}

MessageKind KindOf(const ParsedTopic& topic) {
  for (std::size_t i = 0; i < kMessageKinds; ++i) {
    const auto kind = static_cast<MessageKind>(i);
    if (SameWord(topic.kind, Name(kind))) return kind;
  }
  for (const auto& [name, kind] : kOtherNames) {
    if (topic.kind == name) return kind;
  }
  return MessageKind::kOther;
}

MessageKind KindOf(std::string_view topic) {
  const std::optional<ParsedTopic> parsed = ParseTopic(topic);
  return parsed ? KindOf(*parsed) : MessageKind::kOther;
}

}  // namespace ddnn
