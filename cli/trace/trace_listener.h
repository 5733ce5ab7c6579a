#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/known_agents.h"
#include "cli/trace/sample_trace.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/wire/mention.h"

namespace ddnn {

/// Listens to groups until the sample that is looked for has ended, and knows
/// what passed of it by then. Of what passes it keeps the newest kMostMessages.
/// Thread-safety: none.
class TraceListener {
 public:
  static constexpr std::size_t kMostMessages = 20'000;
  static constexpr std::size_t kMostGroups = 1000;

  explicit TraceListener(TraceQuery query) : query_(std::move(query)) {}

  /// Adds what it wants to hear. Call before bus->Start().
  void Subscribe(Bus* bus) const;

  /// \return the trace, once the sample has ended.
  std::optional<SampleTrace> OnMessage(const BusMessage& message, Instant now);

  /// Every group's edge has decided the sample's tick: its end came before, or
  /// comes right now.
  bool over() const;
  /// Groups that a configuration was heard of.
  std::size_t groups() const { return groups_.size(); }
  /// Results and losses that were not the ones looked for.
  std::size_t others() const { return others_; }

 private:
  struct Note {
    std::string site;
    std::string group;  // empty: to or from the cloud
    std::string agent;
    MessageKind kind = MessageKind::kOther;
    std::size_t payload_bytes = 0;
    Instant heard{};
    Mention mention;
  };
  struct Group {
    GroupConfig config;
    std::optional<Tick> listening_since;  // the first tick heard of
    bool over = false;                    // it has decided the sample's tick
  };

  void OnConfig(const ParsedTopic& topic, const BusMessage& message);
  void OnState(const ParsedTopic& topic, const BusMessage& message);
  void OnBinary(const ParsedTopic& topic, const BusMessage& message,
                Instant now);
  std::optional<SampleTrace> OnEnd(const ParsedTopic& topic,
                                   const BusMessage& message);
  /// What was heard may be part of the sample's way.
  bool Belongs(const Note& note, const SampleTrace& trace) const;
  bool Wanted(const Group& group, const SampleId& sample,
              std::optional<Tier> exit) const;
  void GatherMessages(SampleTrace* trace) const;
  Group* GroupOf(std::string_view site, std::string_view group);

  const TraceQuery query_;
  std::map<std::string, Group> groups_;  // by "site/group"
  KnownAgents agents_;
  std::deque<Note> notes_;
  std::size_t others_ = 0;
};

}  // namespace ddnn
