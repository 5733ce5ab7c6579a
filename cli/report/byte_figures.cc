#include "cli/report/byte_figures.h"

#include <algorithm>
#include <tuple>

#include "core/nn/view.h"

namespace ddnn {
namespace {

constexpr double kFloatBytes = 4;

int OrderOf(const std::string& tier) {
  if (tier == "device") return 0;
  return tier == "edge" ? 1 : 2;
}

}  // namespace

std::vector<RunFigures::Bytes> ByteFigures(const ByteCounts& counts) {
  std::vector<RunFigures::Bytes> bytes;
  const double device_samples =
      static_cast<double>(counts.samples) * counts.devices;
  if (device_samples <= 0) return bytes;
  const auto add = [&bytes](const char* name, Figure figure, bool baseline,
                            const char* meaning) {
    if (figure) bytes.push_back({name, *figure, baseline, meaning});
  };
  const auto each = [device_samples](Figure total) {
    return total ? Figure(*total / device_samples) : Figure();
  };
  add("raw", kViewBytes, true,
      "every camera sends 32x32 pixels of every sample");
  add("raw_seen",
      counts.views ? Figure(*counts.views * kViewBytes / device_samples)
                   : Figure(),
      true, "only cameras that see a sample send its pixels");
  add("jpeg", counts.jpeg_bytes, true, "the same views as JPEG files");
  if (counts.map_bytes && counts.local_share) {
    add("formula",
        kFloatBytes * counts.classes +
            (1 - *counts.local_share) * *counts.map_bytes,
        true, "the paper: 4|C| + (1 - l) f o / 8");
  }
  add("content", each(counts.content_bytes), false,
      "class sums and feature maps, or encoded views");
  add("payload", each(counts.payload_bytes), false,
      "MQTT payloads, devices to edge");
  add("mqtt", each(counts.mqtt_bytes), false,
      "whole MQTT packets, devices to edge");
  return bytes;
}

void SortAgents(std::vector<RunFigures::Agent>* agents) {
  std::sort(agents->begin(), agents->end(), [](const auto& a, const auto& b) {
    const auto key = [](const RunFigures::Agent& agent) {
      return std::make_tuple(OrderOf(agent.tier), agent.device,
                             std::cref(agent.name));
    };
    return key(a) < key(b);
  });
}

}  // namespace ddnn
