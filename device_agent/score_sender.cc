#include "device_agent/score_sender.h"

#include <utility>
#include <vector>

#include "core/telemetry/stage_timer.h"

namespace ddnn {
namespace {

// A full batch of these with kMaxClasses sums each, and one tick more, stays
// well below kPayloadLimitBytes.
constexpr std::size_t kMaxBatchViews = 1024;

}  // namespace

ScoreSender::ScoreSender(const Network& network, int device, std::string topic,
                         Sink sink, TickRing* ring, AgentCounters* counters,
                         DeviceMetrics* metrics)
    : network_(network),
      codec_(network.bundle()),
      device_(device),
      topic_(std::move(topic)),
      sink_(std::move(sink)),
      ring_(*ring),
      metrics_(*metrics),
      content_bytes_((*counters)["content_bytes"]) {}

void ScoreSender::Add(const TickViews& views) {
  TickScores scores{views.tick, {}};
  std::vector<FeatureMap> maps;
  scores.views.reserve(views.views.size());
  maps.reserve(views.views.size());
  for (const auto& [object, view] : views.views) {
    const StageTimer timer(metrics_.infer);
    NodeOutput output = network_.RunDevice(device_, view);
    scores.views.push_back({object, std::move(output.sums)});
    maps.push_back(std::move(output.map));
  }
  ring_.Add(scores, std::move(maps));
  Put(std::move(scores));
}

void ScoreSender::Put(TickScores scores) {
  batch_views_ += scores.views.size();
  batch_.ticks.push_back(std::move(scores));
}

std::size_t ScoreSender::OfferAgain() {
  Clear();
  for (std::size_t i = 0; i < ring_.ticks(); ++i) {
    if (full()) Send();
    Put(ring_.scores(i));
  }
  if (ticks() > 0) Send();
  return ring_.ticks();
}

bool ScoreSender::full() const {
  return ticks() >= kMaxTicksPerMessage || batch_views_ >= kMaxBatchViews;
}

void ScoreSender::Send() {
  ++batch_.sequence;
  std::string payload = TimedEncode(codec_, batch_, &metrics_);
  if (sink_(TickMessage(topic_, std::move(payload)))) {
    const auto classes =
        static_cast<std::size_t>(network_.bundle().class_count());
    content_bytes_ += 2 * classes * batch_views_;
  }
  Clear();
}

void ScoreSender::Clear() {
  batch_.ticks.clear();
  batch_views_ = 0;
}

}  // namespace ddnn
