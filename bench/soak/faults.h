#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/soak/flood.h"
#include "bench/soak/links.h"
#include "bench/soak/site.h"
#include "core/base/clock.h"

namespace ddnn {

/// Something that breaks, and is whole again.
struct FaultKind {
  enum class Action {
    kKill,      ///< SIGKILL; started again at the end
    kKillAll,   ///< the same to all of the role at once
    kRestart,   ///< SIGTERM, and started again at once
    kFreeze,    ///< SIGSTOP; SIGCONT at the end
    kFlood,     ///< the same, and somebody sends it more than sockets hold
    kStall,     ///< frozen three quarters of the time
    kCut,       ///< of links, as all below: everything is dropped, silently
    kTakeDown,  ///< the tier's interface is down, and it is told so
    kDeafen,    ///< the tier hears nothing, but is heard
    kLose,      ///< 5 % of all packets are dropped
    kThrottle,  ///< the tier may send a tenth of what it needs
    kDelay      ///< everything comes 200 ms later, in both directions
  };
  std::string_view name;
  Action action;
  Site::Role whom;  ///< of links: any but kBroker; of edges, the owner
  milliseconds lasts;
  bool needs_standby = false;

  bool needs_network() const { return action >= Action::kCut; }
};

/// Every kind; names are for command lines and tables.
std::span<const FaultKind> FaultKinds();
/// \return nothing if there is none of that name.
const FaultKind* FindFault(std::string_view name);

/// Hurts a site. Thread-safety: none; use from main()'s thread.
class Injector {
 public:
  /// \param site   borrowed. \param links  borrowed; needed for kinds that
  ///     need a network. \param seed  of the choice whom it hits.
  Injector(Site* site, Links* links, std::uint32_t seed)
      : site_(*site), links_(links), random_(seed) {}

  /// \return whom it hits, for people.
  std::string Begin(const FaultKind& kind);
  /// Call every now and then while it lasts.
  void Go(Instant now);
  /// \throws CommandError  kExitUnavailable: a process or link cannot be
  ///     brought back.
  void End();

  /// Bytes a second on the devices' link when all is well; kThrottle leaves a
  /// tenth.
  void SetNeed(double bytes_per_s) { need_bytes_per_s_ = bytes_per_s; }

 private:
  std::vector<std::string> VictimsOf(const FaultKind& kind);
  void Hurt(FaultKind::Action action, const std::string& victim);

  Site& site_;
  Links* const links_;
  std::mt19937 random_;
  double need_bytes_per_s_ = 0;
  const FaultKind* kind_ = nullptr;
  std::vector<std::string> victims_;
  std::optional<Flood> flood_;
  bool stalled_ = false;
  Instant stall_until_{};
};

}  // namespace ddnn
