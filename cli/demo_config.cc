#include "cli/demo_config.h"

#include <spdlog/fmt/fmt.h>

#include "cli/agent_yaml.h"

namespace ddnn {
namespace {

constexpr int kDeadlineMs = 30000;

std::string Common(const DemoSetup& setup, std::string_view agent,
                   const Place& place) {
  std::string yaml =
      AgentYaml(kDemoSite, agent, setup.bundle, setup.broker_url) +
      fmt::format("place: {}\n", Quoted(place.name));
  if (!setup.tree_file.empty()) {
    yaml += fmt::format("tree: {}\n", QuotedPath(setup.tree_file));
  }
  return yaml;
}

std::string EdgeYamlAt(const DemoSetup& setup, const std::string& agent,
                       const Place& place) {
  return Common(setup, agent, place) +
         fmt::format(
             "group: {0}\nticks_per_s: {1}\nbatch_ms: {3}\n"
             "open_after_ms: {2}\n"
             "deadlines:\n  scores_ms: 10000\n  maps_ms: {2}\n  cloud_ms: "
             "{2}\n",
             kDemoGroup, setup.ticks_per_s, kDeadlineMs, setup.batch_ms);
}

std::string SourceYaml(const DemoSetup& setup) {
  const std::string what =
      setup.dataset.empty()
          ? fmt::format("  kind: street\n  seed: {}\n  ticks: {}\n", setup.seed,
                        setup.street_ticks)
          : fmt::format("  kind: dataset\n  path: {}\n  split: {}\n",
                        QuotedPath(setup.dataset), Quoted(setup.split));
  return fmt::format("source:\n{}  samples: {}\n  preload: {}\n", what,
                     setup.samples, setup.preload);
}

}  // namespace

std::string DemoDevice(int device) { return fmt::format("device{}", device); }

std::vector<const Place*> BranchesOf(const Tree& tree) {
  std::vector<const Place*> branches = tree.PlacesOf(Tier::kEdge);
  std::erase(branches, &tree.Lead());
  return branches;
}

std::string DemoBranch(int index) { return fmt::format("edge{}", index + 1); }

std::string DeviceYaml(const DemoSetup& setup, int device) {
  const Place& place =
      *setup.tree.PlacesOf(Tier::kDevice)[static_cast<std::size_t>(device)];
  return Common(setup, DemoDevice(device), place) +
         fmt::format("group: {}\nbatch_ms: {}\npreview:\n  period_ms: {}\n",
                     kDemoGroup, setup.batch_ms, setup.preview_ms) +
         SourceYaml(setup);
}

std::string EdgeYaml(const DemoSetup& setup) {
  return EdgeYamlAt(setup, std::string(kDemoEdge), setup.tree.Lead()) +
         "broker_metrics: true\n";
}

std::string BranchYaml(const DemoSetup& setup, int index) {
  return EdgeYamlAt(setup, DemoBranch(index),
                    *BranchesOf(setup.tree)[static_cast<std::size_t>(index)]);
}

std::string CloudYaml(const DemoSetup& setup) {
  return Common(setup, kDemoCloud, setup.tree.places().back());
}

}  // namespace ddnn
