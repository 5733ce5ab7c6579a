#include "device_agent/preview_sender.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "core/offload/encoded_view.h"

namespace ddnn {

PreviewSender::PreviewSender(milliseconds period, std::string topic,
                             ViewSender::Sink sink)
    : period_(period), topic_(std::move(topic)), sink_(std::move(sink)) {
  if (period_ == milliseconds(0)) return;
  spdlog::warn(
      "preview_on topic={} period_ms={} reason=\"preview.period_ms is set: "
      "pictures of what this camera sees leave it, for everybody who may read "
      "the broker\"",
      topic_, period_.count());
}

void PreviewSender::OnViews(const TickViews& views, Instant now) {
  if (period_ == milliseconds(0) || views.views.empty()) return;
  // A clock that was set back must not silence it.
  if (last_ && now >= *last_ && now - *last_ < period_) return;
  last_ = now;
  sink_({.topic = topic_,
         .payload =
             EncodeView(views.views.front().view, Offload::kJpeg, kJpegQuality),
         .expiry = kExpiry,
         .content_type = "image/jpeg"});
}

}  // namespace ddnn
