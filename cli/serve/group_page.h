#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/seen_samples.h"
#include "cli/serve/camera_opinions.h"
#include "cli/serve/exit_history.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/nn/network.h"
#include "core/wire/json.h"

namespace ddnn {

/// What the page shows of one group: its last answer, its counts since the
/// page began, and its cameras' pictures if there are any.
///
/// Every member that takes a payload takes it from anyone: what cannot be used
/// changes nothing, and the failure says why. Memory is bounded by the group's
/// devices and the samples remembered. Thread-safety: none.
class GroupPage {
 public:
  struct Answer {
    SampleResult result;
    Instant at{};  ///< when it arrived
  };
  /// Since the page began, each sample once: its first event counts, whether it
  /// is flagged `again` or not.
  struct Totals {
    std::uint64_t results = 0;
    std::uint64_t lost = 0;
    std::array<std::uint64_t, 3> status{};  ///< by ResultStatus
    std::uint64_t content_bytes = 0;        ///< devices -> edge
    std::uint64_t raw_bytes = 0;  ///< had the same views been sent as pixels
  };
  struct Preview {
    std::shared_ptr<const std::string> jpeg;
    std::uint64_t number = 0;  ///< another picture has another number
    Instant at{};
  };

  /// \param network  of the operator's bundle, borrowed; null if none is given.
  explicit GroupPage(const Network* network) : network_(network) {}

  /// Topics of the group. kNotConnected: what it says can only be read once the
  /// group's `config` is there, which comes with the next message.
  Status OnConfig(std::string_view payload);
  Status OnResult(std::string_view payload, Instant now);
  Status OnLoss(std::string_view payload, Instant now);
  Status OnScore(int device, std::string_view payload, Instant now);
  Status OnPreview(int device, std::string_view payload, Instant now);

  /// The camera's device is gone: its picture goes too.
  void ForgetPreview(int device) { previews_.erase(device); }

  const std::optional<GroupConfig>& config() const { return config_; }
  const std::optional<Answer>& answer() const { return answer_; }
  const Totals& totals() const { return totals_; }
  const ExitHistory& history() const { return history_; }
  /// The group's network, if it is the operator's bundle; else null.
  const Network* network() const { return opinions_ ? network_ : nullptr; }
  /// Says so, for people, if the group is known to run another network than the
  /// operator's bundle.
  std::optional<std::string> OtherBundle() const;
  const CameraOpinions* opinions() const {
    return opinions_ ? &*opinions_ : nullptr;
  }
  /// \return null if there is none, or it is older than kPreviewAge.
  const Preview* preview(int device, Instant now) const;

  static constexpr std::chrono::seconds kPreviewAge{60};
  /// Repeats come within seconds.
  static constexpr std::size_t kRememberedSamples = 1 << 14;

 private:
  const Network* const network_;
  std::optional<GroupConfig> config_;
  std::optional<CameraOpinions> opinions_;
  std::optional<Answer> answer_;
  SeenSamples seen_{kRememberedSamples};
  Totals totals_;
  ExitHistory history_;
  std::map<int, Preview> previews_;  // by device
  std::uint64_t previews_seen_ = 0;
};

}  // namespace ddnn
