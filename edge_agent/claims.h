#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/nn/bundle.h"
#include "core/nn/tree.h"
#include "core/wire/json.h"

namespace ddnn {

/// Which agent is which device of the group, and which runs the section of
/// another edge.
///
/// An agent claims its device index, an edge its place in the tree, by its
/// `state`; the claim lasts until the agent says, or its will says for it, that
/// it is offline. The first agent to claim something keeps it. Devices and
/// edges are named by their node in the bundle. Holds one entry per node,
/// whatever comes.
/// Thread-safety: none.
class Claims {
 public:
  /// What a state led to. If both are there, `gone` comes first.
  struct Change {
    std::optional<int> gone{};     ///< this node has no agent any more
    std::optional<int> came{};     ///< this node has an agent now
    std::optional<int> camera{};   ///< this device's camera fell out or is back
    std::optional<Leave> leave{};  ///< the agent cannot belong to the group
    bool late = false;  ///< the late word of an older boot; nothing changed
  };

  /// \param bundle, tree  borrowed; outlive the claims.
  /// \param place  this edge's own: nobody else may claim it.
  Claims(std::string group, const Bundle& bundle, const Tree& tree,
         std::string place);

  /// \param state  of any agent of the site. The goodbye of a boot older than
  ///     the known one is the late word of an old session: no change. A birth
  ///     always counts: the clock was set back, and nobody remembers the boot
  ///     before.
  Change OnState(const std::string& agent, const AgentState& state);
  /// The agent's retained state was deleted.
  Change OnStateDeleted(std::string_view agent);

  /// \return nothing if the agent has no claim.
  std::optional<int> NodeOf(std::string_view agent) const;
  /// The same; of an agent without a claim, the node whose claim it was the
  /// last to lose: what others relay of it may come behind its goodbye.
  std::optional<int> LastNodeOf(std::string_view agent) const;
  bool HasAgent(int node) const {
    return holders_[static_cast<std::size_t>(node)].has_value();
  }
  /// Of the node's agent; nothing if it has none.
  std::optional<std::uint32_t> BootOf(int node) const {
    const auto& holder = holders_[static_cast<std::size_t>(node)];
    return holder ? std::optional(holder->boot) : std::nullopt;
  }
  /// The node has an agent, a device also a camera that delivers.
  bool Sees(int node) const {
    const auto& holder = holders_[static_cast<std::size_t>(node)];
    return holder && holder->camera_up;
  }
  /// All devices and all other edges with a section have an agent.
  bool complete() const { return count() == expected(); }
  int count() const;
  int expected() const { return expected_; }

  /// From now on each claim wants to be confirmed by a state.
  void DoubtAll();
  /// Ends the claims that were not confirmed. \return their nodes.
  std::vector<int> DropDoubted();

 private:
  struct Holder {
    std::string agent;
    std::uint32_t boot = 0;
    bool camera_up = true;
    bool doubted = false;
  };

  /// What the state claims; -1: nothing; another number: no such device.
  int ClaimOf(const AgentState& state) const;
  std::optional<Leave> Refusal(const AgentState& state, int node) const;
  /// Precondition: the node has an agent.
  void EndClaim(int node);

  std::string group_;
  const Bundle& bundle_;
  const Tree& tree_;
  std::string place_;
  int expected_;
  std::vector<std::optional<Holder>> holders_;  // by node
  std::vector<std::string> former_;  // by node: whose claim ended last
};

}  // namespace ddnn
