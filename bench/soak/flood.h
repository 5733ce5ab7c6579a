#pragma once

#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/bus/bus.h"

namespace ddnn {

/// A stranger who sends an edge what it does not need: 4 MB a second on a topic
/// that edges hear and auditors do not. The sockets of an edge that does not
/// read are full within a second; then its queue at the broker grows.
/// Thread-safety: none.
class Flood {
 public:
  /// It lasts as long as this object. \param url  the broker's.
  explicit Flood(const std::string& url);
  ~Flood() { bus_->Stop(); }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

  /// Call every now and then.
  void Go(Instant now);

 private:
  Instant next_{};
  std::unique_ptr<Bus> bus_;
};

}  // namespace ddnn
