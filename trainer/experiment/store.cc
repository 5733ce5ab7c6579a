#include "trainer/experiment/store.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "trainer/card.h"
#include "trainer/fit.h"
#include "trainer/verify.h"

namespace ddnn {
namespace {

using Json = nlohmann::json;

FitStory StoryOf(const RunSpec& run, const std::filesystem::path& dataset,
                 const std::filesystem::path& recipes, const Examples& train) {
  FitStory story;
  story.recipe = RecipeOf(run, recipes);
  story.data = DataName(dataset);
  story.split = run.TrainRows();
  story.digest = DigestOf(train);
  story.date = Today();
  return story;
}

/// What must be equal for a bundle to be that of a run.
Json Identity(const Json& record) {
  Json identity;
  for (const char* key : {"data", "split", "digest", "recipe", "program"}) {
    identity[key] = record.value(key, Json());
  }
  return identity;
}

}  // namespace

RunStore::RunStore(std::filesystem::path dataset, std::filesystem::path out,
                   std::filesystem::path recipes)
    : dataset_(std::move(dataset)),
      out_(std::move(out)),
      recipes_(std::move(recipes)) {}

std::filesystem::path RunStore::PathOf(const RunSpec& run) const {
  return out_ / "runs" / (run.Key() + ".ddnn");
}

Result<std::shared_ptr<const Examples>> RunStore::Rows(
    const std::string& split, const std::string& cameras) {
  // Held while reading, so that nobody reads the same rows twice.
  const std::scoped_lock lock(mutex_);
  auto& all = rows_[split + " all"];
  if (!all) {
    auto read = LoadExamples(dataset_, split);
    if (!read) return read.failure();
    all = std::make_shared<const Examples>(std::move(read).value());
  }
  auto& some = rows_[split + " " + cameras];
  if (!some) {
    auto kept = KeepCameras(*all, cameras);
    if (!kept) return kept.failure();
    some = std::make_shared<const Examples>(std::move(kept).value());
  }
  return some;
}

Result<bool> RunStore::Has(const RunSpec& run) {
  const auto bundle = ReadBundle(PathOf(run));
  if (!bundle) return false;
  const Json record = Json::parse(bundle->training_record, nullptr, false);
  if (!record.is_object() || record.value("complete", Json()) != true) {
    return false;
  }
  const auto train = Rows(run.TrainRows(), RecipeOf(run, recipes_).cameras);
  if (!train) return train.failure();
  const FitStory story = StoryOf(run, dataset_, recipes_, **train);
  const auto wanted = Json::parse(RecordHead(story));
  return Identity(record) == Identity(wanted);
}

Status RunStore::Train(const RunSpec& run, const Stop& stop) {
  const Recipe recipe = RecipeOf(run, recipes_);
  const auto train = Rows(run.TrainRows(), recipe.cameras);
  if (!train) return train.failure();
  FitStory story = StoryOf(run, dataset_, recipes_, **train);
  Progress silent(false, [](const std::string&) {});
  auto fit = Fit(recipe, **train, &silent, stop);
  if (!fit) {
    return Failure{fit.error(), run.Key() + ": " + fit.message()};
  }
  if (!fit->report.complete) return Done{};
  story.fit = std::move(fit->report);
  fit->bundle.training_record = TrainingRecord(story, fit->bundle);
  return WriteBundle(fit->bundle, PathOf(run));
}

Result<Finding> RunStore::Find(const RunSpec& run) {
  auto bundle = ReadBundle(PathOf(run));
  if (!bundle) return bundle.failure();
  const std::string cameras = RecipeOf(run, recipes_).cameras;
  const auto train = Rows(run.TrainRows(), cameras);
  if (!train) return train.failure();
  const auto test = Rows(run.TestRows(), cameras);
  if (!test) return test.failure();
  const auto logits = EvaluateBundle(*bundle, **test);
  if (!logits) return logits.failure();
  Decisions decisions = Decide(*logits, LabelsOf(**test, AllRows(**test)));
  return Finding{std::move(bundle).value(), *test, std::move(decisions),
                 PresenceLookupAccuracy(**train, **test)};
}

}  // namespace ddnn
