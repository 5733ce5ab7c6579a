#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/agent/presence.h"
#include "core/base/clock.h"
#include "core/base/message_kind.h"
#include "core/base/tick.h"
#include "core/fusion/coordinator.h"
#include "core/fusion/device_set.h"
#include "core/nn/network.h"
#include "core/nn/tree.h"
#include "core/wire/wire.h"
#include "edge_agent/claims.h"
#include "edge_agent/metrics.h"
#include "edge_agent/sequence_watch.h"

namespace ddnn {

/// What nodes and the cloud say of samples becomes calls of the coordinator.
///
/// What cannot be used is counted as `rejected_<kind>_<reason>` and dropped,
/// what comes twice, late or unasked under names of its own; gaps in a device's
/// sequence numbers are told to the coordinator as ticks that went unheard.
/// Thread-safety: none.
class GroupIntake {
 public:
  /// All are borrowed and outlive the intake.
  GroupIntake(const Network& network, const Tree& tree, const Codec* codec,
              Presence* presence, EdgeMetrics* metrics);

  /// A run begins. \param coordinator  borrowed, until the next call.
  void Open(Coordinator* coordinator);
  /// From now on all is rejected as `not_open`.
  void Close() { Open(nullptr); }

  /// \param node  whose agent has said it, or of a relayed message the device
  ///     that it is from.
  void OnNode(int node, MessageKind kind, const std::string& payload,
              Instant now);
  void OnCloudAnswer(const std::string& payload, Instant now);

  /// The node has an agent, of that boot: its sequence numbers go on where they
  /// were, or are another sender's.
  void NoteSender(int node, std::uint32_t boot);
  /// What devices that are there have still to say, of ticks up to `last`, goes
  /// unheard: they will offer it to nobody. Precondition: open.
  void TellUnsaid(const Claims& claims, Tick last);

 private:
  struct Sender {
    std::optional<std::uint32_t> boot{};
    SequenceWatch sequence{};
  };
  /// Of a device, in this run.
  struct Heard {
    std::optional<Tick> newest{};
    bool gap = false;  ///< messages are missing, and that is not told yet
  };

  void OnScores(int device, MessageKind kind, const std::string& payload,
                Instant now);
  void OnOffload(int device, const std::string& payload, Instant now);
  /// \return those of the ticks that can be the device's.
  std::vector<Tick> Gather(int device, MessageKind kind,
                           const std::vector<TickScores>& ticks, Instant now);
  void OnEdgeSums(int edge, const std::string& payload, Instant now);
  void OnMap(int node, MessageKind kind, const std::string& payload,
             Instant now);
  /// Counts what the coordinator did not take.
  void CountRefusal(MessageKind kind, const Status& status,
                    const char* unwanted);
  /// Counts what a node's sequence numbers tell.
  /// \return messages that are missing before this one.
  std::uint32_t NoteSequence(int node, MessageKind kind,
                             std::uint32_t sequence);
  /// \param heard  ticks of a message, in order.
  void NoteUnheard(int device, const std::vector<Tick>& heard,
                   std::uint32_t missing);
  bool IsDevice(int node) const {
    return node < network_.bundle().device_count();
  }

  const Network& network_;
  const Tree& tree_;
  const Codec& codec_;
  Presence& presence_;
  EdgeMetrics& metrics_;
  DeviceSet below_branches_;
  std::vector<Sender> senders_;         // by node
  std::vector<Heard> heard_;            // by device
  Coordinator* coordinator_ = nullptr;  // once the group is open
};

}  // namespace ddnn
