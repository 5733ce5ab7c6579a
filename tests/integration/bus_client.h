#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/bus/paho_bus.h"
#include "tests/support/bus_listener.h"

namespace ddnn {

inline std::unique_ptr<Bus> BusAt(const std::string& url,
                                  const std::string& id) {
  MqttConfig config;
  config.url = url;
  return MakePahoBus(config, id);
}

inline std::string UrlOf(std::uint16_t port) {
  return "mqtt://127.0.0.1:" + std::to_string(port);
}

/// A bus and what it hears. The bus goes first.
struct Client {
  Client(const std::string& url, const std::string& id) : bus(BusAt(url, id)) {}
  Client(const std::string& url, const std::string& id,
         const std::string& filter, Qos qos = Qos::kAtLeastOnce)
      : Client(url, id) {
    bus->Subscribe(filter, qos);
  }
  ~Client() { bus->Stop(); }
  void Start() { bus->Start(listener.Sink()); }
  bool Connect() {
    Start();
    return listener.WaitForConnection();
  }
  BusListener listener;
  std::unique_ptr<Bus> bus;
};

}  // namespace ddnn
