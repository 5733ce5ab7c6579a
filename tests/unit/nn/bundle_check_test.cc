#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>
#include <string>
#include <utility>

#include "core/nn/bundle.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

/// One thing that can be wrong with a bundle.
struct Fault {
  std::string name;
  std::function<void(Bundle&)> apply;
  Error error = Error::kBadShape;
  std::string message;  ///< that the operator reads, in part
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class BundleFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(BundleFaultTest, IsRefusedByCheckAndByDecoder) {
  // Two devices, one edge (AP over both), the cloud; CC of the scores.
  Bundle bundle = MakeTestBundle({.devices = 2,
                                  .edges = 1,
                                  .filters = 3,
                                  .scores = Aggregation::kConcat,
                                  .maps = Aggregation::kAveragePool});
  GetParam().apply(bundle);
  for (const Status& status : {CheckBundle(bundle), [&]() -> Status {
                                 auto decoded =
                                     DecodeBundle(EncodeBundle(bundle));
                                 if (decoded) return Done{};
                                 return decoded.failure();
                               }()}) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error(), GetParam().error) << status.message();
    EXPECT_THAT(status.message(), testing::HasSubstr(GetParam().message));
  }
}

ConvP& Layer(Bundle& b, std::size_t node, std::size_t layer) {
  return b.nodes[node].section.layers[layer];
}
BinaryFc& Head(Bundle& b, std::size_t node) {
  return b.nodes[node].section.head;
}

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

const Fault kNameFaults[] = {
    {"NameIsEmpty", [](Bundle& b) { b.name.clear(); }, Error::kOutOfRange,
     "its name"},
    {"NameIsTooLong", [](Bundle& b) { b.name.assign(65, 'a'); },
     Error::kOutOfRange, "name"},
    {"NameHasLineBreak", [](Bundle& b) { b.name = "a\nb"; }, Error::kOutOfRange,
     "its name"},
    {"OneClass", [](Bundle& b) { b.classes.resize(1); }, Error::kOutOfRange,
     "1 classes, allowed are 2 to 64"},
    {"TooManyClasses", [](Bundle& b) { b.classes.resize(65, "x"); },
     Error::kOutOfRange, "65 classes"},
    {"ClassTwice", [](Bundle& b) { b.classes[2] = b.classes[0]; },
     Error::kOutOfRange, "classes 0 and 2 are both 'class0'"},
    {"ClassWithoutName", [](Bundle& b) { b.classes[1].clear(); },
     Error::kOutOfRange, "the name of class 1"},
    {"ClassIsNotUtf8", [](Bundle& b) { b.classes[1] = "\xC0\xAF"; },
     Error::kOutOfRange, "the name of class 1"},
    {"ClassIsCutUtf8", [](Bundle& b) { b.classes[1] = "caf\xC3"; },
     Error::kOutOfRange, "the name of class 1"},
    {"ClassIsASurrogate", [](Bundle& b) { b.classes[1] = "\xED\xA0\x80"; },
     Error::kOutOfRange, "the name of class 1"},
    {"UnknownAbsentMode", [](Bundle& b) { b.absent = Absent{2}; },
     Error::kOutOfRange, "absent mode 2"},
    {"HugeTrainingRecord",
     [](Bundle& b) {
       b.training_record.assign(kMaxTrainingRecordBytes + 1, '1');
     },
     Error::kOutOfRange, "record of 1048577 bytes"},
    {"CameraHasControlCharacter", [](Bundle& b) { b.nodes[1].camera = "\x7F"; },
     Error::kOutOfRange, "node 1"},
};

const Fault kTreeFaults[] = {
    {"NoNodes", [](Bundle& b) { b.nodes.clear(); }, Error::kOutOfRange,
     "0 devices"},
    {"NoDevices",
     [](Bundle& b) { b.nodes.erase(b.nodes.begin(), b.nodes.begin() + 2); },
     Error::kOutOfRange, "0 devices"},
    {"TooManyDevices",
     [](Bundle& b) { b.nodes.insert(b.nodes.begin(), 31, b.nodes[0]); },
     Error::kOutOfRange, "33 devices"},
    {"TooManyEdges",
     [](Bundle& b) { b.nodes.insert(b.nodes.begin() + 2, 8, b.nodes[2]); },
     Error::kOutOfRange, "9 edges"},
    {"NoCloud", [](Bundle& b) { b.nodes.pop_back(); }, Error::kBadShape,
     "0 cloud nodes"},
    {"TwoClouds", [](Bundle& b) { b.nodes.push_back(b.nodes.back()); },
     Error::kBadShape, "2 cloud nodes"},
    {"DeviceAfterEdge", [](Bundle& b) { std::swap(b.nodes[1], b.nodes[2]); },
     Error::kBadShape, "node 2 ('device1') must not follow a deeper tier"},
    {"UnknownTier", [](Bundle& b) { b.nodes[0].tier = Tier{9}; },
     Error::kOutOfRange, "tier 9"},
    {"UnknownAggregation",
     [](Bundle& b) { b.nodes[3].aggregation = Aggregation{3}; },
     Error::kOutOfRange, "aggregation 3"},
    {"NodeWithoutName", [](Bundle& b) { b.nodes[0].name.clear(); },
     Error::kOutOfRange, "node 0"},
    {"NodeNameThatIsNoId", [](Bundle& b) { b.nodes[0].name = "Cam 1"; },
     Error::kOutOfRange, "the name of node 0 must be 1 to 32 of a-z"},
    {"TwoNodesOfOneName", [](Bundle& b) { b.nodes[1].name = "device0"; },
     Error::kOutOfRange, "node 1 must not be named 'device0' too"},
    {"DeviceNamedEdge",
     [](Bundle& b) {
       b.nodes[2].name = "middle";
       b.nodes[0].name = "edge";
     },
     Error::kOutOfRange, "node 0 must not be named 'edge', which is for edges"},
    {"Orphan", [](Bundle& b) { b.nodes[1].parent = -1; }, Error::kBadShape,
     "node 1 ('device1') has parent -1 of 4 nodes"},
    {"ParentBeyondTheEnd", [](Bundle& b) { b.nodes[0].parent = 4; },
     Error::kBadShape, "has parent 4 of 4"},
    {"OwnParent", [](Bundle& b) { b.nodes[2].parent = 2; }, Error::kBadShape,
     "node 2 ('edge') has a parent of tier edge, not cloud"},
    {"DeviceUnderDevice", [](Bundle& b) { b.nodes[0].parent = 1; },
     Error::kBadShape, "parent of tier device, not edge"},
    {"DevicePastItsEdge", [](Bundle& b) { b.nodes[0].parent = 3; },
     Error::kBadShape, "parent of tier cloud, not edge"},
    {"RootHasAParent", [](Bundle& b) { b.nodes[3].parent = 2; },
     Error::kBadShape, "the root has parent 2"},
    {"EdgeWithoutChildren",
     [](Bundle& b) {
       b.nodes.insert(b.nodes.begin() + 2, b.nodes[2]);
       b.nodes[2].parent = b.nodes[3].parent = 4;
       b.nodes[0].parent = b.nodes[1].parent = 3;
     },
     Error::kBadShape, "node 2 ('edge') has no children"},
};

const Fault kSectionFaults[] = {
    {"NoLayers", [](Bundle& b) { b.nodes[0].section.layers.clear(); },
     Error::kOutOfRange, "node 0 ('device0') has 0 layers"},
    {"TooManyLayers",
     [](Bundle& b) {
       auto& layers = b.nodes[3].section.layers;
       layers.resize(5, layers[1]);
     },
     Error::kOutOfRange, "5 layers"},
    {"ChannelsDoNotChain", [](Bundle& b) { Layer(b, 3, 1).in_channels = 7; },
     Error::kBadShape, "layer 1 reads 7 channels, but gets 8"},
    {"PixelsOfOneChannel", [](Bundle& b) { Layer(b, 0, 0).in_channels = 1; },
     Error::kBadShape, "layer 0 reads 1 channels, but gets 3"},
    {"NoFilters", [](Bundle& b) { Layer(b, 0, 0).filters = 0; },
     Error::kOutOfRange, "0 filters"},
    {"TooManyFilters", [](Bundle& b) { Layer(b, 0, 0).filters = 65; },
     Error::kOutOfRange, "65 filters"},
    {"PoolStrideZero", [](Bundle& b) { Layer(b, 0, 0).pool_stride = 0; },
     Error::kOutOfRange, "pool stride 0"},
    {"PoolStrideThree", [](Bundle& b) { Layer(b, 0, 0).pool_stride = 3; },
     Error::kOutOfRange, "pool stride 3"},
    {"DeviceDoesNotReadPixels",
     [](Bundle& b) { Layer(b, 1, 0).reads_pixels = false; }, Error::kBadShape,
     "node 1 ('device1'): layer 0 does not read pixels"},
    {"CloudReadsPixels", [](Bundle& b) { Layer(b, 3, 0).reads_pixels = true; },
     Error::kBadShape, "layer 0 reads pixels"},
    {"WeightsTooShort", [](Bundle& b) { Layer(b, 0, 0).weights.pop_back(); },
     Error::kBadShape, "10 bytes of weights"},
    {"NoWeights", [](Bundle& b) { Layer(b, 0, 0).weights.clear(); },
     Error::kBadShape, "0 bytes of weights"},
    {"DirectionsTooLong",
     [](Bundle& b) { Layer(b, 0, 0).at_least.push_back(0); }, Error::kBadShape,
     "2 of directions, not 11 and 1"},
    {"UnusedWeightBitSet",
     [](Bundle& b) { Layer(b, 0, 0).weights.back() |= 0x80; },
     Error::kOutOfRange, "unused bits of layer 0"},
    {"UnusedDirectionBitSet",
     [](Bundle& b) { Layer(b, 0, 0).at_least.back() |= 0x08; },
     Error::kOutOfRange, "unused bits of layer 0"},
    {"ThresholdMissing",
     [](Bundle& b) { Layer(b, 0, 0).thresholds.pop_back(); }, Error::kBadShape,
     "2 thresholds, not 1 x 3"},
    {"OneTableAfterTwoMaps",
     [](Bundle& b) { Layer(b, 2, 0).thresholds.resize(4); }, Error::kBadShape,
     "node 2 ('edge'): layer 0 has 4 thresholds, not 2 x 4"},
    {"TablesForASingleInput",
     [](Bundle& b) { Layer(b, 3, 1).thresholds.resize(16); }, Error::kBadShape,
     "16 thresholds, not 1 x 8"},
    {"PixelThresholdTooHigh",
     [](Bundle& b) { Layer(b, 0, 0).thresholds[0] = kMaxPixelThreshold + 1; },
     Error::kOutOfRange, "threshold 1769474"},
    {"PixelThresholdTooLow",
     [](Bundle& b) {
       Layer(b, 0, 0).thresholds[0] = std::numeric_limits<std::int32_t>::min();
     },
     Error::kOutOfRange, "threshold -2147483648"},
    {"MapsOfDifferentSize",
     [](Bundle& b) {
       b = MakeTestBundle({.devices = 2, .filters = 3});
       Layer(b, 1, 0).pool_stride = 1;
       Head(b, 1).inputs = 3 * 32 * 32;
       Head(b, 1).weights.resize(3 * 3 * 32 * 32 / 8);
     },
     Error::kBadShape, "cannot join maps of 3x16x16 and 3x32x32"},
    {"MapsOfDifferentDepthUnderPooling",
     [](Bundle& b) {
       b.nodes[1] = MakeTestBundle({.devices = 2, .filters = 4}).nodes[1];
     },
     Error::kBadShape, "cannot join maps of 3x16x16 and 4x16x16"},
    {"TooManyChannels",
     [](Bundle& b) {
       b = MakeTestBundle({.devices = 2, .filters = 64, .device_layers = 2});
       while (b.device_count() < 5) b.nodes.insert(b.nodes.begin(), b.nodes[0]);
       for (std::size_t i = 0; i < 5; ++i) b.nodes[i].parent = 5;
       Layer(b, 5, 0).in_channels = 320;
     },
     Error::kOutOfRange, "320 channels (at most 256)"},
    {"HeadOfAnotherMap", [](Bundle& b) { Head(b, 0).inputs = 767; },
     Error::kBadShape, "767 inputs and 3 classes, not 768 and 3"},
    {"HeadOfOtherClasses", [](Bundle& b) { Head(b, 3).classes = 4; },
     Error::kBadShape, "and 4 classes"},
    {"HeadWeightsTooShort", [](Bundle& b) { Head(b, 2).weights.pop_back(); },
     Error::kBadShape, "node 2 ('edge'): its head has 95 bytes"},
    {"HeadTooWideForItsSums",
     [](Bundle& b) {
       b = MakeTestBundle({.devices = 1, .filters = 32});
       Layer(b, 0, 0).pool_stride = 1;
       Head(b, 0).inputs = 32768;
     },
     Error::kOutOfRange, "32768 inputs, at most 32767"},
    {"UnusedHeadBitSet",
     [](Bundle& b) {
       // Maps of 2x2: four bits a plane, twelve inputs, two bytes a class.
       b = MakeTestBundle({.devices = 1, .filters = 3, .device_layers = 4});
       Head(b, 0).weights[3] |= 0x10;
     },
     Error::kOutOfRange, "unused bits of its head"},
};

const Fault kExitFaults[] = {
    {"NoExits", [](Bundle& b) { b.exits.clear(); }, Error::kBadShape,
     "the cloud's exit must exist"},
    {"NoCloudExit", [](Bundle& b) { b.exits.pop_back(); }, Error::kBadShape,
     "the cloud's exit must exist"},
    {"ExitTwice", [](Bundle& b) { b.exits[1] = b.exits[0]; }, Error::kBadShape,
     "exits must be one a tier"},
    {"ExitsOutOfOrder", [](Bundle& b) { std::swap(b.exits[0], b.exits[1]); },
     Error::kBadShape, "in order of tiers"},
    {"ExitOfUnknownTier", [](Bundle& b) { b.exits[0].tier = Tier{7}; },
     Error::kBadShape, "in order of tiers"},
    {"EdgeExitWithoutEdge",
     [](Bundle& b) {
       const Exit edge = b.exits[1];
       b = MakeTestBundle({.devices = 2});
       b.exits.insert(b.exits.begin() + 1, edge);
     },
     Error::kBadShape, "edge exit: the tree has no such node"},
    {"ExitOfUnknownAggregation",
     [](Bundle& b) { b.exits[0].aggregation = Aggregation{5}; },
     Error::kOutOfRange, "local exit: aggregation 5"},
    {"ScaleMissing", [](Bundle& b) { b.exits[0].scale.pop_back(); },
     Error::kBadShape, "local exit: 5 scales and 6 biases, not 2 nodes x 3"},
    {"BiasTooLong", [](Bundle& b) { b.exits[2].bias.push_back(0); },
     Error::kBadShape, "cloud exit: 3 scales and 4 biases"},
    {"ConcatWithoutWeights",
     [](Bundle& b) { b.exits[0].concat_weights.clear(); }, Error::kBadShape,
     "local exit: 0 bytes of weights"},
    {"ConcatScaleMissing",
     [](Bundle& b) { b.exits[0].concat_scale.pop_back(); }, Error::kBadShape,
     "2 scales and 3 biases after the aggregation"},
    {"UnusedConcatBitSet",
     [](Bundle& b) { b.exits[0].concat_weights.back() |= 0x04; },
     Error::kOutOfRange, "local exit: unused bits"},
    {"ScaleIsNaN", [](Bundle& b) { b.exits[0].scale[0] = kNaN; },
     Error::kOutOfRange, "scale or bias nan"},
    {"BiasIsInfinite", [](Bundle& b) { b.exits[0].bias[0] = -kInfinity; },
     Error::kOutOfRange, "scale or bias -inf"},
    {"ScaleOverflowsLogits",
     [](Bundle& b) { b.exits[0].concat_scale[0] = 1e30F; }, Error::kOutOfRange,
     "scale or bias 1e+30"},
    {"ThresholdIsNaN", [](Bundle& b) { b.exits[0].threshold = kNaN; },
     Error::kOutOfRange, "local exit: threshold nan"},
    {"ThresholdAboveOne", [](Bundle& b) { b.exits[1].threshold = 1.01F; },
     Error::kOutOfRange, "edge exit: threshold 1.01"},
    {"TemperatureZero", [](Bundle& b) { b.exits[0].temperature = 0; },
     Error::kOutOfRange, "local exit: temperature 0"},
    {"TemperatureInfinite",
     [](Bundle& b) { b.exits[0].temperature = kInfinity; }, Error::kOutOfRange,
     "temperature inf"},
};

std::string NameOf(const testing::TestParamInfo<Fault>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Names, BundleFaultTest, testing::ValuesIn(kNameFaults),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Tree, BundleFaultTest, testing::ValuesIn(kTreeFaults),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Sections, BundleFaultTest,
                         testing::ValuesIn(kSectionFaults), NameOf);
INSTANTIATE_TEST_SUITE_P(Exits, BundleFaultTest, testing::ValuesIn(kExitFaults),
                         NameOf);

TEST(BundleCheckTest, NonAsciiNamesAreAllowed) {
  Bundle bundle = MakeTestBundle();
  bundle.classes[0] = "Fu\xC3\x9Fg\xC3\xA4nger";
  bundle.nodes[0].camera = "\xF0\x9F\x93\xB7";
  EXPECT_TRUE(CheckBundle(bundle).ok());
}

TEST(BundleCheckTest, ThresholdsThatAreNeverMetAreAllowed) {
  Bundle bundle = MakeTestBundle();
  bundle.nodes[0].section.layers[0].thresholds[0] = kMaxPixelThreshold;
  bundle.nodes[1].section.layers[0].thresholds[0] = -kMaxPixelThreshold;
  bundle.nodes[6].section.layers[0].thresholds[0] =
      std::numeric_limits<std::int32_t>::max();
  EXPECT_TRUE(CheckBundle(bundle).ok());
}

TEST(BundleCheckTest, ConcatJoinsMapsOfDifferentDepth) {
  Bundle bundle = MakeTestBundle({.devices = 2, .filters = 4});
  bundle.nodes[1] = MakeTestBundle({.devices = 2, .filters = 2}).nodes[1];
  ConvP& layer = bundle.nodes[2].section.layers[0];
  layer.in_channels = 6;
  layer.weights.assign(54, 0);
  for (std::size_t c = 0; c < 3; ++c) {
    bundle.exits[0].scale[3 + c] = bundle.exits[0].scale[c];
  }
  const Status status = CheckBundle(bundle);
  EXPECT_TRUE(status.ok()) << status.message();
}

}  // namespace
}  // namespace ddnn
