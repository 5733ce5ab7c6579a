#pragma once

#include <string>
#include <variant>

#include "core/base/service.h"
#include "core/bus/bus.h"

namespace ddnn {

/// An agent's status before its first connection.
inline constexpr const char* kWaitsForTheBroker = "waits for the broker";

/// Tells systemd when the broker comes and goes.
inline void SayConnection(const BusEvent& event, const Service& service) {
  if (std::holds_alternative<BusConnected>(event)) {
    service.Say("connected to the broker");
  } else if (const auto* lost = std::get_if<BusDisconnected>(&event)) {
    service.Say((lost->final ? "gives up: " : "waits for the broker: ") +
                lost->reason);
  }
}

}  // namespace ddnn
