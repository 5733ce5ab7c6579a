#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/nn/network.h"
#include "core/wire/wire.h"

namespace ddnn {

/// What each camera of a group would have answered alone: the local exit's
/// probabilities, had only this device seen the sample.
///
/// Read from the score messages of the group, of which each device's last
/// kRemembered views are kept: a result follows its scores within seconds.
/// Thread-safety: none.
class CameraOpinions {
 public:
  static constexpr std::size_t kRemembered = 256;

  /// \param network  borrowed; of the group's bundle.
  explicit CameraOpinions(const Network& network);

  /// \param payload  a device's score message, from anyone.
  /// \return what the codec says; kUnknownDevice.
  Status Take(int device, std::string_view payload, Instant now);

  /// \return [C]; nothing if it is not known, or there is no local exit.
  std::optional<std::vector<double>> Of(int device,
                                        const SampleId& sample) const;
  /// When the device last said anything, be it that it sees nothing.
  std::optional<Instant> heard(int device) const;

 private:
  struct Scores {
    SampleId sample;
    Sums sums;
  };
  struct Camera {
    std::deque<Scores> scores;  // the newest last
    std::optional<Instant> heard;
  };

  const Network& network_;
  const Codec codec_;
  std::vector<Camera> cameras_;  // by device
};

}  // namespace ddnn
