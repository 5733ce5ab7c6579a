#include "bench/soak/site.h"

#include <signal.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "cli/agent_yaml.h"
#include "cli/command.h"
#include "cli/installation.h"
#include "cli/local_broker.h"
#include "cli/local_server.h"
#include "core/base/file.h"

namespace ddnn {
namespace {

constexpr milliseconds kStopGrace{5000};
constexpr int kOpenAfterMs = 20'000;
constexpr int kStreetSeed = 2;
constexpr int kLastLines = 5;

/// What makes a broker copy all of our messages to another one. They wait for
/// it, so that none is missed while a new broker connects. Of QoS 0: a broker
/// that cannot acknowledge to one that was killed drops what that has sent.
std::string CopyTo(const std::string& url) {
  return fmt::format(
      "\nqueue_qos0_messages true\nconnection recorder\naddress {}\n"
      "topic ddnn/# out 0\ncleansession false\nnotifications false\n"
      "bridge_protocol_version mqttv311\nrestart_timeout 1\n",
      url.substr(url.rfind('/') + 1));
}

/// The last word on it counts.
std::string QueueLimit(int messages) {
  return messages == 0 ? ""
                       : fmt::format("\nmax_queued_messages {}\n", messages);
}

}  // namespace

std::string_view Name(Site::Role role) {
  switch (role) {
    case Site::Role::kBroker:
      return "broker";
    case Site::Role::kEdge:
      return "edge";
    case Site::Role::kCloud:
      return "cloud";
    case Site::Role::kDevice:
      return "device";
  }
  return "";
}

Site::Site(const SiteOptions& options, std::filesystem::path folder,
           const TierNetwork* network)
    : options_(options), folder_(std::move(folder)), network_(network) {
  std::filesystem::create_directories(folder_ / "state");
  MosquittoProgram();
}

Site::~Site() {
  for (const Role role :
       {Role::kDevice, Role::kEdge, Role::kCloud, Role::kBroker}) {
    Stop(role);
  }
}

void Site::StartBroker() {
  const auto settings = ProjectFile("broker/mosquitto.conf");
  const std::string text = ValueOrThrow(ReadFile(settings));
  BrokerOptions options;
  if (network_ != nullptr) options.host = TierNetwork::broker_host();
  const auto recorder = folder_ / "recorder";
  const auto broker = folder_ / "broker";
  for (const auto& folder : {recorder, broker}) {
    std::filesystem::create_directories(folder);
  }
  LocalBroker copy = ddnn::StartBroker(settings, recorder, options);
  recorder_.emplace(std::move(copy.process));
  recorder_url_ = copy.url;
  std::string more = QueueLimit(options_.queue_limit);
  if (network_ != nullptr) {
    const int port = FreePort(kOwnersHost);
    more += fmt::format("\nlistener {} {}\n", port, kOwnersHost);
    owners_url_ = fmt::format("mqtt://{}:{}", kOwnersHost, port);
  }
  const auto file = broker / "settings.conf";
  ValueOrThrow(WriteFileAtomically(file, text + more + CopyTo(recorder_url_)),
               kExitUnavailable);
  LocalBroker main = ddnn::StartBroker(file, broker, options);
  broker_url_ = main.url;
  if (network_ == nullptr) owners_url_ = broker_url_;
  members_.push_back({"broker",
                      Role::kBroker,
                      {MosquittoProgram().string(), "-c",
                       (broker / "mosquitto.conf").string()},
                      std::move(main.process)});
}

void Site::StartAgents() {
  for (int index = 0; index < options_.cloud_agents; ++index) {
    const std::string name = fmt::format("cloud{}", index);
    Add(Role::kCloud, name, "cloud_agent", CommonYaml(name));
  }
  const std::string owner(kOwner);
  Add(Role::kEdge, owner, "edge_agent", EdgeYaml(owner, /*standby=*/false));
  if (options_.standby) {
    Add(Role::kEdge, "standby", "edge_agent",
        EdgeYaml("standby", /*standby=*/true));
  }
  for (int device = 0; device < options_.devices; ++device) {
    Add(Role::kDevice, fmt::format("device{}", device), "device_agent",
        DeviceYaml(device));
  }
}

std::string Site::CommonYaml(const std::string& agent) const {
  const auto bundle = options_.bundle.empty()
                          ? ProjectFile("models/street-e.ddnn")
                          : options_.bundle;
  return AgentYaml(kSite, agent, bundle,
                   agent == kOwner ? owners_url_ : broker_url_) +
         fmt::format("state_dir: {}\n", QuotedPath(folder_ / "state"));
}

std::string Site::EdgeYaml(const std::string& agent, bool standby) const {
  return CommonYaml(agent) +
         fmt::format(
             "group: {}\nplace: edge\nticks_per_s: {}\nopen_after_ms: {}\n{}",
             kGroup, options_.ticks_per_s, kOpenAfterMs,
             standby ? "standby: true\n" : "");
}

std::string Site::DeviceYaml(int device) const {
  return CommonYaml(fmt::format("device{}", device)) +
         fmt::format(
             "group: {}\nplace: device{}\nsource:\n  kind: street\n"
             "  seed: {}\n",
             kGroup, device, kStreetSeed);
}

void Site::Add(Role role, const std::string& name, std::string_view program,
               const std::string& yaml) {
  const auto path = options_.programs.empty() ? AgentProgram(program)
                                              : options_.programs / program;
  auto command = AgentCommand(path, folder_, name, yaml);
  if (const auto prefix = options_.prefixes.find(name);
      prefix != options_.prefixes.end()) {
    command.insert(command.begin(), prefix->second.begin(),
                   prefix->second.end());
  }
  if (network_ != nullptr && role == Role::kCloud) {
    command = network_->In(Tier::kCloud, std::move(command));
  } else if (network_ != nullptr && role == Role::kDevice) {
    command = network_->In(Tier::kDevice, std::move(command));
  }
  members_.push_back({name, role, std::move(command)});
  Launch(&members_.back());
}

void Site::Launch(Member* member) {
  member->process.emplace(StartIn(folder_, member->name, member->command));
}

Site::Member& Site::Of(const std::string& name) {
  return *std::ranges::find(members_, name, &Member::name);
}

std::vector<std::string> Site::NamesOf(Role role) const {
  std::vector<std::string> names;
  for (const Member& member : members_) {
    if (member.role == role) names.push_back(member.name);
  }
  return names;
}

void Site::Kill(const std::string& name) { Of(name).process.reset(); }

void Site::Restart(const std::string& name) { Launch(&Of(name)); }

void Site::Freeze(const std::string& name) {
  Of(name).process->Signal(SIGSTOP);
}

void Site::Thaw(const std::string& name) { Of(name).process->Signal(SIGCONT); }

void Site::Stop(const std::string& name) {
  Member& member = Of(name);
  member.process->Stop(kStopGrace);
  member.process.reset();
}

void Site::Stop(Role role) {
  std::vector<ChildProcess*> processes;
  for (Member& member : members_) {
    if (member.role != role || !member.process) continue;
    member.process->Signal(SIGCONT);
    processes.push_back(&*member.process);
  }
  StopTogether(processes);
  for (Member& member : members_) {
    if (member.role == role) member.process.reset();
  }
}

std::vector<Site::Process> Site::Running() {
  std::vector<Process> running;
  for (Member& member : members_) {
    if (!member.process || !member.process->Running()) continue;
    running.push_back({member.name, member.role, member.process->pid()});
  }
  return running;
}

std::optional<std::string> Site::Death() {
  for (Member& member : members_) {
    if (!member.process || member.process->Running()) continue;
    return fmt::format("{} ended by itself: {}; its last lines:\n{}",
                       member.name, member.process->HowItEnded(),
                       member.process->LastLines(kLastLines));
  }
  return std::nullopt;
}

}  // namespace ddnn
