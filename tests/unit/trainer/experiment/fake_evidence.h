#pragma once

#include "trainer/experiment/experiment.h"

namespace ddnn {

/// Six cameras, one seed; the last camera sees most.
Setting SixCameras();

/// Folder of the shipped recipes.
std::filesystem::path RecipeFolder();

/// A network that fits the run's recipe, with random weights, on synthetic rows
/// of the cameras that it has.
Finding FakeFinding(const RunSpec& run);

/// FakeFinding() of all that an experiment asks for.
Evidence FakeEvidence(const Experiment& experiment, const Setting& setting);

}  // namespace ddnn
