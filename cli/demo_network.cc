#include "cli/demo_network.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "cli/command.h"
#include "cli/demo_input.h"
#include "cli/evaluate.h"
#include "cli/installation.h"
#include "cli/offload_option.h"
#include "cli/street_command.h"

namespace ddnn {
namespace {

constexpr int kStreetSamples = 300;
constexpr double kStreetRate = 10;  // ticks a second
// Three hours at that rate, some 200 MiB of answers.
constexpr int kObservedSamples = 200'000;
// Looked at in some seconds before the demo starts.
constexpr int kObservedStreetSamples = 1000;

/// Hierarchy a has the weights of c.
std::filesystem::path ShippedBundle(const DemoOptions& options) {
  const bool of_street = options.dataset.empty() ||
                         std::filesystem::exists(options.dataset / kStreetMark);
  return ProjectFile(
      fmt::format("models/{}-{}.ddnn", of_street ? "street" : "epfl-mvmc",
                  options.hierarchy == "a" ? "c" : options.hierarchy));
}

void CheckStreet(const DemoOptions& options) {
  if (!options.dataset.empty()) return;
  if (!options.split.empty()) {
    throw CommandError(kExitUsage,
                       fmt::format("--split {} chooses rows of a data set; "
                                   "add --dataset, or leave it out",
                                   options.split));
  }
  if (options.street_samples == 0 ||
      options.street_samples > kMaxStreetSamples) {
    throw CommandError(
        kExitUsage,
        fmt::format("--samples {}: of the street, which has no end, a number "
                    "from 1 to {}",
                    options.street_samples, kMaxStreetSamples));
  }
}

Tree MakeTree(const DemoOptions& options, const Bundle& bundle) {
  if (!options.tree.empty()) return Tree::Read(options.tree, bundle);
  if (options.offload.empty()) return Tree::Of(bundle);
  const OffloadOption offload = ParseOffload(options.offload, bundle);
  return Tree::Of(bundle, offload.offload, offload.jpeg_quality);
}

}  // namespace

DemoOptions WithDefaults(DemoOptions options) {
  const bool street = options.dataset.empty();
  const bool free = options.bundle.empty() && options.tree.empty();
  if (options.hierarchy.empty() && free) {
    options.hierarchy = !options.offload.empty() ? "a" : street ? "e" : "c";
  }
  if (options.hierarchy == "a" && options.offload.empty() &&
      options.tree.empty()) {
    options.offload = "raw";
  }
  if (!options.samples) {
    options.street_samples =
        options.observe ? kObservedStreetSamples : kStreetSamples;
    options.endless = options.observe;
    options.samples = options.observe ? kObservedSamples
                      : street        ? kStreetSamples
                                      : 0;
  } else {
    options.street_samples = *options.samples;
  }
  if (!options.ticks_per_s) {
    options.ticks_per_s = street || options.observe ? kStreetRate : 0;
  }
  if (options.bundle.empty()) {
    if (options.hierarchy.empty()) {
      throw CommandError(kExitUsage,
                         "--tree without --bundle: say by --hierarchy which "
                         "shipped network it is for");
    }
    options.bundle = ShippedBundle(options);
  }
  if (!options.tree.empty() && !options.offload.empty()) {
    throw CommandError(kExitUsage,
                       "--tree and --offload: the tree says what is offloaded; "
                       "leave one out");
  }
  CheckStreet(options);
  return options;
}

DemoNetwork LoadDemoNetwork(const DemoOptions& options) {
  DemoNetwork network{ValueOrThrow(ReadBundle(options.bundle)), {}};
  for (const std::string& threshold : options.thresholds) {
    SetThreshold(threshold, &network.bundle);
  }
  try {
    network.tree = MakeTree(options, network.bundle);
  } catch (const ConfigError& e) {
    throw CommandError(kExitData, e.what());
  }
  const std::string tree(1, network.tree.Hierarchy());
  if (!options.hierarchy.empty() && options.hierarchy != tree) {
    throw CommandError(
        kExitUsage,
        fmt::format("--hierarchy {} contradicts {}, whose tree is {}; leave "
                    "--hierarchy out",
                    options.hierarchy,
                    options.tree.empty()
                        ? fmt::format("bundle {}", options.bundle.string())
                        : options.tree.string(),
                    tree));
  }
  return network;
}

}  // namespace ddnn
