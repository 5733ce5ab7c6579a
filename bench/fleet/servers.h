#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/fleet/options.h"
#include "bench/fleet/usage.h"
#include "cli/child_process.h"

namespace ddnn {

/// The processes that serve a fleet: broker, cloud agents, and for each group
/// an edge agent, since that decides for one.
/// Thread-safety: none; start from main()'s thread (see ChildProcess).
class FleetServers {
 public:
  enum class Role { kBroker, kEdge, kCloud };

  /// Makes sure that the programs are there.
  /// \param folder  for configuration files and logs.
  /// \throws CommandError  kExitUnavailable: a program is missing.
  FleetServers(const FleetOptions& options, std::string site,
               std::filesystem::path folder);
  ~FleetServers() { StopAll(); }
  FleetServers(const FleetServers&) = delete;
  FleetServers& operator=(const FleetServers&) = delete;

  /// Starts a broker unless the options name one. \return the broker's URL.
  /// \throws CommandError  kExitUnavailable.
  std::string StartBroker();
  /// \throws CommandError  kExitUnavailable, as StartEdge().
  void StartClouds();
  void StartEdge(int group);

  /// A process that has ended, how, and its last lines; for people.
  std::optional<std::string> Death();
  /// Each process's, by role.
  std::map<Role, std::vector<Usage>> Measure() const;

  /// Ends the processes of a role, all at the same time.
  void Stop(Role role);
  /// Edges, then clouds, then the broker.
  void StopAll();

 private:
  struct Member {
    Role role;
    ChildProcess process;
  };

  /// \param more  its file's keys beyond those of all agents.
  void StartAgent(Role role, const std::string& agent, const std::string& more);

  const FleetOptions options_;
  const std::string site_;
  const std::filesystem::path folder_;
  const std::filesystem::path edge_program_;
  const std::filesystem::path cloud_program_;
  std::string url_;
  std::vector<Member> members_;
};

}  // namespace ddnn
