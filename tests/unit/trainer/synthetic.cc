#include "tests/unit/trainer/synthetic.h"

#include <random>
#include <string>

namespace ddnn {
namespace {

View Bars(int label, std::mt19937_64* random) {
  const int place = 4 + static_cast<int>((*random)() % 20);
  View view{};
  std::size_t at = 0;
  for (int channel = 0; channel < kViewChannels; ++channel) {
    for (int y = 0; y < kViewSide; ++y) {
      for (int x = 0; x < kViewSide; ++x) {
        const bool lies = label != 1 && y >= place && y < place + 4;
        const bool stands = label != 0 && x >= place && x < place + 4;
        const auto noise = static_cast<int>((*random)() % 60);
        view[at++] =
            static_cast<std::uint8_t>((lies || stands ? 180 : 20) + noise);
      }
    }
  }
  return view;
}

}  // namespace

Examples MakeSynthetic(int samples, int devices, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  DataSet data;
  data.root = "synthetic";
  data.classes = {"lies", "stands", "crosses"};
  for (int d = 0; d < devices; ++d) {
    data.cameras.push_back("cam" + std::to_string(d));
  }
  SampleViews views;
  for (int i = 0; i < samples; ++i) {
    const int label = i % 3;
    data.samples.push_back({.id = 100 + i,
                            .frame = i,
                            .label = label,
                            .source = "bar" + std::to_string(label),
                            .boxes = std::vector<std::optional<Box>>(
                                static_cast<std::size_t>(devices))});
    auto& of_sample = views.emplace_back(static_cast<std::size_t>(devices));
    for (int d = 0; d < devices; ++d) {
      const bool seen = d == i % devices || random() % 3 != 0;
      if (seen) of_sample[static_cast<std::size_t>(d)] = Bars(label, &random);
    }
  }
  return KeepSeen(std::move(data), std::move(views));
}

Recipe QuickRecipe() {
  Recipe recipe;
  recipe.name = "synthetic";
  recipe.epochs = 6;
  recipe.batch = 16;
  recipe.validation_every = 2;
  recipe.validation_last_frames = 0.2;
  recipe.device_filters = 2;
  recipe.edge_filters = 3;
  recipe.cloud_filters = 4;
  return recipe;
}

}  // namespace ddnn
