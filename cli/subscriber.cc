#include "cli/subscriber.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/bus/paho_bus.h"

namespace ddnn {
namespace {

constexpr milliseconds kLongestWait{100};

}  // namespace

Subscriber::Subscriber(std::unique_ptr<Bus> bus, const Clock& clock,
                       const std::function<void(Bus*)>& subscribe)
    : bus_(std::move(bus)) {
  subscribe(bus_.get());
  bus_->Start([this, &clock](BusEvent event) {
    inbox_.Push(std::move(event), clock.Now());
  });
}

std::optional<Arrival> Subscriber::Next(TimePoint deadline) {
  return inbox_.PopUntil(
      std::min(deadline, std::chrono::steady_clock::now() + kLongestWait));
}

std::unique_ptr<Bus> MakeCommandBus(const std::string& command,
                                    const MqttConfig& mqtt) {
  return MakePahoBus(mqtt, fmt::format("{}-{}", command, ::getpid()));
}

std::string DisconnectedText(const std::string& command,
                             const BusDisconnected& lost) {
  return fmt::format("ddnn {}: {}{}\n", command, lost.reason,
                     lost.final ? "" : "; trying again");
}

std::string MissedText(const std::string& command, std::uint64_t rejected,
                       std::uint64_t dropped) {
  if (rejected + dropped == 0) return {};
  return fmt::format(
      "ddnn {}: {} messages were not understood, {} came too fast\n", command,
      rejected, dropped);
}

}  // namespace ddnn
