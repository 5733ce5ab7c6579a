#include "device_agent/offload_sender.h"

#include <utility>

#include "core/offload/encoded_view.h"
#include "core/telemetry/stage_timer.h"

namespace ddnn {
namespace {

// What Codec::Encode() says of an offload message's size.
constexpr std::size_t kFixedBytes = 64;
constexpr std::size_t kTickBytes = 8;
constexpr std::size_t kViewHeadBytes = 4;
constexpr std::size_t kRoom = kPayloadLimitBytes - kFixedBytes;

}  // namespace

OffloadSender::OffloadSender(const Bundle& bundle, const Encoding& encoding,
                             std::string topic, Sink sink,
                             AgentCounters* counters, DeviceMetrics* metrics)
    : codec_(bundle),
      encoding_(encoding),
      topic_(std::move(topic)),
      sink_(std::move(sink)),
      metrics_(*metrics),
      content_bytes_((*counters)["content_bytes"]),
      views_left_out_((*counters)["views_left_out"]) {
  batch_.offload = encoding_.offload;
}

void OffloadSender::Add(const TickViews& views) {
  TickScores tick{views.tick, {}};
  std::size_t bytes = kTickBytes;
  std::size_t content = 0;
  for (const auto& [object, view] : views.views) {
    const StageTimer timer(metrics_.encode);
    EncodedView pixels =
        EncodeView(view, encoding_.offload, encoding_.jpeg_quality);
    if (bytes + kViewHeadBytes + pixels.size() > kRoom) {
      ++views_left_out_;
      continue;
    }
    bytes += kViewHeadBytes + pixels.size();
    content += pixels.size();
    tick.views.push_back({object, {}, std::move(pixels)});
  }
  if (batch_bytes_ + bytes > kRoom) Send();
  batch_bytes_ += bytes;
  batch_content_ += content;
  batch_.ticks.push_back(std::move(tick));
}

bool OffloadSender::full() const { return ticks() >= kMaxTicksPerMessage; }

void OffloadSender::Send() {
  ++batch_.sequence;
  std::string payload = TimedEncode(codec_, batch_, &metrics_);
  if (sink_(TickMessage(topic_, std::move(payload)))) {
    content_bytes_ += batch_content_;
  }
  Clear();
}

void OffloadSender::Clear() {
  batch_.ticks.clear();
  batch_bytes_ = 0;
  batch_content_ = 0;
}

}  // namespace ddnn
