#include "cli/serve/camera_opinions.h"

#include <algorithm>
#include <utility>

namespace ddnn {

CameraOpinions::CameraOpinions(const Network& network)
    : network_(network),
      codec_(network.bundle()),
      cameras_(static_cast<std::size_t>(network.bundle().device_count())) {}

Status CameraOpinions::Take(int device, std::string_view payload, Instant now) {
  if (device < 0 || device >= network_.bundle().device_count()) {
    return Failure{Error::kUnknownDevice, "score message: no such device"};
  }
  auto message = codec_.DecodeScores(payload, device);
  if (!message) return message.failure();
  Camera& camera = cameras_[static_cast<std::size_t>(device)];
  camera.heard = now;
  for (TickScores& tick : message->ticks) {
    for (auto& view : tick.views) {
      if (camera.scores.size() >= kRemembered) camera.scores.pop_front();
      camera.scores.push_back({{tick.tick, view.object}, std::move(view.sums)});
    }
  }
  return Done{};
}

std::optional<std::vector<double>> CameraOpinions::Of(
    int device, const SampleId& sample) const {
  if (network_.bundle().ExitOf(Tier::kDevice) == nullptr) return std::nullopt;
  const auto& scores = cameras_.at(static_cast<std::size_t>(device)).scores;
  const auto found =
      std::find_if(scores.rbegin(), scores.rend(),
                   [&](const Scores& one) { return one.sample == sample; });
  if (found == scores.rend()) return std::nullopt;
  std::vector<const Sums*> alone(cameras_.size(), nullptr);
  alone[static_cast<std::size_t>(device)] = &found->sums;
  const auto logits = network_.ExitLogits(Tier::kDevice, alone);
  if (!logits) return std::nullopt;
  auto decision = network_.Decide(Tier::kDevice, *logits);
  if (!decision) return std::nullopt;
  return std::move(decision->probabilities);
}

std::optional<Instant> CameraOpinions::heard(int device) const {
  return cameras_.at(static_cast<std::size_t>(device)).heard;
}

}  // namespace ddnn
