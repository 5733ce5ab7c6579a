#include "bench/soak/flood.h"

#include "bench/soak/site.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"

namespace ddnn {
namespace {

constexpr milliseconds kEvery{50};
constexpr std::size_t kBytes = 200'000;
constexpr const char* kName = "stranger";

}  // namespace

Flood::Flood(const std::string& url) {
  MqttConfig mqtt;
  mqtt.url = url;
  bus_ = MakePahoBus(mqtt, kName);
  bus_->Start([](const BusEvent&) {});
}

void Flood::Go(Instant now) {
  if (now < next_) return;
  next_ = now + kEvery;
  // Not taken before it is connected; the next one will be.
  static_cast<void>(bus_->Publish(
      {.topic = GroupTopics(Site::kSite, Site::kGroup).Feature(kName),
       .payload = std::string(kBytes, 'x')}));
}

}  // namespace ddnn
