#include "cli/doctor.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <optional>
#include <utility>

#include "cli/child_process.h"
#include "cli/command.h"
#include "cli/doctor_broker.h"
#include "cli/doctor_camera.h"
#include "cli/installation.h"
#include "cli/network_time.h"
#include "cli/running_agent.h"
#include "cli/scratch_folder.h"
#include "core/base/config.h"
#include "core/nn/tree.h"

namespace ddnn {
namespace {

constexpr milliseconds kCheckTimeout{10'000};
constexpr double kClockWarning_s = 0.05;
constexpr double kClockFault_s = 0.25;
constexpr std::uintmax_t kDiskWarningBytes = std::uintmax_t{64} << 20;
constexpr std::uintmax_t kDiskFaultBytes = std::uintmax_t{4} << 20;

constexpr const char* kAfterMending = "once the configuration is mended";
constexpr const char* kHelp =
    "mend the file; each agent's --help lists its keys";

std::string ProgramOf(Tier tier) {
  return std::string(TierName(tier)) + "_agent";
}

/// What is wrong with keys that the other checks stand on; empty = nothing.
std::string FaultOfKeys(const AgentProfile& profile) {
  try {
    CheckMqttConfig(profile.mqtt);
    if (profile.tier == Tier::kDevice) CheckSourceConfig(profile.source);
    return {};
  } catch (const ConfigError& e) {
    return e.what();
  }
}

/// Lets the agent itself check its file, strictly.
Finding CheckConfiguration(const std::filesystem::path& config, Tier tier) {
  const std::string check = "configuration";
  const std::string program = ProgramOf(tier);
  try {
    const ScratchFolder folder(/*keep=*/false);
    auto process =
        ChildProcess::Start(program,
                            {AgentProgram(program).string(), "--config",
                             config.string(), "--check-config"},
                            folder.path() / "check.log");
    if (!process) return Skipped(check, process.message());
    const bool ended = process->WaitFor(kCheckTimeout);
    if (ended && process->exit_code() == kExitOk) {
      return Ok(check, config.string() + ", of " + program);
    }
    return Fault(check, kExitConfig,
                 ended ? process->LastLines(20) : program + " hangs", kHelp);
  } catch (const CommandError& e) {
    return Skipped(check, e.what());
  }
}

Finding CheckBundle(const AgentProfile& profile,
                    std::optional<Placement>* out) {
  try {
    *out = LoadPlacement(profile.part, profile.tier);
  } catch (const ConfigError& e) {
    return Fault("bundle", kExitConfig, e.what(),
                 "correct the keys bundle, tree and place: a relative name "
                 "counts from the configuration's folder; every agent of a "
                 "group has the same files (`ddnn bundle show FILE` looks into "
                 "one)");
  }
  const auto& [bundle, tree, place] = **out;
  std::string text =
      fmt::format("{}, tag {:08x}, hierarchy {}, place {}", bundle.name,
                  bundle.tag, tree.Hierarchy(), place.name);
  if (profile.tier == Tier::kDevice) {
    const auto index = static_cast<std::size_t>(place.device);
    text += fmt::format("; device {} is camera {}", place.device,
                        bundle.nodes[index].camera);
  }
  return Ok("bundle", text);
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

/// \param reached  the broker's host answers, so that it can be asked.
Finding CheckClock(const MqttConfig& mqtt, bool reached) {
  if (reached) {
    const std::string host = ParseBrokerUrl(mqtt.url).host;
    if (IsLoopback(host)) {
      return Ok("clock", "the broker is on this machine: one clock");
    }
    const auto offset = AskForTime(
        host.starts_with('[') ? host.substr(1, host.size() - 2) : host);
    if (offset) {
      using Seconds = std::chrono::duration<double>;
      return JudgeClock(Seconds(offset->ahead).count(),
                        Seconds(offset->error).count());
    }
  }
  const std::string host_says = reached
                                    ? "the broker's host tells no time over NTP"
                                    : "the broker's host was not asked";
  if (const auto error = OwnClockError()) {
    return Ok(
        "clock",
        fmt::format("kept right, to {:.0f} ms by this machine's account; "
                    "{}",
                    static_cast<double>(error->count()) / 1000, host_says));
  }
  return Warning("clock",
                 "nobody keeps this machine's clock right; " + host_says,
                 "install chrony or systemd-timesyncd here and on the broker's "
                 "host; views of one instant find each other by their time");
}

Finding CheckDisk(const std::filesystem::path& config) {
  const auto folder = std::filesystem::absolute(config).parent_path();
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) {
    return Fault("disk", kExitUnavailable,
                 folder.string() + ": " + error.message(),
                 "check the file system");
  }
  const std::string text = fmt::format(
      "{:.1f} MiB free at {}", static_cast<double>(space.available) / (1 << 20),
      folder.string());
  const std::string remedy =
      "make room; logs that grow are the usual cause (journalctl "
      "--vacuum-size=100M)";
  if (space.available < kDiskFaultBytes) {
    return Fault("disk", kExitUnavailable, text, remedy);
  }
  if (space.available < kDiskWarningBytes) {
    return Warning("disk", text, remedy);
  }
  return Ok("disk", text);
}

void Examine(const AgentProfile& profile, const DoctorOptions& options,
             Diagnosis* diagnosis) {
  const std::string fault = FaultOfKeys(profile);
  const bool usable = fault.empty();
  Finding configuration = CheckConfiguration(options.config, profile.tier);
  if (!usable && configuration.state == Finding::State::kSkipped) {
    configuration = Fault("configuration", kExitConfig, fault, kHelp);
  }
  diagnosis->Add(std::move(configuration));
  std::optional<Placement> placement;
  diagnosis->Add(CheckBundle(profile, &placement));
  const auto runs = RunningAgent(options.config);
  bool reached = false;
  if (usable) {
    reached = CheckBroker(profile, placement, runs, diagnosis);
  } else {
    diagnosis->Add(Skipped("broker", kAfterMending));
  }
  diagnosis->Add(CheckClock(profile.mqtt, reached));
  if (profile.tier == Tier::kDevice) {
    diagnosis->Add(usable ? CheckCamera(profile, placement, runs)
                          : Skipped("camera", kAfterMending));
  }
  diagnosis->Add(CheckDisk(options.config));
}

}  // namespace

AgentProfile ReadProfile(const std::filesystem::path& config) {
  AgentProfile profile;
  const std::string default_kind = std::exchange(profile.source.kind, "");
  ConfigTable table;
  table.Id("site", &profile.site, "the site").Required();
  table.Id("group", &profile.group, "the group; a cloud agent has none");
  table.Id("agent", &profile.agent, "the agent's id").Required();
  AddPlaceKeys(&table, Tier::kCloud, &profile.part);
  AddMqttKeys(&table, &profile.mqtt);
  AddSourceKeys(&table, &profile.source);
  table.Load(config, ConfigTable::Unknown::kLeave);
  if (!profile.source.kind.empty() || !profile.source.path.empty()) {
    profile.tier = Tier::kDevice;
    if (profile.source.kind.empty()) profile.source.kind = default_kind;
  } else if (!profile.group.empty()) {
    profile.tier = Tier::kEdge;
  }
  return profile;
}

Finding JudgeClock(double seconds_ahead, double error_s) {
  const std::string text =
      fmt::format("the broker's host is {:.1f} ms {}, to {:.1f} ms",
                  1000 * std::abs(seconds_ahead),
                  seconds_ahead < 0 ? "behind" : "ahead", 1000 * error_s);
  const std::string remedy =
      "let both follow the same time server (chrony or systemd-timesyncd): "
      "views of one instant find each other by their time, and deadlines count "
      "from it";
  // What the way may have added is not held against the clock.
  const double sure = std::abs(seconds_ahead) - error_s;
  if (sure > kClockFault_s) {
    return Fault("clock", kExitUnavailable, text, remedy);
  }
  if (sure > kClockWarning_s) return Warning("clock", text, remedy);
  return Ok("clock", text);
}

int RunDoctor(const DoctorOptions& options) {
  Diagnosis diagnosis(&std::cout, options.json);
  try {
    Examine(ReadProfile(options.config), options, &diagnosis);
  } catch (const ConfigError& e) {
    diagnosis.Add(Fault("configuration", kExitConfig, e.what(), kHelp));
  }
  return diagnosis.Finish();
}

}  // namespace ddnn
