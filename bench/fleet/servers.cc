#include "bench/fleet/servers.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "bench/fleet/names.h"
#include "cli/agent_yaml.h"
#include "cli/installation.h"
#include "cli/local_broker.h"

namespace ddnn {
namespace {

// A group must not open before all of its devices are there.
constexpr int kOpenAfterMs = 60'000;
constexpr int kLastLines = 5;

}  // namespace

FleetServers::FleetServers(const FleetOptions& options, std::string site,
                           std::filesystem::path folder)
    : options_(options),
      site_(std::move(site)),
      folder_(std::move(folder)),
      edge_program_(AgentProgram("edge_agent")),
      cloud_program_(AgentProgram("cloud_agent")),
      url_(options.url) {}

std::string FleetServers::StartBroker() {
  if (!url_.empty()) return url_;
  LocalBroker broker =
      ddnn::StartBroker(ProjectFile("broker/mosquitto.conf"), folder_);
  members_.push_back({Role::kBroker, std::move(broker.process)});
  url_ = broker.url;
  return url_;
}

void FleetServers::StartClouds() {
  for (int index = 0; index < options_.cloud_agents; ++index) {
    StartAgent(Role::kCloud, FleetCloud(index), "");
  }
}

void FleetServers::StartEdge(int group) {
  StartAgent(
      Role::kEdge, FleetEdge(group),
      fmt::format("group: {}\nticks_per_s: {}\nopen_after_ms: {}\n",
                  FleetGroup(group), options_.ticks_per_s, kOpenAfterMs));
}

void FleetServers::StartAgent(Role role, const std::string& agent,
                              const std::string& more) {
  const auto& program = role == Role::kEdge ? edge_program_ : cloud_program_;
  const auto yaml = AgentYaml(site_, agent, options_.bundle, url_) + more;
  members_.push_back(
      {role,
       StartIn(folder_, agent, AgentCommand(program, folder_, agent, yaml))});
}

std::optional<std::string> FleetServers::Death() {
  for (auto& [role, process] : members_) {
    if (process.Running()) continue;
    return fmt::format("{} ended early: {}; its last lines:\n{}",
                       process.name(), process.HowItEnded(),
                       process.LastLines(kLastLines));
  }
  return std::nullopt;
}

std::map<FleetServers::Role, std::vector<Usage>> FleetServers::Measure() const {
  std::map<Role, std::vector<Usage>> usage;
  for (const auto& [role, process] : members_) {
    usage[role].push_back(UsageOf(process.pid()));
  }
  return usage;
}

void FleetServers::StopAll() {
  for (const Role role : {Role::kEdge, Role::kCloud, Role::kBroker}) Stop(role);
}

void FleetServers::Stop(Role role) {
  std::vector<ChildProcess*> processes;
  for (Member& member : members_) {
    if (member.role == role) processes.push_back(&member.process);
  }
  StopTogether(processes);
}

}  // namespace ddnn
