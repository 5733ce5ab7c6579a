#include "device_agent/device_agent.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/bus/connection_status.h"

namespace ddnn {
namespace {

// Longer waits are cut, so that a wall clock that is set back does no harm, and
// the metrics of an idle agent stay true.
constexpr std::chrono::seconds kLongestWait(1);

}  // namespace

DeviceAgent::DeviceAgent(const DeviceOptions& options, const Network& network,
                         ViewSource* source, Bus* bus, DeviceMetrics* metrics,
                         const Clock& clock, std::function<void()> on_end)
    : source_(source),
      bus_(bus),
      clock_(clock),
      on_end_(std::move(on_end)),
      pipeline_(options, network, bus, source, metrics),
      events_(kMaxQueuedMessages + InboxBounds::kConnectionEvents +
                  static_cast<std::size_t>(options.window),
              BoundedQueue<Event>::Policy::kDropNewest),
      free_ticks_(options.window) {}

DeviceAgent::~DeviceAgent() { Stop(); }

void DeviceAgent::Start() {
  pipeline_thread_ = std::thread([this] { RunPipeline(); });
  source_thread_ = std::thread([this] { RunSource(); });
  service_.Ready(kWaitsForTheBroker);
  bus_->Start([this](BusEvent event) { Accept(std::move(event)); });
}

void DeviceAgent::Stop() {
  if (!pipeline_thread_.joinable()) return;
  stopping_ = true;
  service_.Stopping();
  source_->Stop();
  free_ticks_.release();
  source_thread_.join();
  events_.Close();
  pipeline_thread_.join();
  if (!pipeline_.ending()) pipeline_.Finish();
  bus_->Stop();
}

void DeviceAgent::Accept(BusEvent event) {
  if (bounds_.Admit(event)) events_.TryPush(std::move(event));
}

void DeviceAgent::RunSource() {
  while (true) {
    free_ticks_.acquire();
    if (stopping_) return;
    auto views = source_->Next();
    if (!views) return;
    events_.TryPush(std::move(*views));
  }
}

void DeviceAgent::RunPipeline() {
  while (!pipeline_.ending()) {
    service_.Beat(std::chrono::steady_clock::now());
    const auto event = NextEvent();
    if (!event && events_.closed()) return;
    pipeline_.SetInboxDropped(bounds_.dropped());
    if (event) Handle(*event);
    pipeline_.OnTime(clock_.Now());
  }
  on_end_();
}

std::optional<DeviceAgent::Event> DeviceAgent::NextEvent() {
  const Instant now = clock_.Now();
  const auto wait = std::min(pipeline_.NextDeadline().value_or(Instant::max()),
                             now + kLongestWait) -
                    now;
  return events_.PopUntil(std::chrono::steady_clock::now() + wait);
}

void DeviceAgent::Handle(const Event& event) {
  if (const auto* views = std::get_if<TickViews>(&event)) {
    pipeline_.OnViews(*views, clock_.Now());
    free_ticks_.release();
  } else {
    const auto& bus_event = std::get<BusEvent>(event);
    bounds_.Release(bus_event);
    SayConnection(bus_event, service_);
    pipeline_.OnBus(bus_event, clock_.Now());
  }
}

}  // namespace ddnn
