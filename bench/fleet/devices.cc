#include "bench/fleet/devices.h"

#include <cstddef>
#include <thread>
#include <utility>

#include "bench/fleet/group_recording.h"
#include "bench/fleet/names.h"
#include "cli/command.h"
#include "core/bus/paho_bus.h"
#include "core/vision/replay_source.h"
#include "device_agent/device_agent.h"

namespace ddnn {
namespace {

// What device_agent has unless told otherwise.
constexpr int kWindow = 16;
constexpr std::size_t kRingTicks = 256;
constexpr std::int64_t kNoEnd = -1;

/// A source that tells the ledger what it shows, and ends at a tick.
class WatchedSource final : public ViewSource {
 public:
  WatchedSource(std::unique_ptr<ViewSource> source, int group, Ledger* ledger,
                const std::atomic<std::int64_t>& end)
      : source_(std::move(source)), group_(group), ledger_(ledger), end_(end) {}

  void Begin(const TickSchedule& schedule, Tick decided) override {
    source_->Begin(schedule, decided);
  }
  void OnDecided(Tick tick) override { source_->OnDecided(tick); }
  std::optional<TickViews> Next() override {
    auto views = source_->Next();
    if (!views) return views;
    const std::int64_t end = end_;
    if (end != kNoEnd && !Before(views->tick, static_cast<Tick>(end))) {
      return std::nullopt;
    }
    for (const auto& [object, view] : views->views) {
      ledger_->OnSeen(group_, {views->tick, object});
    }
    return views;
  }
  void Stop() override { source_->Stop(); }
  SourceStats stats() const override { return source_->stats(); }

 private:
  const std::unique_ptr<ViewSource> source_;
  const int group_;
  Ledger* const ledger_;
  const std::atomic<std::int64_t>& end_;
};

std::unique_ptr<ViewSource> OpenViews(const DemoInput& input, int camera,
                                      std::size_t first, const Clock& clock) {
  return ValueOrThrow(ReplaySource::Open(
      std::make_unique<const GroupRecording>(input, camera, first),
      {.window = kWindow}, clock));
}

}  // namespace

struct FleetDevices::Device {
  Device(const DeviceOptions& options, std::unique_ptr<ViewSource> views,
         const MqttConfig& mqtt, const Network& network, const Clock& clock,
         std::function<void()> on_end)
      : source(std::move(views)),
        bus(MakePahoBus(mqtt, options.agent)),
        metrics(network.bundle()),
        agent(options, network, source.get(), bus.get(), &metrics, clock,
              std::move(on_end)) {}

  std::unique_ptr<ViewSource> source;
  std::unique_ptr<Bus> bus;
  DeviceMetrics metrics;
  DeviceAgent agent;
};

FleetDevices::FleetDevices(const FleetOptions& options, const std::string& site,
                           const MqttConfig& mqtt, const Network& network,
                           const DemoInput& input, const Clock& clock,
                           Ledger* ledger)
    : ledger_(ledger), ends_(static_cast<std::size_t>(options.groups)) {
  for (auto& end : ends_) end = kNoEnd;
  const Bundle& bundle = network.bundle();
  const std::size_t ticks = input.rows.ticks.size();
  for (int group = 0; group < options.groups; ++group) {
    const std::size_t first = ticks * static_cast<std::size_t>(group) /
                              static_cast<std::size_t>(options.groups);
    for (int device = 0; device < bundle.device_count(); ++device) {
      const int camera = input.rows.data.CameraIndex(
          bundle.nodes[static_cast<std::size_t>(device)].camera);
      devices_.push_back(std::make_unique<Device>(
          DeviceOptions{.site = site,
                        .group = FleetGroup(group),
                        .agent = FleetDevice(group, device),
                        .device = device,
                        .boot = BootNumber(clock.Now()),
                        .window = kWindow,
                        .batch = milliseconds(options.batch_ms),
                        .ring_ticks = kRingTicks},
          std::make_unique<WatchedSource>(
              OpenViews(input, camera, first, clock), group, ledger,
              ends_[static_cast<std::size_t>(group)]),
          mqtt, network, clock, [this] { ++ended_; }));
    }
  }
  for (const auto& device : devices_) device->agent.Start();
}

void FleetDevices::EndViews(Instant at) {
  for (std::size_t group = 0; group < ends_.size(); ++group) {
    ends_[group] = ledger_->TickFrom(static_cast<int>(group), at);
  }
}

FleetDevices::~FleetDevices() {
  std::vector<std::jthread> goodbyes;
  goodbyes.reserve(devices_.size());
  for (const auto& device : devices_) {
    goodbyes.emplace_back([agent = &device->agent] { agent->Stop(); });
  }
}

}  // namespace ddnn
