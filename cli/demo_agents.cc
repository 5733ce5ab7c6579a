#include "cli/demo_agents.h"

#include <spdlog/fmt/fmt.h>

#include <sstream>
#include <string_view>
#include <utility>

#include "cli/agent_yaml.h"
#include "cli/command.h"
#include "cli/installation.h"
#include "cli/local_broker.h"

namespace ddnn {
namespace {

constexpr int kLastLines = 5;

std::string_view Remedy(const ChildProcess& process) {
  switch (process.exit_code().value_or(-1)) {
    case -1:
      return "something outside ended it; if nobody did, look for a lack of "
             "memory in dmesg";
    case kExitData:
      return "look at the files that its last lines name";
    case kExitUnavailable:
      return "it lost the broker: see broker.log";
    case kExitProtocol:
      return "all agents must run the same bundle: start the demo anew";
    case kExitRefused:
    case kExitConfig:
      return "its last lines say what it refuses";
    default:
      return "run the demo again with --keep and read its log";
  }
}

std::string Indented(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) out += "    " + line + '\n';
  return out.empty() ? "    (nothing)\n" : out;
}

}  // namespace

DemoAgents::DemoAgents(std::filesystem::path folder, const TierNetwork* network)
    : folder_(std::move(folder)),
      network_(network),
      settings_(ProjectFile("broker/mosquitto.conf")),
      edge_program_(AgentProgram("edge_agent")),
      cloud_program_(AgentProgram("cloud_agent")),
      device_program_(AgentProgram("device_agent")) {
  MosquittoProgram();
}

std::string DemoAgents::StartBroker(bool topic_aliases) {
  BrokerOptions options{.topic_aliases = topic_aliases};
  if (network_ != nullptr) options.host = TierNetwork::broker_host();
  LocalBroker broker = ddnn::StartBroker(settings_, folder_, options);
  members_.push_back(
      {Role::kBroker, -1, "the broker (mosquitto)", std::move(broker.process)});
  return broker.url;
}

void DemoAgents::StartServers(const DemoSetup& setup) {
  StartAgent(Role::kCloud, -1, std::string(kDemoCloud), "the cloud agent",
             CloudYaml(setup));
  StartAgent(Role::kEdge, -1, std::string(kDemoEdge), "the edge agent",
             EdgeYaml(setup));
  const int branches = static_cast<int>(BranchesOf(setup.tree).size());
  for (int index = 0; index < branches; ++index) {
    const std::string name = DemoBranch(index);
    StartAgent(Role::kBranch, -1, name, "the edge agent " + name,
               BranchYaml(setup, index));
  }
}

void DemoAgents::StartDevices(const DemoSetup& setup,
                              const std::vector<std::string>& cameras) {
  for (int device = 0; device < static_cast<int>(cameras.size()); ++device) {
    const std::string name = DemoDevice(device);
    StartAgent(Role::kDevice, device, name,
               fmt::format("{} (camera {})", name,
                           cameras[static_cast<std::size_t>(device)]),
               DeviceYaml(setup, device));
  }
}

void DemoAgents::StartAgent(Role role, int device, const std::string& name,
                            const std::string& title, const std::string& yaml) {
  members_.push_back({role, device, title,
                      StartIn(folder_, name, CommandOf(role, name, yaml))});
}

std::vector<std::string> DemoAgents::CommandOf(Role role,
                                               const std::string& name,
                                               const std::string& yaml) const {
  const auto command = [&](const std::filesystem::path& program) {
    return AgentCommand(program, folder_, name, yaml);
  };
  switch (role) {
    case Role::kCloud:
      return network_ == nullptr
                 ? command(cloud_program_)
                 : network_->In(Tier::kCloud, command(cloud_program_));
    case Role::kDevice:
      return network_ == nullptr
                 ? command(device_program_)
                 : network_->In(Tier::kDevice, command(device_program_));
    default:
      return command(edge_program_);  // this process is the edge's neighbour
  }
}

std::vector<DemoAgents::Death> DemoAgents::TakeDeaths() {
  std::vector<Death> deaths;
  for (Member& member : members_) {
    if (!member.expected_to_run || member.process.Running()) continue;
    member.expected_to_run = false;
    deaths.push_back(
        {member.role, member.device,
         fmt::format("{} ended early: {}\n  its last lines:\n{}  remedy: {}",
                     member.title, member.process.HowItEnded(),
                     Indented(member.process.LastLines(kLastLines)),
                     Remedy(member.process))});
  }
  return deaths;
}

std::string DemoAgents::LastLinesOf(Role role) const {
  std::string text;
  for (const Member& member : members_) {
    if (member.role == role) text += member.process.LastLines(kLastLines);
  }
  return Indented(text);
}

void DemoAgents::Stop(Role role) {
  std::vector<ChildProcess*> processes;
  for (Member& member : members_) {
    if (member.role != role) continue;
    member.expected_to_run = false;
    processes.push_back(&member.process);
  }
  StopTogether(processes);
}

}  // namespace ddnn
