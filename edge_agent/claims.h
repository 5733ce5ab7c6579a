#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/nn/bundle.h"
#include "core/wire/json.h"

namespace ddnn {

/// Which agent is which device of the group.
///
/// An agent claims its device index by its `state`; the claim lasts until the
/// agent says, or its will says for it, that it is offline. The first agent
/// to claim an index keeps it. Holds one entry per device, whatever comes.
/// Thread-safety: none.
class Claims {
 public:
  /// What a state led to. If both are there, `gone` comes first.
  struct Change {
    std::optional<int> gone{};     ///< this device has no agent any more
    std::optional<int> came{};     ///< this device has an agent now
    std::optional<int> camera{};   ///< this device's camera fell out or is back
    std::optional<Leave> leave{};  ///< the agent cannot belong to the group
  };

  /// \param bundle  borrowed; outlives the claims.
  Claims(std::string group, const Bundle& bundle);

  /// \param state  of any agent of the site. A state of an older boot than the
  ///     known one is the late word of an old session: no change.
  Change OnState(const std::string& agent, const AgentState& state);
  /// The agent's retained state was deleted.
  Change OnStateDeleted(std::string_view agent);

  /// \return nothing if the agent has no claim.
  std::optional<int> DeviceOf(std::string_view agent) const;
  /// The device has an agent whose camera delivers.
  bool Sees(int device) const {
    const auto& holder = holders_[static_cast<std::size_t>(device)];
    return holder && holder->camera_up;
  }
  bool complete() const;
  int count() const;

  /// From now on each claim wants to be confirmed by a state.
  void DoubtAll();
  /// Ends the claims that were not confirmed. \return their devices.
  std::vector<int> DropDoubted();

 private:
  struct Holder {
    std::string agent;
    std::uint32_t boot = 0;
    bool camera_up = true;
    bool doubted = false;
  };

  std::optional<Leave> Refusal(const AgentState& state) const;

  std::string group_;
  const Bundle& bundle_;
  std::vector<std::optional<Holder>> holders_;  // by device
};

}  // namespace ddnn
