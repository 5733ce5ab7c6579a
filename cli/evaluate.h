#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/offload_option.h"
#include "cli/replay.h"
#include "cli/scoreboard.h"
#include "core/nn/network.h"

namespace ddnn {

struct EvaluateOptions {
  std::filesystem::path dataset;
  std::string split;
  std::filesystem::path bundle;
  std::vector<std::string> thresholds;  ///< "EXIT=T"
  std::string offload;                  ///< see ParseOffload(); empty = none
  std::vector<int> without;             ///< devices that have failed
  std::filesystem::path predictions;    ///< CSV to write; empty = none
  std::filesystem::path json;           ///< summary to write; empty = none
};

/// Sets the threshold of one of a bundle's exits.
/// \param text  "local=0.8": an exit's name and T in [0, 1].
/// \throws CommandError  kExitUsage: not of this form, or no such exit.
void SetThreshold(const std::string& text, Bundle* bundle);

/// Answers every sample of a replay in this process, through the class that
/// the live edge runs (Coordinator), and asks every exit for its own opinion.
/// \param views       [samples][cameras] of the replay's data set.
/// \param on_progress called after each tick with the samples answered so far.
/// \param travel  with an offload, views are encoded and decoded as on their
///     way to the cloud, and only its exit is asked.
/// \param gone  by device: it has failed and says nothing; empty = none has.
///     Samples that nobody else sees get no answer.
void EvaluateReplay(const std::shared_ptr<const Network>& network,
                    const Replay& replay, const SampleViews& views,
                    Scoreboard* scoreboard,
                    const std::function<void(int)>& on_progress,
                    const OffloadOption& travel = {},
                    const std::vector<bool>& gone = {});

/// `ddnn evaluate`.
/// \return the exit code.
/// \throws CommandError
int RunEvaluate(const EvaluateOptions& options);

}  // namespace ddnn
