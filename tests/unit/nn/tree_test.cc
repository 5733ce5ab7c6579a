#include "core/nn/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/base/config.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Bundle& BundleC() {
  static const Bundle bundle = MakeTestBundle({.devices = 2});
  return bundle;
}

const Bundle& BundleF() {
  static const Bundle bundle = MakeTestBundle({.devices = 4, .edges = 2});
  return bundle;
}

TEST(TreeOfTest, ABundleWithoutEdgesIsLedByAnEdgeWithoutASection) {
  const Tree tree = Tree::Of(BundleC());
  EXPECT_EQ(tree.Hierarchy(), 'c');
  EXPECT_EQ(tree.Lead().name, "edge");
  EXPECT_THAT(tree.Lead().sections, IsEmpty());
  EXPECT_THAT(tree.Lead().exits, ElementsAre(Tier::kDevice));
  EXPECT_THAT(tree.DevicesBelow(tree.Lead()), ElementsAre(0, 1));
  EXPECT_EQ(tree.Find("device1")->device, 1);
  EXPECT_EQ(tree.Find("nobody"), nullptr);
}

TEST(TreeOfTest, TheFirstOfSeveralEdgesLeads) {
  const Tree tree = Tree::Of(BundleF());
  EXPECT_EQ(tree.Hierarchy(), 'f');
  const auto edges = tree.PlacesOf(Tier::kEdge);
  ASSERT_EQ(edges.size(), 2U);
  EXPECT_EQ(&tree.Lead(), edges[0]);
  EXPECT_THAT(edges[0]->exits, ElementsAre(Tier::kDevice, Tier::kEdge));
  EXPECT_THAT(edges[1]->exits, IsEmpty());
  EXPECT_THAT(edges[1]->sections, ElementsAre(5));
  EXPECT_THAT(tree.DevicesBelow(*edges[1]), ElementsAre(2, 3));
}

TEST(TreeOfTest, EveryLetterOfTheFigureIsToldApart) {
  const auto letter = [](int devices, int edges) {
    return Tree::Of(MakeTestBundle({.devices = devices, .edges = edges}))
        .Hierarchy();
  };
  EXPECT_EQ(letter(1, 0), 'b');
  EXPECT_EQ(letter(2, 0), 'c');
  EXPECT_EQ(letter(1, 1), 'd');
  EXPECT_EQ(letter(2, 1), 'e');
  EXPECT_EQ(letter(2, 2), 'f');
  EXPECT_EQ(Tree::Of(BundleC(), Offload::kRaw).Hierarchy(), 'a');
}

TEST(TreeOfTest, SeveralEdgesNeedAnExitThatSaysWhoLeads) {
  Bundle bundle = BundleF();
  bundle.exits.erase(bundle.exits.begin(), bundle.exits.end() - 1);
  EXPECT_EQ(CheckBundle(bundle).error(), Error::kBadShape);
}

TEST(TreeOfTest, AnOffloadRunsEverySectionInTheCloud) {
  const Tree tree = Tree::Of(BundleC(), Offload::kJpeg, 75);
  EXPECT_EQ(tree.offload(), Offload::kJpeg);
  EXPECT_EQ(tree.jpeg_quality(), 75);
  EXPECT_THAT(tree.Lead().exits, IsEmpty());
  EXPECT_THAT(tree.Find("device0")->sections, IsEmpty());
  EXPECT_THAT(tree.PlacesOf(Tier::kCloud)[0]->sections, ElementsAre(0, 1, 2));
}

class TreeFileTest : public ::testing::Test {
 protected:
  Tree Read(const std::string& text, const Bundle& bundle = BundleC()) const {
    const auto file = folder_ / "tree.yaml";
    std::ofstream(file) << text;
    return Tree::Read(file, bundle);
  }
  std::string FaultOf(const std::string& text,
                      const Bundle& bundle = BundleC()) const {
    try {
      (void)Read(text, bundle);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no fault";
  }
  static std::string With(std::string text, const std::string& from,
                          const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  TempFolder folder_;
  const std::string tree_c_ =
      "places:\n"
      "  far: {tier: cloud, sections: [cloud], exits: [cloud], children: "
      "[near]}\n"
      "  near: {tier: edge, exits: [local], children: [a, b]}\n"
      "  b: {tier: device, device: 1, sections: [device1]}\n"
      "  a: {tier: device, device: 0, sections: [device0]}\n";
  const std::string tree_f_ =
      "places:\n"
      "  cloud: {tier: cloud, sections: [cloud], exits: [cloud], children: "
      "[e0, e1]}\n"
      "  e0: {tier: edge, sections: [edge0], children: [d0, d1]}\n"
      "  e1: {tier: edge, sections: [edge1], exits: [local, edge], children: "
      "[d2, d3]}\n"
      "  d0: {tier: device, device: 0, sections: [device0]}\n"
      "  d1: {tier: device, device: 1, sections: [device1]}\n"
      "  d2: {tier: device, device: 2, sections: [device2]}\n"
      "  d3: {tier: device, device: 3, sections: [device3]}\n";
};

TEST_F(TreeFileTest, PlacesMayHaveAnyNamesAndAnyOrder) {
  const Tree tree = Read(tree_c_);
  EXPECT_EQ(tree.Hierarchy(), 'c');
  EXPECT_EQ(tree.Lead().name, "near");
  EXPECT_EQ(tree.places().front().name, "a");
  EXPECT_EQ(tree.places().back().name, "far");
  EXPECT_EQ(tree.Find("b")->parent, "near");
}

TEST_F(TreeFileTest, TheEdgeThatDecidesExitsLeads) {
  EXPECT_EQ(Read(tree_f_, BundleF()).Lead().name, "e1");
}

TEST_F(TreeFileTest, WhatATreeWritesItReads) {
  const auto again = [this](const Tree& tree, const Bundle& bundle) {
    return Read(tree.ToYaml(bundle), bundle).ToYaml(bundle);
  };
  for (const Offload offload :
       {Offload::kNone, Offload::kRaw, Offload::kJpeg}) {
    const Tree tree = Tree::Of(BundleC(), offload, 60);
    EXPECT_EQ(again(tree, BundleC()), tree.ToYaml(BundleC()));
  }
  const Tree tree = Tree::Of(BundleF());
  EXPECT_EQ(again(tree, BundleF()), tree.ToYaml(BundleF()));
}

TEST_F(TreeFileTest, ACycleIsRefused) {
  EXPECT_THAT(
      FaultOf(With(tree_c_, "children: [a, b]", "children: [a, b, far]")),
      HasSubstr("tree.yaml:2: place 'far' is below itself: a cycle of "
                "children"));
}

TEST_F(TreeFileTest, AnOrphanIsRefused) {
  EXPECT_THAT(FaultOf(With(tree_c_, "[a, b]", "[a]")),
              HasSubstr("tree.yaml:4: place 'b' is nobody's child; name it "
                        "among the children of one place of tier edge"));
}

TEST_F(TreeFileTest, TwoParentsAreRefused) {
  EXPECT_THAT(
      FaultOf(With(tree_f_, "[d2, d3]", "[d1, d2, d3]"), BundleF()),
      AllOf(HasSubstr("tree.yaml:"), HasSubstr("its child 'd1' is already")));
}

TEST_F(TreeFileTest, AChildThatIsNoPlaceIsRefused) {
  EXPECT_THAT(
      FaultOf(With(tree_c_, "[a, b]", "[a, b, c]")),
      HasSubstr("tree.yaml:3: place 'near': its child 'c' is no place"));
}

TEST_F(TreeFileTest, AChildOfAWrongTierIsRefused) {
  EXPECT_THAT(
      FaultOf(With(With(tree_c_, "[near]", "[near, a]"), "[a, b]", "[b]")),
      HasSubstr("place 'a' of tier device is a child of 'far' of tier "
                "cloud; must be of tier edge"));
}

TEST_F(TreeFileTest, AnExitThatIsDecidedNowhereIsRefused) {
  EXPECT_THAT(FaultOf(With(tree_c_, "exits: [local], ", "")),
              HasSubstr("exit 'local' is decided nowhere"));
  EXPECT_THAT(FaultOf(With(tree_c_, "exits: [cloud], ", "")),
              HasSubstr("exit 'cloud' is decided nowhere; add it to the exits "
                        "of the cloud"));
}

TEST_F(TreeFileTest, ExitsAtTwoEdgesOrAWrongTierAreRefused) {
  EXPECT_THAT(
      FaultOf(With(With(tree_f_, "[local, edge]", "[edge]"),
                   "sections: [edge0]", "sections: [edge0], exits: [local]"),
              BundleF()),
      HasSubstr("both decide exits"));
  EXPECT_THAT(FaultOf(With(tree_f_, "sections: [edge0]",
                           "sections: [edge0], exits: [edge]"),
                      BundleF()),
              HasSubstr("exit 'edge' is decided twice"));
  EXPECT_THAT(FaultOf(With(tree_c_, "exits: [cloud]", "exits: [cloud, local]")),
              HasSubstr("exit 'local' is decided at the edge"));
}

TEST_F(TreeFileTest, ASectionRunsAtOnePlaceThatFits) {
  EXPECT_THAT(FaultOf(With(tree_c_, ", sections: [device1]", "")),
              HasSubstr("section 'device1' runs nowhere"));
  EXPECT_THAT(FaultOf(With(tree_c_, "[device1]", "[device0]")),
              HasSubstr("place 'b' is device 1, but runs section 'device0'"));
  EXPECT_THAT(
      FaultOf(With(tree_c_, "sections: [cloud]", "sections: [cloud, device1]")),
      HasSubstr("section 'device1' runs at a place of tier device"));
  EXPECT_THAT(FaultOf(With(With(tree_f_, "[d0, d1]", "[d0, d2]"), "[d2, d3]",
                           "[d1, d3]"),
                      BundleF()),
              HasSubstr("section 'edge0' is above the devices 0, 1, its "
                        "children are 0, 2"));
}

TEST_F(TreeFileTest, ABundleThatDoesNotFitIsRefused) {
  EXPECT_THAT(FaultOf(tree_c_, BundleF()),
              HasSubstr("no place is device 2; bundle"));
  EXPECT_THAT(FaultOf(tree_f_, MakeTestBundle({.devices = 4, .edges = 1})),
              HasSubstr("no section 'edge0'; bundle"));
  EXPECT_THAT(FaultOf(With(tree_c_, "device: 1", "device: 0")),
              HasSubstr("are both device 0"));
  EXPECT_THAT(FaultOf("offload: raw\n" + tree_f_, BundleF()),
              HasSubstr("has an edge section; take one of hierarchy b or c"));
}

TEST_F(TreeFileTest, AnOffloadDecidesTheCloudsExitAlone) {
  const std::string offload = "offload: raw\n";
  const std::string moved =
      With(With(With(tree_c_, "sections: [cloud]",
                     "sections: [device0, device1, cloud]"),
                ", sections: [device1]", ""),
           ", sections: [device0]}", "}");
  EXPECT_THAT(FaultOf(offload + moved),
              HasSubstr("exit 'local' is not decided where views are "
                        "offloaded"));
  EXPECT_EQ(Read(offload + With(moved, "exits: [local], ", "")).Hierarchy(),
            'a');
  EXPECT_THAT(FaultOf(offload + tree_c_),
              HasSubstr("runs at a place of tier cloud, since views are"));
}

TEST_F(TreeFileTest, WhatIsNoTreeIsRefused) {
  EXPECT_THAT(FaultOf("places: {\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(FaultOf("- a\n"), HasSubstr("the tree must hold `key: value`"));
  EXPECT_THAT(FaultOf(""), HasSubstr("tree.yaml:1: the tree must hold"));
  EXPECT_THAT(FaultOf("places: {a: {tier: sky}}\n"),
              HasSubstr("tier = 'sky': must be device, edge or cloud"));
  EXPECT_THAT(FaultOf("offload: all\nplaces: {}\n"),
              HasSubstr("offload = 'all': must be none, raw or jpeg"));
  EXPECT_THAT(FaultOf("jpeg_quality: 0\nplaces: {}\n"),
              HasSubstr("jpeg_quality = '0': must be a whole number from 1"));
  EXPECT_THAT(FaultOf(tree_c_ + "  a: {tier: device, device: 0}\n"),
              HasSubstr("tree.yaml:6: places: 'a' is given twice"));
  EXPECT_THAT(FaultOf(With(tree_c_, "device: 1", "device: 2")),
              HasSubstr("device = '2': must be a whole number from 0 to 1"));
  EXPECT_THAT(FaultOf(With(tree_c_, "device: 1, ", "")),
              HasSubstr("a device names its index in the group"));
  EXPECT_THAT(FaultOf("place: {}\n"), HasSubstr("unknown key 'place'"));
}

TEST_F(TreeFileTest, AMissingFileIsNamed) {
  EXPECT_THROW((void)Tree::Read(folder_ / "nothing.yaml", BundleC()),
               ConfigError);
}

class PlacementTest : public ::testing::Test {
 protected:
  PlacementTest() {
    config_.bundle = folder_ / "net.ddnn";
    EXPECT_TRUE(WriteBundle(BundleF(), config_.bundle).ok());
  }
  std::string FaultOf(Tier tier) const {
    try {
      (void)LoadPlacement(config_, tier);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no fault";
  }
  TempFolder folder_;
  PlaceConfig config_;
};

TEST_F(PlacementTest, TheOnlyPlaceOfATierNeedNotBeNamed) {
  EXPECT_EQ(LoadPlacement(config_, Tier::kCloud).place.name, "cloud");
  EXPECT_THAT(FaultOf(Tier::kEdge),
              HasSubstr("place = '': " + config_.bundle.string() +
                        " has for agents of tier edge: edge0, edge1"));
}

TEST_F(PlacementTest, APlaceIsFoundAmongThoseOfItsTier) {
  config_.place = "edge1";
  EXPECT_EQ(LoadPlacement(config_, Tier::kEdge).place.sections[0], 5);
  EXPECT_THAT(FaultOf(Tier::kCloud), HasSubstr("place = 'edge1'"));
}

}  // namespace
}  // namespace ddnn
