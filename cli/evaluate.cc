#include "cli/evaluate.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "cli/command.h"
#include "cli/every_exit.h"
#include "cli/output_files.h"
#include "cli/summary.h"
#include "core/fusion/coordinator.h"
#include "core/offload/encoded_view.h"

namespace ddnn {
namespace {

/// Runs one tick after the other through the whole network.
class Evaluation {
 public:
  Evaluation(std::shared_ptr<const Network> network, const Replay& replay,
             const SampleViews& views, Scoreboard* scoreboard,
             const OffloadOption& travel, const std::vector<bool>& gone)
      : network_(std::move(network)),
        replay_(replay),
        views_(views),
        scoreboard_(scoreboard),
        travel_(travel),
        coordinator_(network_, {.offload = travel.offload}) {
    for (int device = 0; device < replay_.device_count(); ++device) {
      const auto index = static_cast<std::size_t>(device);
      if (index < gone.size() && gone[index]) continue;
      alive_.push_back(device);
      coordinator_.SetAlive(device, true, now_);
    }
  }

  /// \param first, end  a tick's samples, as indices into Replay::expected().
  void RunTick(Tick offset, std::size_t first, std::size_t end) {
    first_ = first;
    if (!offloads()) RunSections(first, end);
    for (const int device : alive_) {
      const TickScores scores = offloads()
                                    ? PixelsOf(device, offset, first, end)
                                    : ScoresOf(device, offset);
      OnStatus(coordinator_.OnScores(device, scores, now_));
      CarryOutActions();
    }
  }

 private:
  /// Per device; nothing = the view is absent, or the device has failed.
  using Outputs = std::vector<std::optional<NodeOutput>>;
  static bool HasView(const std::optional<NodeOutput>& output) {
    return output.has_value();
  }

  static void OnStatus(const Status& status) {
    // Nothing here comes from outside, so a refusal is a bug of ours.
    if (!status) throw std::logic_error(status.message());
  }

  bool offloads() const { return travel_.offload != Offload::kNone; }

  const std::optional<View>& ViewOf(int device, std::size_t index) const {
    const auto row = static_cast<std::size_t>(replay_.expected()[index].row);
    return views_[row][static_cast<std::size_t>(replay_.CameraOf(device))];
  }

  void RunSections(std::size_t first, std::size_t end) {
    outputs_.clear();
    for (std::size_t index = first; index < end; ++index) {
      outputs_.push_back(RunDevices(index));
      const Outputs& outputs = outputs_.back();
      if (std::ranges::any_of(outputs, &HasView)) NoteEveryExit(index, outputs);
    }
  }

  Outputs RunDevices(std::size_t index) const {
    Outputs outputs(static_cast<std::size_t>(replay_.device_count()));
    for (const int device : alive_) {
      const auto& view = ViewOf(device, index);
      if (!view) continue;
      outputs[static_cast<std::size_t>(device)] =
          network_->RunDevice(device, *view);
    }
    return outputs;
  }

  TickScores ScoresOf(int device, Tick offset) const {
    TickScores scores{.tick = offset, .views = {}};
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const auto& output = outputs_[i][static_cast<std::size_t>(device)];
      if (!output) continue;
      scores.views.push_back(
          {replay_.expected()[first_ + i].object, output->sums});
    }
    return scores;
  }

  TickScores PixelsOf(int device, Tick offset, std::size_t first,
                      std::size_t end) const {
    TickScores scores{.tick = offset, .views = {}};
    for (std::size_t index = first; index < end; ++index) {
      const auto& view = ViewOf(device, index);
      if (!view) continue;
      scores.views.push_back(
          {replay_.expected()[index].object,
           {},
           EncodeView(*view, travel_.offload, travel_.jpeg_quality)});
    }
    return scores;
  }

  void CarryOutActions() {
    for (auto actions = coordinator_.TakeActions(); !actions.empty();
         actions = coordinator_.TakeActions()) {
      for (const Action& action : actions) {
        std::visit([this](const auto& wanted) { CarryOut(wanted); }, action);
      }
    }
  }

  void CarryOut(const AskForMaps& ask) {
    for (const SampleId& sample : ask.wanted) {
      const auto index = IndexOf(sample);
      for (int device = 0; device < replay_.device_count(); ++device) {
        const auto& output =
            outputs_[index - first_][static_cast<std::size_t>(device)];
        if (output) {
          OnStatus(coordinator_.OnMap(device, {sample, output->map}, now_));
        }
      }
    }
  }
  void CarryOut(const AskForEdgeMaps&) {}  // no edge is remote
  void CarryOut(const OfferToCloud& offer) {
    const auto answer =
        offloads() ? AnswerPixels(offer.ask) : AnswerAsk(*network_, offer.ask);
    if (!answer) throw std::logic_error(answer.message());
    OnStatus(coordinator_.OnCloudAnswer(*answer, now_));
  }
  Result<CloudAnswer> AnswerPixels(const CloudAsk& ask) const {
    const auto views = DecodeViews(ask);
    if (!views) return views.failure();
    return AnswerViews(*network_, ask.sample, *views);
  }
  void CarryOut(const PublishResult& publish) {
    scoreboard_->AddResult(IndexOf(publish.result.sample), publish.result);
  }
  void CarryOut(const PublishUnheard& /*unheard*/) {}  // nothing is sent
  void CarryOut(const PublishLoss& publish) {
    scoreboard_->AddLoss(IndexOf(publish.loss.sample));
  }
  void CarryOut(const PublishDecided&) {}

  std::size_t IndexOf(const SampleId& sample) const {
    const auto index = replay_.Find(sample.tick, sample.object);
    if (!index) throw std::logic_error("an answer to a sample never shown");
    return *index;
  }

  /// The class that each exit would give, wherever the sample really leaves.
  void NoteEveryExit(std::size_t index, const Outputs& devices) {
    const auto decisions = AskEveryExit(*network_, devices);
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      scoreboard_->SetExitLabel(index, network_->bundle().exits[i].tier,
                                decisions[i].label);
    }
  }

  const std::shared_ptr<const Network> network_;
  const Replay& replay_;
  const SampleViews& views_;
  Scoreboard* const scoreboard_;
  const OffloadOption travel_;
  const Instant now_{};  // time stands still: no deadline ever passes
  Coordinator coordinator_;
  std::vector<int> alive_;        // devices
  std::size_t first_ = 0;         // of the tick's samples
  std::vector<Outputs> outputs_;  // of the tick's samples
};

/// By device.
std::vector<bool> FailedDevices(const std::vector<int>& without, int devices) {
  std::vector<bool> gone(static_cast<std::size_t>(devices));
  for (const int device : without) {
    if (device < 0 || device >= devices) {
      throw CommandError(
          kExitUsage,
          fmt::format("--without {}: the network has devices 0 to {}", device,
                      devices - 1));
    }
    gone[static_cast<std::size_t>(device)] = true;
  }
  if (std::ranges::find(gone, false) == gone.end()) {
    throw CommandError(kExitUsage, "--without: no device would be left");
  }
  return gone;
}

}  // namespace

void SetThreshold(const std::string& text, Bundle* bundle) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  float threshold = -1.0F;
  if (equals != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto parsed =
        std::from_chars(text.data() + equals + 1, end, threshold);
    if (parsed.ptr != end || parsed.ec != std::errc()) threshold = -1.0F;
  }
  if (!(threshold >= 0.0F && threshold <= 1.0F)) {  // negated: NaN fails too
    throw CommandError(
        kExitUsage,
        fmt::format("--threshold {}: must be EXIT=T with T from 0 to 1, e.g. "
                    "local=0.8",
                    text));
  }
  std::string exits;
  for (Exit& exit : bundle->exits) {
    if (ExitName(exit.tier) == name) {
      exit.threshold = threshold;
      return;
    }
    exits +=
        fmt::format("{}{}", exits.empty() ? "" : ", ", ExitName(exit.tier));
  }
  throw CommandError(kExitUsage,
                     fmt::format("--threshold {}: bundle '{}' has the exits {}",
                                 text, bundle->name, exits));
}

void EvaluateReplay(const std::shared_ptr<const Network>& network,
                    const Replay& replay, const SampleViews& views,
                    Scoreboard* scoreboard,
                    const std::function<void(int)>& on_progress,
                    const OffloadOption& travel,
                    const std::vector<bool>& gone) {
  Evaluation evaluation(network, replay, views, scoreboard, travel, gone);
  const auto& expected = replay.expected();
  std::size_t next = 0;
  for (Tick offset = 0; offset < replay.tick_count(); ++offset) {
    std::size_t end = next;
    while (end < expected.size() && expected[end].offset == offset) ++end;
    evaluation.RunTick(offset, next, end);
    next = end;
    on_progress(scoreboard->running().results);
  }
}

int RunEvaluate(const EvaluateOptions& options) {
  const OutputFiles files(options.json, options.predictions);
  Bundle bundle = ValueOrThrow(ReadBundle(options.bundle));
  const OffloadOption travel = options.offload.empty()
                                   ? OffloadOption{}
                                   : ParseOffload(options.offload, bundle);
  for (const auto& threshold : options.thresholds) {
    SetThreshold(threshold, &bundle);
  }
  const auto network = std::make_shared<const Network>(std::move(bundle));
  const Replay replay(network->bundle(),
                      ReadReplayRows(options.dataset, options.split), 0);
  const SampleViews views = ValueOrThrow(ReadAllViews(replay.data()));

  Scoreboard scoreboard(replay, network->bundle(), travel.offload);
  const std::vector<bool> gone =
      FailedDevices(options.without, network->bundle().device_count());
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto total = replay.expected().size();
  const auto on_progress = [&](int answered) {
    if (terminal) std::cerr << fmt::format("\r{}/{} samples", answered, total);
  };
  EvaluateReplay(network, replay, views, &scoreboard, on_progress, travel,
                 gone);
  scoreboard.CloseBooks(gone);
  if (terminal) std::cerr << "\r\x1b[K";

  Summary summary = scoreboard.Summarize();
  summary.latency_ms = {};  // nothing was waited for
  std::cout << ToTable(summary, JpegBytesPerDeviceSample(replay, views));
  files.Write(summary, scoreboard);
  return kExitOk;
}

}  // namespace ddnn
