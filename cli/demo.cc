#include "cli/demo.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <vector>

#include "cli/command.h"
#include "cli/demo_agents.h"
#include "cli/demo_bytes.h"
#include "cli/demo_input.h"
#include "cli/demo_monitor.h"
#include "cli/demo_network.h"
#include "cli/demo_opening.h"
#include "cli/demo_recording.h"
#include "cli/live_view.h"
#include "cli/observatory.h"
#include "cli/output_files.h"
#include "cli/scratch_folder.h"
#include "cli/stop_flag.h"
#include "cli/subscriber.h"
#include "cli/tier_network.h"
#include "core/base/file.h"
#include "core/bus/paho_bus.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;
using Role = DemoAgents::Role;

constexpr milliseconds kLookEvery{100};
/// Of less time, such as the results of one tick, a rate says nothing.
constexpr milliseconds kShortestRate{100};
/// Results and the watermark travel on different topics: how long a result may
/// come after the watermark.
constexpr milliseconds kStragglers{1000};
constexpr milliseconds kLastCounters{1000};
constexpr std::chrono::seconds kStuckAfter{60};
/// Two scrapes, so that Prometheus has seen all of a run that ends by itself.
constexpr std::chrono::seconds kLastScrapes{10};

std::vector<std::string> CamerasOf(const Bundle& bundle) {
  std::vector<std::string> cameras;
  for (const int node : bundle.NodesOf(Tier::kDevice)) {
    cameras.push_back(bundle.nodes[static_cast<std::size_t>(node)].camera);
  }
  return cameras;
}

std::unique_ptr<const TierNetwork> MakeNetwork(
    bool wanted, const std::filesystem::path& folder) {
  if (!wanted) return nullptr;
  auto network = std::make_unique<const TierNetwork>(folder);
  network->Enter(Tier::kEdge);
  return network;
}

/// \return nothing if it was stopped.
std::optional<DemoInput> InputOf(const DemoOptions& options,
                                 const StopFlag& stop) {
  if (!options.dataset.empty()) {
    return ReadInput(options.dataset, options.split);
  }
  StreetLook look(&std::cout, ::isatty(STDOUT_FILENO) == 1, options.seed,
                  options.street_samples);
  return LookAtStreet(
      options.seed, options.street_samples, [&stop] { return stop.raised(); },
      [&look](std::size_t tick, std::size_t all) { look.Update(tick, all); });
}

/// One run of the demo, from the first process to the last.
class Demo {
 public:
  /// \param options  complete, see WithDefaults().
  Demo(const DemoOptions& options, const Bundle& bundle, const Tree& tree,
       const Replay& replay, double jpeg_bytes)
      : options_(options),
        bundle_(bundle),
        tree_(tree),
        replay_(replay),
        jpeg_bytes_(jpeg_bytes),
        folder_(options.keep),
        network_(MakeNetwork(options.namespaces, folder_.path())),
        agents_(folder_.path(), network_.get()),
        observatory_(options.observe ? std::make_unique<Observatory>(
                                           folder_.path(), bundle.classes)
                                     : nullptr),
        scoreboard_(replay, bundle, tree.offload()),
        monitor_(replay, bundle, tree, &scoreboard_),
        recording_(options.record, replay, bundle, tree, jpeg_bytes, monitor_),
        gone_(static_cast<std::size_t>(replay.device_count()), false),
        view_(&std::cout, ::isatty(STDOUT_FILENO) == 1, TerminalWidth()) {}

  int Run(const StopFlag& stop, const OutputFiles& files) {
    Start();
    Follow(stop);
    if (finished_ && observatory_) Linger(stop);
    StopAll();
    if (finished_) scoreboard_.CloseBooks(gone_);
    view_.Draw(ProgressIn(finished_ ? "finished" : "stopped"));
    const Summary summary = Summarize();
    std::cout << '\n'
              << ToTable(summary, jpeg_bytes_)
              << fmt::format("{:.1f} results/s\n", ResultsPerSecond());
    if (monitor_.rejected() + subscriber_->dropped() > 0) {
      std::cout << fmt::format("messages not understood {}, not taken in {}\n",
                               monitor_.rejected(), subscriber_->dropped());
    }
    files.Write(summary, scoreboard_);
    recording_.End();
    return ExitCodeFor(summary);
  }

 private:
  void Start() {
    MqttConfig mqtt;
    mqtt.url = agents_.StartBroker(options_.aliases);
    subscriber_.emplace(MakePahoBus(mqtt, "demo"), clock_,
                        [this](Bus* bus) { monitor_.Subscribe(bus); });
    AwaitConnection();
    setup_ = {.broker_url = mqtt.url,
              .bundle = BundleForAgents(),
              .tree = tree_,
              .tree_file = folder_.path() / "tree.yaml",
              .dataset = options_.dataset,
              .split = options_.split,
              .seed = options_.seed,
              .street_ticks = replay_.ticks_of_rows(),
              .samples = *options_.samples,
              .ticks_per_s = *options_.ticks_per_s,
              .batch_ms = options_.batch_ms,
              .preload = options_.preload,
              .preview_ms = options_.preview_ms};
    std::cout << DemoOpening(options_, bundle_, replay_, setup_, folder_.path())
              << std::flush;
    if (observatory_) {
      observatory_->Start();
      std::cout << observatory_->Addresses() << std::flush;
    }
    ValueOrThrow(WriteFileAtomically(setup_.tree_file, tree_.ToYaml(bundle_)),
                 kExitUnavailable);
    agents_.StartServers(setup_);
  }

  /// The file as it is, or one with other thresholds.
  std::filesystem::path BundleForAgents() const {
    if (options_.thresholds.empty()) return options_.bundle;
    auto file = folder_.path() / "network.ddnn";
    ValueOrThrow(WriteBundle(bundle_, file), kExitUnavailable);
    return file;
  }

  void StartDevicesIfServed() {
    if (devices_started_ || !monitor_.ServersOnline()) return;
    agents_.StartDevices(setup_, CamerasOf(bundle_));
    devices_started_ = true;
  }

  void AwaitConnection() {
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    while (steady_clock::now() < deadline) {
      const auto heard = subscriber_->Next(deadline);
      if (heard && std::holds_alternative<BusConnected>(heard->event)) return;
    }
    throw CommandError(
        kExitUnavailable,
        "the broker does not answer:\n" + agents_.LastLinesOf(Role::kBroker));
  }

  /// Until every sample is accounted for, a signal comes or hope is lost.
  void Follow(const StopFlag& stop) {
    auto look = steady_clock::now();
    while (!stop.raised() && !finished_ && !failed_) {
      const auto heard = subscriber_->Next(look);
      if (heard) OnEvent(heard->event);
      const auto now = steady_clock::now();
      if (heard && now < look) continue;
      look = now + kLookEvery;
      NoteProgress(now);
      if (observatory_) observatory_->Update(scoreboard_.running());
      ReportDeaths();
      StartDevicesIfServed();
      CheckEnd(now);
      view_.Update(ProgressIn(first_result_ ? "running" : "starting"), now);
    }
  }

  void Linger(const StopFlag& stop) {
    view_.Draw(ProgressIn("being scraped"));
    observatory_->Update(scoreboard_.running());
    const auto end = steady_clock::now() + kLastScrapes;
    while (!stop.raised() && steady_clock::now() < end) {
      if (const auto heard = subscriber_->Next(end)) OnEvent(heard->event);
    }
  }

  void OnEvent(const BusEvent& event) {
    if (const auto* message = std::get_if<BusMessage>(&event)) {
      const int results = scoreboard_.running().results;
      monitor_.OnMessage(*message);
      if (observatory_) observatory_->OnMessage(*message);
      recording_.OnMessage(*message);
      if (scoreboard_.running().results == results) return;
      last_result_ = steady_clock::now();
      if (!first_result_) first_result_ = last_result_;
      return;
    }
    if (const auto* lost = std::get_if<BusDisconnected>(&event)) {
      if (lost->final) Fail("the broker refuses the demo: " + lost->reason);
    }
  }

  void NoteProgress(steady_clock::time_point now) {
    if (monitor_.progress() == seen_progress_) return;
    seen_progress_ = monitor_.progress();
    last_progress_ = now;
  }

  void ReportDeaths() {
    for (const auto& death : agents_.TakeDeaths()) {
      view_.Clear();
      std::cerr << "ddnn demo: " << death.message << std::endl;
      degraded_ = true;
      if (death.role == Role::kDevice) {
        gone_[static_cast<std::size_t>(death.device)] = true;
      } else if (death.role == Role::kBroker || death.role == Role::kEdge ||
                 !devices_started_) {
        failed_ = true;
      }
    }
    while (const auto death =
               observatory_ ? observatory_->TakeDeath() : std::nullopt) {
      view_.Clear();
      std::cerr << "ddnn demo: " << *death << std::endl;
    }
    if (std::find(gone_.begin(), gone_.end(), false) == gone_.end()) {
      Fail("no device is left");
    }
  }

  void CheckEnd(steady_clock::time_point now) {
    const auto quiet = now - last_progress_;
    if (scoreboard_.complete() ||
        (monitor_.all_decided() && quiet >= kStragglers)) {
      finished_ = true;
    } else if (quiet >= kStuckAfter) {
      Fail(
          fmt::format("nothing has moved for {} s; the edge's last lines:\n{}"
                      "run it again with --keep and read the logs",
                      kStuckAfter.count(), agents_.LastLinesOf(Role::kEdge)));
    }
  }

  void Fail(const std::string& message) {
    if (failed_) return;
    failed_ = true;
    view_.Clear();
    std::cerr << "ddnn demo: " << message << std::endl;
  }

  /// From source to sink, so that nobody misses what is on its way.
  void StopAll() {
    view_.Draw(ProgressIn("stopping"));
    agents_.Stop(Role::kDevice);
    AwaitLastCounters();
    agents_.Stop(Role::kBranch);
    agents_.Stop(Role::kEdge);
    agents_.Stop(Role::kCloud);
    subscriber_->bus().Stop();
    agents_.Stop(Role::kBroker);
    if (observatory_) observatory_->Stop();
    while (const auto heard = subscriber_->Next({})) OnEvent(heard->event);
  }

  void AwaitLastCounters() {
    const auto deadline = steady_clock::now() + kLastCounters;
    while (devices_started_ && !AllSaidGoodbye() &&
           steady_clock::now() < deadline) {
      if (const auto heard = subscriber_->Next(deadline)) OnEvent(heard->event);
    }
  }

  bool AllSaidGoodbye() const {
    for (int device = 0; device < replay_.device_count(); ++device) {
      if (!monitor_.SaidGoodbye(DemoDevice(device))) return false;
    }
    return true;
  }

  Summary Summarize() const {
    Summary summary = scoreboard_.Summarize();
    // A dead device took its last counters with it.
    const bool all_there =
        std::find(gone_.begin(), gone_.end(), true) == gone_.end();
    AddMeasuredBytes(all_there ? monitor_.DeviceTraffic() : std::nullopt,
                     network_.get(), replay_.device_count(), &summary);
    return summary;
  }

  int ExitCodeFor(const Summary& summary) const {
    if (failed_) return kExitUnavailable;
    if (!finished_) return kExitOk;  // stopped on request
    if (!degraded_ && summary.lost == 0 && summary.duplicates == 0) {
      return kExitOk;
    }
    std::cerr << fmt::format(
        "ddnn demo: not a clean run: {}{} samples lost, {} answered twice\n",
        degraded_ ? "an agent ended early (see above), " : "", summary.lost,
        summary.duplicates);
    return kExitUnclean;
  }

  double ResultsPerSecond() const {
    if (!first_result_ || last_result_ - *first_result_ < kShortestRate) {
      return 0;
    }
    const std::chrono::duration<double> seconds = last_result_ - *first_result_;
    return (scoreboard_.running().results - 1) / seconds.count();
  }

  DemoProgress ProgressIn(const std::string& phase) const {
    const std::chrono::duration<double> seconds =
        steady_clock::now() - started_;
    return {.phase = phase,
            .expected = options_.endless
                            ? 0
                            : static_cast<int>(replay_.expected().size()),
            .scores = scoreboard_.running(),
            .seconds = seconds.count(),
            .results_per_s = ResultsPerSecond(),
            .devices = replay_.device_count(),
            .devices_online = monitor_.DevicesOnline(),
            .edge_online = monitor_.Online(std::string(kDemoEdge)),
            .cloud_online = monitor_.Online(std::string(kDemoCloud)),
            .jpeg_bytes = jpeg_bytes_};
  }

  const DemoOptions& options_;
  const Bundle& bundle_;
  const Tree& tree_;
  const Replay& replay_;
  const double jpeg_bytes_;
  const ScratchFolder folder_;
  const std::unique_ptr<const TierNetwork> network_;
  DemoAgents agents_;
  const std::unique_ptr<Observatory> observatory_;  // null: nobody watches
  const SystemClock clock_;
  std::optional<Subscriber> subscriber_;
  Scoreboard scoreboard_;
  DemoMonitor monitor_;
  DemoRecording recording_;
  std::vector<bool> gone_;  // [devices]
  DemoSetup setup_;
  bool devices_started_ = false;
  bool finished_ = false;  // every sample is accounted for
  bool failed_ = false;    // it can never be
  bool degraded_ = false;  // an agent ended early
  const steady_clock::time_point started_ = steady_clock::now();
  std::optional<steady_clock::time_point> first_result_;
  steady_clock::time_point last_result_;
  steady_clock::time_point last_progress_ = started_;
  std::uint64_t seen_progress_ = 0;
  LiveView view_;
};

}  // namespace

int RunDemo(const DemoOptions& given) {
  const StopFlag stop;
  const OutputFiles files(given.json, given.predictions);
  const DemoOptions options = WithDefaults(given);
  const auto [bundle, tree] = LoadDemoNetwork(options);
  std::optional<DemoInput> input = InputOf(options, stop);
  if (!input) return kExitOk;  // stopped
  const Replay replay(bundle, std::move(input->rows), *options.samples);
  const double jpeg_bytes = JpegBytesPerDeviceSample(replay, input->views);
  Demo demo(options, bundle, tree, replay, jpeg_bytes);
  return demo.Run(stop, files);
}

}  // namespace ddnn
