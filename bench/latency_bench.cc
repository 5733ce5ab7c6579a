// How long after the last device has published its scores a subscriber has the
// result: real agents' code, a real edge and cloud process, a real Mosquitto.

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/agent_yaml.h"
#include "cli/child_process.h"
#include "cli/command.h"
#include "cli/demo_config.h"
#include "cli/installation.h"
#include "cli/local_broker.h"
#include "cli/run_command.h"
#include "cli/scratch_folder.h"
#include "cli/summary.h"
#include "core/base/clock.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "core/nn/network.h"
#include "core/vision/dataset_recording.h"
#include "core/vision/replay_source.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "device_agent/device_agent.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

struct Options {
  std::filesystem::path dataset;
  std::string split = "time:test";
  std::filesystem::path bundle;
  double rate = 25;
  int samples = 2000;
};

/// When each tick's last score was handed to the bus, and when each of its
/// results arrived at a subscriber.
/// Thread-safety: all members from any thread.
class Stopwatch {
 public:
  void OnScored(Tick tick, steady_clock::time_point at) {
    const std::lock_guard lock(mutex_);
    auto& last = scored_[tick];
    last = std::max(last, at);
  }
  void OnResult(const SampleResult& result, steady_clock::time_point at) {
    const std::lock_guard lock(mutex_);
    const std::chrono::duration<double, std::milli> waited =
        at - scored_[result.sample.tick];
    waited_ms_[result.exit].push_back(waited.count());
    ++results_;
  }
  int results() const {
    const std::lock_guard lock(mutex_);
    return results_;
  }
  std::map<Tier, std::vector<double>> waited_ms() const {
    const std::lock_guard lock(mutex_);
    return waited_ms_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<Tick, steady_clock::time_point> scored_;  // guarded by mutex_
  std::map<Tier, std::vector<double>> waited_ms_;    // guarded by mutex_
  int results_ = 0;                                  // guarded by mutex_
};

/// A device's bus that notes when scores are published.
class TimedBus final : public Bus {
 public:
  TimedBus(std::unique_ptr<Bus> bus, const Bundle& bundle, int device,
           std::string score_topic, Stopwatch* stopwatch)
      : bus_(std::move(bus)),
        codec_(bundle),
        device_(device),
        score_topic_(std::move(score_topic)),
        stopwatch_(stopwatch) {}

  void Subscribe(std::string filter, Qos qos) override {
    bus_->Subscribe(std::move(filter), qos);
  }
  void SetWill(OutgoingMessage will) override {
    bus_->SetWill(std::move(will));
  }
  void Start(Sink sink) override { bus_->Start(std::move(sink)); }
  Result<std::size_t> Publish(OutgoingMessage message) override {
    if (message.topic == score_topic_) {
      const auto now = steady_clock::now();
      const auto scores = codec_.DecodeScores(message.payload, device_);
      for (const TickScores& tick : scores->ticks) {
        stopwatch_->OnScored(tick.tick, now);
      }
    }
    return bus_->Publish(std::move(message));
  }
  void Stop() override { bus_->Stop(); }
  BusStats stats() const override { return bus_->stats(); }

 private:
  std::unique_ptr<Bus> bus_;
  Codec codec_;
  int device_;
  std::string score_topic_;
  Stopwatch* stopwatch_;
};

/// The devices of the group, all in this process.
class Devices {
 public:
  Devices(const Options& options, const std::string& url,
          const Network& network, const Clock& clock, Stopwatch* stopwatch) {
    const GroupTopics topics(kDemoSite, kDemoGroup);
    const DataSet data = ValueOrThrow(
        ReadDataSet(options.dataset, ValueOrThrow(ParseSplit(options.split))));
    for (int i = 0; i < network.bundle().device_count(); ++i) {
      const std::string& camera =
          network.bundle().nodes[static_cast<std::size_t>(i)].camera;
      sources_.push_back(ValueOrThrow(ReplaySource::Open(
          ValueOrThrow(DataSetRecording::Open(data, data.CameraIndex(camera))),
          {.samples = options.samples, .preload = true, .window = kWindow},
          clock)));
      const std::string name = DemoDevice(i);
      MqttConfig mqtt;
      mqtt.url = url;
      buses_.push_back(
          std::make_unique<TimedBus>(MakePahoBus(mqtt, name), network.bundle(),
                                     i, topics.Score(name), stopwatch));
      metrics_.push_back(std::make_unique<DeviceMetrics>(network.bundle()));
      agents_.push_back(std::make_unique<DeviceAgent>(
          DeviceOptions{.site = std::string(kDemoSite),
                        .group = std::string(kDemoGroup),
                        .agent = name,
                        .device = i,
                        .boot = 1,
                        .window = kWindow,
                        .ring_ticks = 256},
          network, sources_.back().get(), buses_.back().get(),
          metrics_.back().get(), clock, [] {}));
    }
    for (auto& agent : agents_) agent->Start();
  }

 private:
  static constexpr int kWindow = 8;
  std::vector<std::unique_ptr<ReplaySource>> sources_;
  std::vector<std::unique_ptr<Bus>> buses_;
  std::vector<std::unique_ptr<DeviceMetrics>> metrics_;
  std::vector<std::unique_ptr<DeviceAgent>> agents_;
};

std::unique_ptr<Bus> Subscribe(const std::string& url, const Bundle& bundle,
                               Stopwatch* stopwatch) {
  MqttConfig mqtt;
  mqtt.url = url;
  auto bus = MakePahoBus(mqtt, "bench");
  bus->Subscribe(GroupTopics(kDemoSite, kDemoGroup).Result(),
                 Qos::kAtLeastOnce);
  bus->Start([stopwatch, classes = bundle.classes](const BusEvent& event) {
    const auto now = steady_clock::now();
    const auto* message = std::get_if<BusMessage>(&event);
    if (message == nullptr) return;
    const auto result = DecodeResultJson(message->payload, classes);
    if (result) stopwatch->OnResult(*result, now);
  });
  return bus;
}

ChildProcess StartAgent(const std::filesystem::path& folder,
                        const std::string& program, const std::string& yaml) {
  return StartIn(folder, program,
                 AgentCommand(AgentProgram(program), folder, program, yaml));
}

void Print(const Options& options, const Stopwatch& stopwatch) {
  std::cout << fmt::format(
      "{} results at {} ticks/s; last score published -> result at a "
      "subscriber, ms\n{:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
      stopwatch.results(), options.rate, "exit", "results", "p50", "p95", "p99",
      "max");
  for (auto& [tier, waited] : stopwatch.waited_ms()) {
    std::vector<double> sorted = waited;
    std::ranges::sort(sorted);
    std::cout << fmt::format(
        "{:>8} {:>8} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f}\n", ExitName(tier),
        sorted.size(), NearestRank(sorted, 0.50), NearestRank(sorted, 0.95),
        NearestRank(sorted, 0.99), sorted.back());
  }
}

int Run(const Options& options) {
  const Network network(ValueOrThrow(ReadBundle(options.bundle)));
  const ScratchFolder folder(/*keep=*/false);
  const LocalBroker broker =
      StartBroker(ProjectFile("broker/mosquitto.conf"), folder.path());
  DemoSetup setup;
  setup.broker_url = broker.url;
  setup.bundle = options.bundle;
  setup.tree = Tree::Of(network.bundle());
  setup.dataset = options.dataset;
  setup.split = options.split;
  setup.samples = options.samples;
  setup.ticks_per_s = options.rate;
  Stopwatch stopwatch;
  const SystemClock clock;
  const auto subscriber = Subscribe(broker.url, network.bundle(), &stopwatch);
  ChildProcess edge = StartAgent(folder.path(), "edge_agent", EdgeYaml(setup));
  ChildProcess cloud =
      StartAgent(folder.path(), "cloud_agent", CloudYaml(setup));
  const Devices devices(options, broker.url, network, clock, &stopwatch);

  const auto give_up = steady_clock::now() + std::chrono::minutes(10);
  while (stopwatch.results() < options.samples &&
         steady_clock::now() < give_up && edge.Running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  subscriber->Stop();
  Print(options, stopwatch);
  if (stopwatch.results() >= options.samples) return kExitOk;
  std::cerr << "latency_bench: results are missing; the edge's last lines:\n"
            << edge.LastLines(15);
  return kExitSoftware;
}

void AddOptions(CLI::App* app, Options* options) {
  app->add_option("--dataset", options->dataset, "data set folder")->required();
  app->add_option("--split", options->split, "COLUMN:VALUE");
  app->add_option("--bundle", options->bundle, "bundle file")->required();
  app->add_option("--rate", options->rate, "ticks a second");
  app->add_option("--samples", options->samples, "results to wait for")
      ->check(CLI::PositiveNumber);
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::Options options;
  return ddnn::RunCommandProgram(
      {.name = "latency_bench",
       .purpose = "Latency from the last score of a tick to its results",
       .add_options = [&](CLI::App* app) { ddnn::AddOptions(app, &options); },
       .run = [&] { return ddnn::Run(options); }},
      argc, argv);
}
