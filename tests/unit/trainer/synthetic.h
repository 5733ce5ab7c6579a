#pragma once

#include "trainer/examples.h"
#include "trainer/recipe.h"

namespace ddnn {

/// An easy data set made of nothing: bars that lie (class 0), stand (1) or
/// cross (2), with noise, seen by some of the cameras, a sample a frame.
/// Sample i shows class i % 3; its source is "bar<class>".
Examples MakeSynthetic(int samples, int devices, std::uint64_t seed);

/// A recipe that trains such a data set in a second.
Recipe QuickRecipe();

}  // namespace ddnn
