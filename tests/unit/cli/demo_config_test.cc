#include "cli/demo_config.h"

#include <gtest/gtest.h>

#include "core/base/config.h"
#include "core/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

/// What the files say, read as an agent reads them.
struct ReadBack {
  explicit ReadBack(const std::string& yaml) {
    ConfigTable table;
    table.Id("site", &site, "");
    table.Id("agent", &agent, "");
    table.Id("group", &group, "");
    table.Path("bundle", &bundle, "");
    table.Text("mqtt.url", &url, "");
    table.Text("metrics.listen", &metrics, "");
    table.Path("tree", &tree, "");
    table.Text("place", &place, "");
    table.Integer("batch_ms", &batch_ms, 0, 9999, "");
    table.Integer("preview.period_ms", &preview_ms, 0, 9999, "");
    table.Text("source.kind", &kind, "");
    table.Integer("source.seed", &seed, 0, 9999, "");
    table.Integer("source.ticks", &street_ticks, 0, 9999, "");
    table.Path("source.path", &dataset, "");
    table.Text("source.split", &split, "");
    table.Integer("source.samples", &samples, 0, 9999, "");
    table.Bool("source.preload", &preload, "");
    table.Number("ticks_per_s", &ticks_per_s, 0, 1000, "");
    table.Bool("broker_metrics", &broker_metrics, "");
    table.Integer("open_after_ms", &open_after_ms, 0, 1'000'000, "");
    table.Integer("deadlines.scores_ms", &scores_ms, 0, 1'000'000, "");
    table.Integer("deadlines.maps_ms", &maps_ms, 0, 1'000'000, "");
    table.Integer("deadlines.cloud_ms", &cloud_ms, 0, 1'000'000, "");
    const TempFolder folder;
    EXPECT_TRUE(WriteFileAtomically(folder / "test.yaml", yaml).ok());
    table.Load(folder / "test.yaml");
  }

  std::string site, agent, group, place, url, kind, split, metrics;
  std::filesystem::path bundle, tree, dataset;
  int samples = -1, seed = -1, street_ticks = -1, batch_ms = -1;
  int preview_ms = -1;
  bool preload = false, broker_metrics = false;
  double ticks_per_s = -1;
  int open_after_ms = 0, scores_ms = 0, maps_ms = 0, cloud_ms = 0;
};

DemoSetup AwkwardSetup() {
  return {.broker_url = "mqtt://127.0.0.1:1234",
          .bundle = "/tmp/it's \"my\" net: #1.ddnn",
          .tree = Tree::Of(MakeTestBundle({.devices = 4, .edges = 2})),
          .tree_file = "/tmp/tree.yaml",
          .dataset = "/tmp/a: b",
          .split = "time:test",
          .seed = 7,
          .street_ticks = 30,
          .samples = 42,
          .ticks_per_s = 0.5,
          .batch_ms = 100,
          .preload = true,
          .preview_ms = 500};
}

TEST(DemoConfigTest, ADeviceIsToldItsPlaceAndItsData) {
  const ReadBack read(DeviceYaml(AwkwardSetup(), 3));
  EXPECT_EQ(read.agent, "device3");
  EXPECT_EQ(read.group, kDemoGroup);
  EXPECT_EQ(read.place, "device3");
  EXPECT_EQ(read.tree, "/tmp/tree.yaml");
  EXPECT_EQ(read.url, "mqtt://127.0.0.1:1234");
  EXPECT_EQ(read.kind, "dataset");
  EXPECT_EQ(read.split, "time:test");
  EXPECT_EQ(read.samples, 42);
  EXPECT_EQ(read.batch_ms, 100);
  EXPECT_EQ(read.preview_ms, 500);
  EXPECT_TRUE(read.preload);
}

TEST(DemoConfigTest, TheLeadAndTheBranchesAreToldTheirPlaces) {
  const ReadBack lead(EdgeYaml(AwkwardSetup()));
  EXPECT_EQ(lead.agent, "edge");
  EXPECT_EQ(lead.place, "edge0");
  const ReadBack branch(BranchYaml(AwkwardSetup(), 0));
  EXPECT_EQ(branch.agent, "edge1");
  EXPECT_EQ(branch.place, "edge1");
  EXPECT_EQ(ReadBack(CloudYaml(AwkwardSetup())).place, "cloud");
}

TEST(DemoConfigTest, OneAgentTellsOfTheBroker) {
  EXPECT_TRUE(ReadBack(EdgeYaml(AwkwardSetup())).broker_metrics);
  EXPECT_FALSE(ReadBack(BranchYaml(AwkwardSetup(), 0)).broker_metrics);
}

TEST(DemoConfigTest, WithoutADataSetADeviceLooksAtTheStreet) {
  DemoSetup setup = AwkwardSetup();
  setup.dataset.clear();
  const ReadBack read(DeviceYaml(setup, 1));
  EXPECT_EQ(read.kind, "street");
  EXPECT_EQ(read.seed, 7);
  EXPECT_EQ(read.street_ticks, 30);
  EXPECT_EQ(read.samples, 42);
}

TEST(DemoConfigTest, AgentsOfOneMachineDoNotFightForAPort) {
  for (const std::string& yaml :
       {DeviceYaml(AwkwardSetup(), 0), EdgeYaml(AwkwardSetup()),
        BranchYaml(AwkwardSetup(), 0), CloudYaml(AwkwardSetup())}) {
    EXPECT_EQ(ReadBack(yaml).metrics, "127.0.0.1:0");
  }
}

TEST(DemoConfigTest, PathsSurviveYamlsSpecialCharacters) {
  const ReadBack read(DeviceYaml(AwkwardSetup(), 0));
  EXPECT_EQ(read.bundle, AwkwardSetup().bundle);
  EXPECT_EQ(read.dataset, AwkwardSetup().dataset);
}

TEST(DemoConfigTest, TheEdgeWaitsLongSoThatReplaysAnswerAsOffline) {
  const ReadBack read(EdgeYaml(AwkwardSetup()));
  EXPECT_EQ(read.ticks_per_s, 0.5);
  EXPECT_GE(read.scores_ms, 10000);
  for (const int ms : {read.open_after_ms, read.maps_ms, read.cloud_ms}) {
    EXPECT_GE(ms, 30000);
  }
}

}  // namespace
}  // namespace ddnn
