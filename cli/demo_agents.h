#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/child_process.h"
#include "cli/demo_config.h"
#include "cli/tier_network.h"

namespace ddnn {

/// The processes of a demo: broker, edge, cloud and devices.
///
/// Starts them in an order in which each finds what it needs, watches over
/// them, and stops them from source to sink. None outlives this object.
/// Thread-safety: none; start from main()'s thread (see ChildProcess).
class DemoAgents {
 public:
  /// kEdge is the lead; branches are the other edges.
  enum class Role { kBroker, kEdge, kBranch, kCloud, kDevice };
  /// A process that ended though nobody asked it to.
  struct Death {
    Role role;
    int device;  ///< -1 unless a device
    /// For people: who, how, its last lines, and the remedy.
    std::string message;
  };

  /// Makes sure that the programs are there, so that nothing starts in vain.
  /// \param folder  for configuration files and logs.
  /// \throws CommandError  kExitUnavailable: a program is missing.
  /// \param network  borrowed; nothing: all run where this process does.
  DemoAgents(std::filesystem::path folder, const TierNetwork* network);

  /// \return the broker's URL.
  /// \throws CommandError  kExitUnavailable, see ddnn::StartBroker.
  std::string StartBroker(bool topic_aliases);
  /// Starts cloud and edges.
  void StartServers(const DemoSetup& setup);
  /// Starts the devices. Wait until the servers are there: what is sent to a
  /// server that does not listen yet is lost.
  void StartDevices(const DemoSetup& setup,
                    const std::vector<std::string>& cameras);

  /// The processes that have died since the last call.
  std::vector<Death> TakeDeaths();

  /// SIGTERM to each process of a role at once, SIGKILL to those that are
  /// still there after a while.
  void Stop(Role role);

  /// The end of the logs of a role's processes, for people.
  std::string LastLinesOf(Role role) const;

 private:
  struct Member {
    Role role;
    int device;
    std::string title;  ///< for people: "device0 (camera cam0)"
    ChildProcess process;
    bool expected_to_run = true;
  };
  void StartAgent(Role role, int device, const std::string& name,
                  const std::string& title, const std::string& yaml);
  std::vector<std::string> CommandOf(Role role, const std::string& name,
                                     const std::string& yaml) const;

  const std::filesystem::path folder_;
  const TierNetwork* const network_;
  const std::filesystem::path settings_;  // of the broker
  const std::filesystem::path edge_program_;
  const std::filesystem::path cloud_program_;
  const std::filesystem::path device_program_;
  std::vector<Member> members_;
};

}  // namespace ddnn
