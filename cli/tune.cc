#include "cli/tune.h"

#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/command.h"
#include "cli/curve_figure.h"
#include "cli/every_exit.h"
#include "cli/output_files.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

/// "epfl-mvmc, time:train": no path, since that is this machine's.
std::string RowsName(const TuneOptions& options) {
  auto folder = std::filesystem::absolute(options.dataset).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  return folder.filename().string() + ", " +
         (options.split.empty() ? "all rows" : options.split);
}

ExitAnswers Answer(const Network& network, const TuneOptions& options,
                   const std::string& split) {
  const Replay replay(network.bundle(), ReadReplayRows(options.dataset, split),
                      0);
  return AnswersOf(network, replay, ValueOrThrow(ReadAllViews(replay.data())));
}

/// The network on some rows at given thresholds, T of the first exit first.
CurvePoint PointAt(const Bundle& bundle, const ExitAnswers& answers,
                   const std::vector<float>& thresholds) {
  const std::vector<float> deeper(thresholds.begin() + 1, thresholds.end());
  CurvePoint at;
  for (const CurvePoint& point : CurveOf(bundle, answers, deeper)) {
    // The last way to divide them that lies at or below T: none between.
    if (point.threshold <= thresholds.front()) at = point;
  }
  at.threshold = thresholds.front();
  return at;
}

std::string Describe(const CurvePoint& p) {
  return fmt::format(
      "accuracy {:.1f} %, {:.1f} % leave early, {:.1f} bytes per device-sample",
      100 * p.accuracy, 100 * p.exit_share, p.bytes);
}

/// Holds the thresholds against rows that did not choose them.
void Validate(const Network& network, const TuneOptions& options,
              const TuneTarget& target, const std::vector<float>& thresholds) {
  for (const std::string& split : options.validation) {
    const CurvePoint point =
        PointAt(network.bundle(), Answer(network, options, split), thresholds);
    std::cout << fmt::format("on {}: {}\n", split, Describe(point));
    if (target.MetBy(point)) continue;
    std::cerr << fmt::format(
        "warning: --target {} is met on the rows that chose T, but not on {}: "
        "tune on more rows, or set the target with more in hand\n",
        target.text, split);
  }
}

void RequireEarlyExit(const Bundle& bundle, const TuneOptions& options) {
  if (bundle.exits.size() > 1) return;
  throw CommandError(kExitData,
                     fmt::format("{}: bundle '{}' has no early exit, so there "
                                 "is no T to tune",
                                 options.bundle.string(), bundle.name));
}

/// On rows that it learnt from, a network is surer than elsewhere.
void WarnOfLearntRows(const Bundle& bundle, const TuneOptions& options) {
  const Json record = Json::parse(bundle.training_record, nullptr, false);
  if (!record.is_object() || record.value("split", "") != options.split) return;
  std::cerr << fmt::format(
      "warning: the network learnt from {}: there it is right more often and "
      "surer than elsewhere; choose T on other rows\n",
      options.split);
}

[[noreturn]] void RefuseUnreachable(const TuneTarget& target,
                                    const TuneOptions& options,
                                    const CurvePoint& nearest) {
  throw CommandError(
      kExitData,
      fmt::format("--target {}: no T reaches it on {}; the nearest is T = "
                  "{:.4f} with {}; ask for that or less, or train further",
                  target.text, RowsName(options), nearest.threshold,
                  Describe(nearest)));
}

}  // namespace

ExitAnswers AnswersOf(const Network& network, const Replay& replay,
                      const SampleViews& views) {
  ExitAnswers answers;
  for (const ExpectedSample& sample : replay.expected()) {
    const auto row = static_cast<std::size_t>(sample.row);
    std::vector<std::optional<NodeOutput>> devices;
    for (int device = 0; device < replay.device_count(); ++device) {
      const auto& view =
          views[row][static_cast<std::size_t>(replay.CameraOf(device))];
      devices.emplace_back();
      if (view) devices.back() = network.RunDevice(device, *view);
    }
    auto& of_exits = answers.emplace_back();
    for (const Decision& decision : AskEveryExit(network, devices)) {
      const int truth = replay.data().samples[row].label;
      of_exits.push_back({decision.eta, decision.label == truth});
    }
  }
  return answers;
}

void ApplyThresholds(const std::vector<float>& thresholds,
                     const TuneTarget& target, const std::string& rows,
                     const CurvePoint& point, Bundle* bundle) {
  Json record = Json::parse(bundle->training_record, nullptr, false);
  if (!record.is_object()) record = {{"record", bundle->training_record}};
  Json tuned{{"rows", rows}, {"target", target.text}};
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    bundle->exits[i].threshold = thresholds[i];
    tuned["threshold"][std::string(ExitName(bundle->exits[i].tier))] =
        thresholds[i];
  }
  tuned["accuracy"] = point.accuracy;
  tuned["exit_share"] = point.exit_share;
  tuned["formula_bytes"] = point.bytes;
  record["tuned"] = std::move(tuned);
  bundle->training_record =
      record.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (bundle->training_record.size() > kMaxTrainingRecordBytes) {
    throw CommandError(
        kExitData, fmt::format("the training record would be longer than {} "
                               "bytes; the bundle's is full already",
                               kMaxTrainingRecordBytes));
  }
}

int RunTune(const TuneOptions& options) {
  const TuneTarget target = ParseTuneTarget(options.target);
  for (const auto& file : {options.curve, options.figure, options.out}) {
    RequireFolderOf(file);
  }
  if (!options.figure.empty()) RequireDrawable(options.figure);
  Bundle bundle = ValueOrThrow(ReadBundle(options.bundle));
  RequireEarlyExit(bundle, options);
  WarnOfLearntRows(bundle, options);
  const Network network(bundle);
  const ExitAnswers answers = Answer(network, options, options.split);

  std::vector<float> thresholds = ChooseDeeperThresholds(answers);
  const auto curve = CurveOf(bundle, answers, thresholds);
  const std::size_t picked = PickPoint(curve, target);
  const CurvePoint& point = curve[picked];
  thresholds.insert(thresholds.begin(), point.threshold);

  std::cout << fmt::format("{}: {} samples\n\n{}\n", RowsName(options),
                           answers.size(), CurveTable(curve, picked));
  WriteOutput(options.curve, CurveCsv(curve));
  if (!options.figure.empty()) {
    DrawCurve(curve, picked, RowsName(options), options.figure);
  }
  if (!target.MetBy(point)) RefuseUnreachable(target, options, point);
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    std::cout << fmt::format("T of the {} exit: {:.4f}, was {:.4f}\n",
                             ExitName(bundle.exits[i].tier), thresholds[i],
                             bundle.exits[i].threshold);
  }
  Validate(network, options, target, thresholds);
  if (options.out.empty()) return kExitOk;
  ApplyThresholds(thresholds, target, RowsName(options), point, &bundle);
  const auto written = WriteBundle(bundle, options.out);
  if (!written) throw CommandError(kExitUnavailable, written.message());
  std::cout << fmt::format("wrote {}\n", options.out.string());
  return kExitOk;
}

}  // namespace ddnn
