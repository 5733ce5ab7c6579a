#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/replay.h"
#include "cli/threshold_curve.h"
#include "core/nn/network.h"

namespace ddnn {

struct TuneOptions {
  std::filesystem::path bundle;
  std::filesystem::path dataset;
  std::string split;
  std::string target;                   ///< as ParseTuneTarget() reads it
  std::vector<std::string> validation;  ///< other rows that T is held against
  std::filesystem::path out;            ///< bundle to write; empty = none
  std::filesystem::path curve;          ///< CSV to write; empty = none
  std::filesystem::path figure;         ///< .svg or .png to draw; empty = none
};

/// What every exit answers to every sample that is seen, by core/nn.
ExitAnswers AnswersOf(const Network& network, const Replay& replay,
                      const SampleViews& views);

/// Sets T of the early exits and notes in the training record, under `tuned`,
/// on which rows, for which target and with what result.
/// \param thresholds  of the early exits, in order.
/// \param rows        e.g. "epfl-mvmc, time:train".
/// \throws CommandError  kExitData: the record would grow too long.
void ApplyThresholds(const std::vector<float>& thresholds,
                     const TuneTarget& target, const std::string& rows,
                     const CurvePoint& point, Bundle* bundle);

/// `ddnn bundle tune`.
/// \return the exit code.
/// \throws CommandError  also kExitData: no T meets the target, with the
///     nearest; then no bundle is written.
int RunTune(const TuneOptions& options);

}  // namespace ddnn
