#include "tests/unit/trainer/experiment/fake_evidence.h"

#include "tests/support/test_bundle.h"
#include "tests/unit/trainer/synthetic.h"
#include "trainer/verify.h"

namespace ddnn {

Setting SixCameras() {
  return {true,
          {"cam0", "cam1", "cam2", "cam3", "cam4", "cam5"},
          {0, 1, 2, 3, 4, 5}};
}

std::filesystem::path RecipeFolder() {
  return std::filesystem::path(DDNN_SOURCE_DIR) / "trainer/recipes";
}

Finding FakeFinding(const RunSpec& run) {
  const Recipe recipe = RecipeOf(run, RecipeFolder());
  const auto rows = std::make_shared<const Examples>(
      KeepCameras(MakeSynthetic(24, 6, 5), recipe.cameras).value());
  TestBundleOptions options;
  options.devices = rows->devices();
  options.edges = recipe.Edges();
  options.filters = recipe.device_filters;
  options.device_layers = recipe.device_layers;
  options.absent = recipe.AbsentViews();
  options.seed = static_cast<std::uint64_t>(run.seed);
  Bundle bundle = MakeTestBundle(options);
  const auto logits = EvaluateBundle(bundle, *rows).value();
  return {std::move(bundle), rows,
          Decide(logits, LabelsOf(*rows, AllRows(*rows))), 0.5};
}

Evidence FakeEvidence(const Experiment& experiment, const Setting& setting) {
  Evidence evidence;
  for (const RunSpec& run : Distinct(experiment.runs(setting))) {
    evidence.Add(run, FakeFinding(run));
  }
  return evidence;
}

}  // namespace ddnn
