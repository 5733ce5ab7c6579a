#include "cli/demo_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "cli/command.h"
#include "cli/offload_option.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class DemoNetworkTest : public ::testing::Test {
 protected:
  DemoOptions With(int edges, const std::string& hierarchy = "") {
    DemoOptions options;
    options.bundle = folder_ / "test.ddnn";
    options.hierarchy = hierarchy;
    EXPECT_TRUE(
        WriteBundle(MakeTestBundle({.edges = edges}), options.bundle).ok());
    return options;
  }
  static char LetterOf(const DemoOptions& options) {
    return LoadDemoNetwork(WithDefaults(options)).tree.Hierarchy();
  }
  static std::string FaultOf(const DemoOptions& options, int code) {
    try {
      (void)LoadDemoNetwork(WithDefaults(options));
    } catch (const CommandError& e) {
      EXPECT_EQ(e.code(), code);
      return e.what();
    }
    return "no fault";
  }

  const TempFolder folder_;
};

TEST_F(DemoNetworkTest, TheBundlesOwnTreeIsTheDefault) {
  EXPECT_EQ(LetterOf(With(0, "c")), 'c');
  EXPECT_EQ(LetterOf(With(1)), 'e');
  EXPECT_EQ(LetterOf(With(2)), 'f');
}

TEST_F(DemoNetworkTest, HierarchyAOffloadsWhatIsPut) {
  const auto network = LoadDemoNetwork(WithDefaults(With(0, "a")));
  EXPECT_EQ(network.tree.offload(), Offload::kRaw);
  DemoOptions jpeg = With(0);
  jpeg.offload = "jpeg:75";
  const auto tree = LoadDemoNetwork(WithDefaults(jpeg)).tree;
  EXPECT_EQ(tree.offload(), Offload::kJpeg);
  EXPECT_EQ(tree.jpeg_quality(), 75);
}

TEST_F(DemoNetworkTest, AContradictionIsAUsageError) {
  EXPECT_THAT(FaultOf(With(1, "c"), kExitUsage),
              HasSubstr("--hierarchy c contradicts bundle"));
  EXPECT_THAT(FaultOf(With(1, "a"), kExitUsage),
              HasSubstr("has an edge section"));
  DemoOptions both = With(0);
  both.tree = "tree.yaml";
  both.offload = "raw";
  EXPECT_THAT(FaultOf(both, kExitUsage), HasSubstr("leave one out"));
}

TEST_F(DemoNetworkTest, ThresholdsReplaceTheBundles) {
  DemoOptions options = With(0);
  options.thresholds = {"local=0.25"};
  const auto network = LoadDemoNetwork(WithDefaults(options));
  EXPECT_EQ(network.bundle.ExitOf(Tier::kDevice)->threshold, 0.25F);
  options.thresholds = {"local=2"};
  EXPECT_THAT(FaultOf(options, kExitUsage), HasSubstr("with T from 0 to 1"));
}

TEST_F(DemoNetworkTest, ATreeThatDoesNotFitIsNamed) {
  DemoOptions options = With(0);
  options.tree = folder_ / "tree.yaml";
  std::ofstream(options.tree) << "places: {}\n";
  EXPECT_THAT(FaultOf(options, kExitData), HasSubstr("tree.yaml:1: "));
}

TEST_F(DemoNetworkTest, AnObservedDemoLastsUntilItIsStopped) {
  DemoOptions options;
  options.observe = true;
  const DemoOptions street = WithDefaults(options);
  EXPECT_GT(*street.samples, 100'000);
  EXPECT_LT(street.street_samples, *street.samples);
  EXPECT_EQ(*street.ticks_per_s, 10);
  options.samples = 50;
  EXPECT_EQ(*WithDefaults(options).samples, 50);
  EXPECT_EQ(WithDefaults(options).street_samples, 50);
  options.dataset = folder_.path();
  EXPECT_EQ(*WithDefaults(options).ticks_per_s, 10);
}

TEST_F(DemoNetworkTest, EachHierarchyHasAShippedBundle) {
  DemoOptions options;
  EXPECT_THAT(WithDefaults(options).bundle.string(),
              EndsWith("models/street-e.ddnn"));
  options.hierarchy = "a";
  EXPECT_THAT(WithDefaults(options).bundle.string(),
              EndsWith("models/street-c.ddnn"));
  options.hierarchy = "f";
  options.dataset = folder_.path();
  EXPECT_THAT(WithDefaults(options).bundle.string(),
              EndsWith("models/epfl-mvmc-f.ddnn"));
}

TEST(OffloadOptionTest, QualitiesAreChecked) {
  const Bundle bundle = MakeTestBundle();
  EXPECT_EQ(ParseOffload("raw", bundle).offload, Offload::kRaw);
  EXPECT_EQ(ParseOffload("jpeg", bundle).jpeg_quality, 90);
  EXPECT_EQ(ParseOffload("jpeg:1", bundle).jpeg_quality, 1);
  for (const char* text :
       {"", "jpg", "jpeg:", "jpeg:0", "jpeg:101", "jpeg:9x"}) {
    EXPECT_THROW((void)ParseOffload(text, bundle), CommandError) << text;
  }
}

TEST(OffloadOptionTest, NoOffloadRunsAnEdgeSection) {
  EXPECT_THROW((void)ParseOffload("raw", MakeTestBundle({.edges = 1})),
               CommandError);
}

}  // namespace
}  // namespace ddnn
