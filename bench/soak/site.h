#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/child_process.h"
#include "cli/tier_network.h"

namespace ddnn {

struct SiteOptions {
  std::filesystem::path bundle{};    ///< empty = the shipped models/street-e
  std::filesystem::path programs{};  ///< folder of the agents; empty = our own
  double ticks_per_s = 25;
  int devices = 6;  ///< of the bundle
  int cloud_agents = 2;
  bool standby = false;  ///< a second edge agent, which stands by
  /// Messages that wait at the broker for one client at most, the others are
  /// dropped; 0 = the project's limit.
  int queue_limit = 0;
  /// Put before the command of "device0", "edge", ..., e.g. to give it another
  /// clock.
  std::map<std::string, std::vector<std::string>> prefixes{};
};

/// A site on this machine whose processes can be hurt: broker, cloud agents,
/// one or two edge agents, and devices that watch the simulated street.
///
/// What passes at the broker is copied to a second one, the *recorder*, which
/// nobody hurts: who listens there misses nothing, whatever the broker goes
/// through. No process outlives this object.
/// Thread-safety: none; use from main()'s thread (see ChildProcess).
class Site {
 public:
  enum class Role { kBroker, kEdge, kCloud, kDevice };

  static constexpr std::string_view kSite = "soak";
  static constexpr std::string_view kGroup = "street";
  /// The edge that leads the group wherever it can.
  static constexpr std::string_view kOwner = "edge";
  /// In a network, it alone reaches the broker at this address of the edge's
  /// namespace: a link of its own.
  static constexpr const char* kOwnersHost = "127.0.0.2";

  /// Makes sure that the programs are there.
  /// \param folder   for configuration files, logs and the agents' state.
  /// \param network  borrowed; nothing: all run where this process does, else
  ///     this process must be in the edge's namespace.
  /// \throws CommandError  kExitUnavailable: a program is missing.
  Site(const SiteOptions& options, std::filesystem::path folder,
       const TierNetwork* network);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  /// Starts recorder and broker.
  /// \throws CommandError  kExitUnavailable, as all that starts something.
  void StartBroker();
  /// Starts all others.
  void StartAgents();

  const std::string& recorder_url() const { return recorder_url_; }
  const std::string& broker_url() const { return broker_url_; }
  int devices() const { return options_.devices; }
  /// Its processes of a role, e.g. "device0" ...; the first edge is the owner.
  std::vector<std::string> NamesOf(Role role) const;

  /// SIGKILL.
  void Kill(const std::string& name);
  /// Starts what was killed; waits for nothing.
  void Restart(const std::string& name);
  void Freeze(const std::string& name);  ///< SIGSTOP
  void Thaw(const std::string& name);    ///< SIGCONT
  /// SIGTERM, and waits for its end.
  void Stop(const std::string& name);
  /// The same to all of a role.
  void Stop(Role role);

  struct Process {
    std::string name;
    Role role;
    pid_t pid;
  };
  /// Those that run.
  std::vector<Process> Running();
  /// A process that ended though nobody asked it to, and its last lines.
  std::optional<std::string> Death();

 private:
  struct Member {
    std::string name;
    Role role;
    std::vector<std::string> command;
    std::optional<ChildProcess> process{};
  };

  std::string CommonYaml(const std::string& agent) const;
  std::string EdgeYaml(const std::string& agent, bool standby) const;
  std::string DeviceYaml(int device) const;
  void Add(Role role, const std::string& name, std::string_view program,
           const std::string& yaml);
  void Launch(Member* member);
  Member& Of(const std::string& name);

  const SiteOptions options_;
  const std::filesystem::path folder_;
  const TierNetwork* const network_;
  std::string recorder_url_;
  std::string broker_url_;
  std::string owners_url_;
  std::optional<ChildProcess> recorder_;
  std::vector<Member> members_;
};

/// "broker", "edge", "cloud", "device".
std::string_view Name(Site::Role role);

}  // namespace ddnn
