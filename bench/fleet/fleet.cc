#include "bench/fleet/fleet.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/fleet/devices.h"
#include "bench/fleet/monitor.h"
#include "bench/fleet/names.h"
#include "bench/fleet/report.h"
#include "bench/fleet/servers.h"
#include "cli/command.h"
#include "cli/demo_input.h"
#include "cli/installation.h"
#include "cli/output_files.h"
#include "cli/replay.h"
#include "cli/scratch_folder.h"
#include "cli/stop_flag.h"
#include "cli/subscriber.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"

namespace ddnn {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kStreetSeed = 2;
constexpr int kStreetSamples = 300;
constexpr seconds kConnectLimit{10};
constexpr seconds kStartLimit{60};
/// For the window's last answers, while the load goes on.
constexpr seconds kLongestTail{5};
constexpr milliseconds kEndViewsIn{100};
/// Without load, more than an edge waits for scores: then nothing is open.
constexpr seconds kCoolDown{1};
constexpr seconds kGoodbyeLimit{5};

/// The processes' use of the machine at one moment.
struct Measurement {
  Instant at;
  std::map<FleetServers::Role, std::vector<Usage>> servers;
  Usage load;  ///< of this process
};

/// One run, from the first process to the last.
class Fleet {
 public:
  Fleet(const FleetOptions& options, const Network& network,
        const DemoInput& input, const StopFlag& stop)
      : options_(options),
        network_(network),
        input_(input),
        stop_(stop),
        site_(fmt::format("fleet-{}", BootNumber(clock_.Now()))),
        folder_(/*keep=*/false),
        servers_(options, site_, folder_.path()),
        ledger_(options.groups),
        monitor_(site_, options.groups, network.bundle(), &ledger_) {}

  ~Fleet() {
    devices_.reset();
    servers_.StopAll();
    if (subscriber_ && !options_.url.empty()) Purge();
  }
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// \return nothing if a signal came.
  std::optional<FleetReport> Run() {
    if (!Start()) return std::nullopt;
    const Instant from = *ledger_.AllBegun() + seconds(options_.warm_up_s);
    const Instant to = from + seconds(options_.seconds);
    if (!LetPass(from)) return std::nullopt;
    const Measurement begin = Measure();
    if (!LetPass(to)) return std::nullopt;
    const Measurement end = Measure();
    FleetReport report{.options = options_,
                       .devices = network_.bundle().device_count(),
                       .phases_ms = ledger_.Phases(),
                       .loads = LoadsBetween(begin, end)};
    ::getloadavg(report.load_average.data(), 3);
    Await([&] { return ledger_.Summarize(from, to).missing == 0; },
          to + kLongestTail);
    report.figures = ledger_.Summarize(from, to);
    if (!EndLoad()) return std::nullopt;
    report.drops = Drops();
    return report;
  }

 private:
  /// \return false if a signal came.
  bool Start() {
    MqttConfig mqtt;
    mqtt.url = servers_.StartBroker();
    subscriber_.emplace(MakePahoBus(mqtt, site_ + "-bench"), clock_,
                        [this](Bus* bus) { monitor_.Subscribe(bus); });
    Require([this] { return connected_; }, kConnectLimit,
            "the broker does not answer at " + mqtt.url);
    servers_.StartClouds();
    devices_.emplace(options_, site_, mqtt, network_, input_, clock_, &ledger_);
    const int others = options_.cloud_agents +
                       network_.bundle().device_count() * options_.groups;
    Require([&] { return monitor_.online() == others; }, kStartLimit,
            "not all cloud agents and devices have come up");
    if (!StartEdges()) return false;
    Require([this] { return ledger_.AllBegun().has_value(); }, kStartLimit,
            "not all groups have begun");
    return !stop_.raised();
  }

  /// A group begins when its edge finds its devices, so the groups' ticks come
  /// about evenly spread over a period, as those of strangers would.
  /// \return false if a signal came.
  bool StartEdges() {
    const std::chrono::duration<double> period(1 / options_.ticks_per_s);
    const auto apart =
        std::chrono::duration_cast<Instant::duration>(period / options_.groups);
    for (int group = 0; group < options_.groups; ++group) {
      if (!LetPass(clock_.Now() + apart)) return false;
      servers_.StartEdge(group);
    }
    return true;
  }

  /// Ends all agents so that their last counters show the load alone: the
  /// edges first, since they count devices that leave.
  /// \return false if a signal came.
  bool EndLoad() {
    const Instant end = clock_.Now() + kEndViewsIn;
    devices_->EndViews(end);
    if (!LetPass(end + kCoolDown)) return false;
    ending_ = true;
    servers_.Stop(FleetServers::Role::kEdge);
    devices_.reset();
    servers_.Stop(FleetServers::Role::kCloud);
    Await([this] { return monitor_.online() == 0; },
          clock_.Now() + kGoodbyeLimit);
    return !stop_.raised();
  }

  std::map<std::string, std::uint64_t> Drops() const {
    auto drops = monitor_.Drops();
    if (monitor_.online() > 0) {
      drops["monitor goodbyes_missed"] =
          static_cast<std::uint64_t>(monitor_.online());
    }
    if (subscriber_->dropped() > 0) {
      drops["monitor inbox_dropped"] = subscriber_->dropped();
    }
    return drops;
  }

  /// Waits for a condition, working off what arrives.
  /// \return false at the deadline or if a signal came.
  bool Await(const std::function<bool()>& condition, Instant deadline) {
    while (!condition()) {
      if (stop_.raised() || clock_.Now() >= deadline) return false;
      if (!ending_) CheckAlive();
      auto heard =
          subscriber_->Next(steady_clock::now() + (deadline - clock_.Now()));
      for (; heard; heard = subscriber_->Next({})) Take(*heard);
    }
    return true;
  }

  /// \throws CommandError  kExitUnavailable at the limit.
  void Require(const std::function<bool()>& condition, seconds limit,
               const std::string& complaint) {
    if (Await(condition, clock_.Now() + limit) || stop_.raised()) return;
    throw CommandError(kExitUnavailable,
                       fmt::format("{} after {} s", complaint, limit.count()));
  }

  /// \return false if a signal came.
  bool LetPass(Instant until) {
    Await([] { return false; }, until);
    return !stop_.raised();
  }

  void CheckAlive() {
    if (const auto death = servers_.Death()) {
      throw CommandError(kExitUnavailable, *death);
    }
    if (devices_ && devices_->ended() > 0) {
      throw CommandError(
          kExitUnavailable,
          fmt::format("{} devices gave up: the broker refuses them, or an edge "
                      "agent sent them away",
                      devices_->ended()));
    }
  }

  void Take(const Arrival& heard) {
    if (const auto* message = std::get_if<BusMessage>(&heard.event)) {
      monitor_.OnMessage(*message, heard.at);
    } else if (const auto* end = std::get_if<BusDisconnected>(&heard.event)) {
      throw CommandError(kExitUnavailable, "lost the broker: " + end->reason);
    } else {
      connected_ = true;
    }
  }

  /// Takes back what the broker retains of us. What cannot be sent stays
  /// behind, under a site that never comes again.
  void Purge() {
    const std::vector<std::string> topics = RetainedTopics();
    for (const auto& topic : topics) {
      // Stop() waits for messages of QoS 1 alone, and this is the last.
      const Qos qos =
          &topic == &topics.back() ? Qos::kAtLeastOnce : Qos::kAtMostOnce;
      static_cast<void>(subscriber_->bus().Publish(
          {.topic = topic, .payload = "", .qos = qos, .retain = true}));
    }
  }

  std::vector<std::string> RetainedTopics() const {
    std::vector<std::string> topics;
    const auto add_agent = [&](const std::string& agent) {
      topics.push_back(AgentTopics(site_, agent).State());
      topics.push_back(AgentTopics(site_, agent).Info());
    };
    for (int index = 0; index < options_.cloud_agents; ++index) {
      add_agent(FleetCloud(index));
    }
    for (int group = 0; group < options_.groups; ++group) {
      const GroupTopics of_group(site_, FleetGroup(group));
      topics.push_back(of_group.Config());
      topics.push_back(of_group.Decided());
      topics.push_back(of_group.Latest());
      topics.push_back(of_group.Lease());
      add_agent(FleetEdge(group));
      for (int device = 0; device < network_.bundle().device_count();
           ++device) {
        add_agent(FleetDevice(group, device));
      }
    }
    return topics;
  }

  Measurement Measure() const {
    return {clock_.Now(), servers_.Measure(), UsageOf(::getpid())};
  }

  static std::vector<std::pair<std::string, Load>> LoadsBetween(
      const Measurement& begin, const Measurement& end) {
    const double elapsed =
        std::chrono::duration<double>(end.at - begin.at).count();
    std::vector<std::pair<std::string, Load>> loads;
    for (const auto& [role, title] :
         {std::pair{FleetServers::Role::kEdge, "edge"},
          std::pair{FleetServers::Role::kCloud, "cloud"},
          std::pair{FleetServers::Role::kBroker, "broker"}}) {
      if (!begin.servers.contains(role)) continue;
      loads.emplace_back(title, LoadBetween(begin.servers.at(role),
                                            end.servers.at(role), elapsed));
    }
    loads.emplace_back("devices",
                       LoadBetween({begin.load}, {end.load}, elapsed));
    return loads;
  }

  const FleetOptions& options_;
  const Network& network_;
  const DemoInput& input_;
  const StopFlag& stop_;
  const SystemClock clock_;
  const std::string site_;
  const ScratchFolder folder_;
  FleetServers servers_;
  std::optional<Subscriber> subscriber_;
  bool connected_ = false;
  bool ending_ = false;  // agents end, as they should
  Ledger ledger_;
  FleetMonitor monitor_;
  std::optional<FleetDevices> devices_;
};

/// Fills in what the user left open.
FleetOptions WithDefaults(FleetOptions options) {
  if (options.dataset.empty() && !options.split.empty()) {
    throw CommandError(kExitUsage, "--split: needs --dataset");
  }
  if (options.bundle.empty()) {
    options.bundle =
        ProjectFile(options.dataset.empty() ? "models/street-c.ddnn"
                                            : "models/epfl-mvmc-c.ddnn");
  }
  return options;
}

Network LoadNetwork(const std::filesystem::path& file) {
  Bundle bundle = ValueOrThrow(ReadBundle(file));
  if (bundle.NodesOf(Tier::kEdge).size() > 1) {
    throw CommandError(kExitUsage, file.string() +
                                       ": has several edges; each group of a "
                                       "fleet has one edge agent");
  }
  return Network(std::move(bundle));
}

/// \return nothing if a signal came.
std::optional<DemoInput> CutViews(const FleetOptions& options,
                                  const StopFlag& stop) {
  return options.dataset.empty()
             ? LookAtStreet(kStreetSeed, kStreetSamples,
                            [&stop] { return stop.raised(); })
             : ReadInput(options.dataset, options.split);
}

}  // namespace

int RunFleet(const FleetOptions& given) {
  const StopFlag stop;
  const FleetOptions options = WithDefaults(given);
  RequireFolderOf(options.json);
  const Network network = LoadNetwork(options.bundle);
  const auto input = CutViews(options, stop);
  if (!input) return kExitOk;
  const Replay fits(network.bundle(), input->rows, /*samples=*/0);
  std::optional<FleetReport> report;
  {
    Fleet fleet(options, network, *input, stop);
    report = fleet.Run();
  }
  if (!report) return kExitOk;
  std::cout << ToTable(*report);
  WriteOutput(options.json, ToJson(*report));
  return report->clean() ? kExitOk : kExitUnclean;
}

}  // namespace ddnn
