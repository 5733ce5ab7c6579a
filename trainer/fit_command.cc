#include "trainer/fit_command.h"

#include <spdlog/fmt/fmt.h>

#include <cstdio>
#include <utility>

#include "core/base/exit_code.h"
#include "core/base/file.h"
#include "trainer/card.h"
#include "trainer/fit.h"
#include "trainer/verify.h"

namespace ddnn {
namespace {

int Fail(const Failure& failure, ExitCode code) {
  std::fprintf(stderr, "ddnn-train: %s\n", Status(failure).message().c_str());
  return code;
}

/// With the data sets' folders left out: they differ from machine to machine.
std::string CommandOf(const FitRequest& r) {
  std::string command = fmt::format("ddnn-train fit --recipe {} --dataset DIR",
                                    r.recipe.string());
  if (!r.split.empty()) command += " --split " + r.split;
  if (!r.test_dataset.empty()) command += " --test-dataset TEST_DIR";
  if (!r.test.empty()) command += " --test " + r.test;
  if (r.seed) command += fmt::format(" --seed {}", *r.seed);
  for (const auto& assignment : r.overrides) command += " --set " + assignment;
  command += " --out " + r.out.string();
  if (!r.card.empty()) command += " --card " + r.card.string();
  return command;
}

/// "time:train", or that it is all.
std::string RowsName(const std::string& split) {
  return split.empty() ? "all" : split;
}

Recipe RecipeOf(const FitRequest& request) {
  std::vector<std::string> overrides = request.overrides;
  if (request.seed) {
    overrides.push_back("seed=" + std::to_string(*request.seed));
  }
  return ReadRecipe(request.recipe, overrides);
}

Result<Examples> Load(const std::filesystem::path& folder,
                      const std::string& split, const std::string& cameras) {
  auto examples = LoadExamples(folder, split);
  if (!examples) return examples;
  return KeepCameras(std::move(examples).value(), cameras);
}

Result<TestReport> Test(const FitRequest& request, const Recipe& recipe,
                        const Bundle& bundle, const Examples& train) {
  const auto& folder =
      request.test_dataset.empty() ? request.dataset : request.test_dataset;
  const auto test = Load(folder, request.test, recipe.cameras);
  if (!test) return test.failure();
  const auto logits = EvaluateBundle(bundle, *test);
  if (!logits) return logits.failure();
  auto cameras = EvaluateEachCamera(bundle, *test);
  if (!cameras) return cameras.failure();
  const std::vector<int> rows = AllRows(*test);
  const Decisions decisions = Decide(*logits, LabelsOf(*test, rows));
  return TestReport{DataName(folder), RowsName(request.test),
                    Measure(decisions, ThresholdsOf(bundle), *test, rows),
                    PresenceLookupAccuracy(train, *test), std::move(*cameras)};
}

Status Write(const FitRequest& request, const FitStory& story,
             const Bundle& bundle) {
  const auto written = WriteBundle(bundle, request.out);
  if (!written || request.card.empty()) return written;
  return WriteFileAtomically(request.card, Card(story, bundle));
}

}  // namespace

int RunFit(const FitRequest& request, bool terminal,
           const Progress::Print& print, const std::function<bool()>& stop) {
  FitStory story;
  story.recipe = RecipeOf(request);
  story.data = DataName(request.dataset);
  story.split = RowsName(request.split);
  story.date = Today();
  story.command = CommandOf(request);

  Progress progress(terminal, print);
  const auto train = Load(request.dataset, request.split, story.recipe.cameras);
  if (!train) return Fail(train.failure(), kExitData);
  story.digest = DigestOf(*train);
  progress.Say(fmt::format(
      "{}, rows {}: {} samples, {} cameras, {} classes{}", story.data,
      story.split, train->size(), train->devices(), train->classes(),
      train->blind > 0
          ? fmt::format("; {} rows without a view left out", train->blind)
          : ""));
  auto fit = Fit(story.recipe, *train, &progress, stop);
  if (!fit) {
    return Fail(fit.failure(),
                fit.error() == Error::kMalformed ? kExitSoftware : kExitData);
  }
  Bundle& bundle = fit->bundle;
  story.fit = std::move(fit->report);
  if (!story.fit.complete) {
    progress.Say("stopped: keeping the best network so far");
  }
  if (!request.test.empty() || !request.test_dataset.empty()) {
    auto test = Test(request, story.recipe, bundle, *train);
    if (!test) return Fail(test.failure(), kExitData);
    story.test = std::move(test).value();
  }
  bundle.training_record = TrainingRecord(story, bundle);
  const auto written = Write(request, story, bundle);
  if (!written) return Fail(written.failure(), kExitData);
  progress.Say(fmt::format("\n{}\nwrote {} after {:.0f} s of training",
                           Card(story, bundle), request.out.string(),
                           story.fit.seconds));
  return kExitOk;
}

}  // namespace ddnn
