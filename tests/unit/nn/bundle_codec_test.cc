#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <tuple>

#include "core/base/file.h"
#include "core/nn/bundle.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Bundle Reread(const Bundle& bundle) {
  auto read = DecodeBundle(EncodeBundle(bundle));
  EXPECT_TRUE(read.ok()) << read.message();
  return std::move(*read);
}

TEST(BundleCodecTest, RoundTripKeepsEveryField) {
  for (const auto scores : {Aggregation::kMaxPool, Aggregation::kConcat}) {
    Bundle bundle = MakeTestBundle({.edges = 1,
                                    .scores = scores,
                                    .maps = Aggregation::kAveragePool,
                                    .absent = Absent::kBlank,
                                    .seed = 7});
    bundle.exits[0].temperature = 1.5F;
    const Bundle read = Reread(bundle);
    EXPECT_EQ(read.name, bundle.name);
    EXPECT_EQ(read.classes, bundle.classes);
    EXPECT_EQ(read.absent, bundle.absent);
    EXPECT_EQ(read.training_record, bundle.training_record);
    EXPECT_EQ(read.tag, bundle.tag);
    ASSERT_EQ(read.nodes.size(), bundle.nodes.size());
    for (std::size_t i = 0; i < read.nodes.size(); ++i) {
      const Node& a = read.nodes[i];
      const Node& b = bundle.nodes[i];
      EXPECT_EQ(
          std::tie(a.name, a.tier, a.parent, a.aggregation, a.camera, a.hash),
          std::tie(b.name, b.tier, b.parent, b.aggregation, b.camera, b.hash));
      ASSERT_EQ(a.section.layers.size(), b.section.layers.size());
      for (std::size_t l = 0; l < a.section.layers.size(); ++l) {
        const ConvP& x = a.section.layers[l];
        const ConvP& y = b.section.layers[l];
        EXPECT_EQ(
            std::tie(x.in_channels, x.filters, x.pool_stride, x.reads_pixels,
                     x.weights, x.thresholds, x.at_least),
            std::tie(y.in_channels, y.filters, y.pool_stride, y.reads_pixels,
                     y.weights, y.thresholds, y.at_least));
      }
      EXPECT_EQ(a.section.head.inputs, b.section.head.inputs);
      EXPECT_EQ(a.section.head.classes, b.section.head.classes);
      EXPECT_EQ(a.section.head.weights, b.section.head.weights);
    }
    ASSERT_EQ(read.exits.size(), bundle.exits.size());
    for (std::size_t i = 0; i < read.exits.size(); ++i) {
      const Exit& a = read.exits[i];
      const Exit& b = bundle.exits[i];
      EXPECT_EQ(
          std::tie(a.tier, a.aggregation, a.scale, a.bias, a.concat_weights,
                   a.concat_scale, a.concat_bias, a.threshold, a.temperature),
          std::tie(b.tier, b.aggregation, b.scale, b.bias, b.concat_weights,
                   b.concat_scale, b.concat_bias, b.threshold, b.temperature));
    }
  }
}

TEST(BundleCodecTest, EncodingIsDeterministic) {
  const Bundle bundle = MakeTestBundle();
  const std::string bytes = EncodeBundle(bundle);
  EXPECT_EQ(EncodeBundle(Reread(bundle)), bytes);
}

TEST(BundleCodecTest, BytesAtAnyAddressAreRead) {
  const std::string bytes = EncodeBundle(MakeTestBundle());
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + bytes;
    const auto read = DecodeBundle(std::string_view(moved).substr(shift));
    EXPECT_TRUE(read.ok()) << read.message();
  }
}

// ---- the tag ----------------------------------------------------------------

TEST(BundleTagTest, ThresholdsAndNamesOfThingsAreNotInIt) {
  const Bundle bundle = MakeTestBundle();
  Bundle other = bundle;
  other.name = "renamed";
  other.training_record = "{}";
  other.nodes[0].camera = "left";
  other.exits[0].threshold = 0.1F;
  other.exits[0].temperature = 2.0F;
  EXPECT_NE(bundle.tag, 0U);
  EXPECT_EQ(Reread(other).tag, bundle.tag);
}

TEST(BundleTagTest, WeightsTreeAndClassesAreInIt) {
  const Bundle bundle = MakeTestBundle();
  const auto tag_after = [&bundle](auto change) {
    Bundle other = bundle;
    change(other);
    return Reread(other).tag;
  };
  EXPECT_NE(tag_after([](Bundle& b) {
              b.nodes[0].section.layers[0].weights[0] ^= 1;
            }),
            bundle.tag);
  EXPECT_NE(tag_after([](Bundle& b) {
              b.nodes[6].section.layers[1].thresholds[0] += 1;
            }),
            bundle.tag);
  EXPECT_NE(tag_after([](Bundle& b) { b.exits[0].bias[0] += 1; }), bundle.tag);
  EXPECT_NE(tag_after([](Bundle& b) {
              b.exits[0].aggregation = Aggregation::kAveragePool;
            }),
            bundle.tag);
  EXPECT_NE(tag_after([](Bundle& b) { b.absent = Absent::kBlank; }),
            bundle.tag);
  EXPECT_NE(tag_after([](Bundle& b) { std::swap(b.classes[0], b.classes[1]); }),
            bundle.tag);
}

// Every agent of a group must compute the same tag, also after an update: the
// values of this release, for ever.
TEST(BundleTagTest, StaysTheSameAcrossReleases) {
  EXPECT_EQ(MakeTestBundle().nodes[0].hash, 15180644883097295632U);
  EXPECT_EQ(MakeTestBundle().tag, 3168404164U);
}

// ---- damage -----------------------------------------------------------------

Failure FailureOf(std::string_view bytes) {
  const auto read = DecodeBundle(bytes);
  if (read) return {Error::kRefused, "was accepted"};
  return read.failure();
}

TEST(BundleDamageTest, EmptyFileIsTruncated) {
  EXPECT_EQ(FailureOf("").error, Error::kTruncated);
}

TEST(BundleDamageTest, CutAtEveryLengthIsRefused) {
  const std::string bytes =
      EncodeBundle(MakeTestBundle({.devices = 2, .filters = 2}));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Error error =
        FailureOf(std::string_view(bytes).substr(0, length)).error;
    ASSERT_EQ(error, length < 8 ? Error::kTruncated : Error::kMalformed)
        << "at " << length << " of " << bytes.size();
  }
}

TEST(BundleDamageTest, WrongIdentifierIsNamed) {
  std::string bytes = EncodeBundle(MakeTestBundle());
  bytes[4] = 'X';
  const Failure failure = FailureOf(bytes);
  EXPECT_EQ(failure.error, Error::kWrongIdentifier);
  EXPECT_THAT(failure.message, HasSubstr("DDNB"));
}

TEST(BundleDamageTest, FileBeyondTheLimitIsOversized) {
  EXPECT_EQ(FailureOf(std::string(kBundleLimitBytes + 1, '\0')).error,
            Error::kOversized);
}

TEST(BundleDamageTest, LyingOffsetsAreMalformed) {
  std::string bytes = EncodeBundle(MakeTestBundle());
  bytes[3] = '\x7F';  // the root, 2 GiB further on
  EXPECT_EQ(FailureOf(bytes).error, Error::kMalformed);
}

TEST(BundleDamageTest, FlippedWeightNamesTheNode) {
  const Bundle bundle = MakeTestBundle();
  std::string bytes = EncodeBundle(bundle);
  const auto& weights = bundle.nodes[3].section.head.weights;
  const std::size_t at = bytes.find(
      std::string(reinterpret_cast<const char*>(weights.data()), 32));
  ASSERT_NE(at, std::string::npos);
  bytes[at + 5] = static_cast<char>(bytes[at + 5] ^ 0x10);
  const Failure failure = FailureOf(bytes);
  EXPECT_EQ(failure.error, Error::kMalformed);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("node 3 ('device3')"), HasSubstr("damaged")));
}

TEST(BundleDamageTest, FlippedExitWeightIsNoticed) {
  const Bundle bundle = MakeTestBundle();
  std::string bytes = EncodeBundle(bundle);
  const auto& bias = bundle.exits[0].bias;
  const std::size_t at =
      bytes.find(std::string(reinterpret_cast<const char*>(bias.data()), 16));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  const Failure failure = FailureOf(bytes);
  EXPECT_EQ(failure.error, Error::kMalformed);
  EXPECT_THAT(failure.message, HasSubstr("its tag is"));
}

// ---- files ------------------------------------------------------------------

class BundleFileTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      ("bundle_file_test." + std::to_string(::getpid()) + ".ddnn");
};

TEST_F(BundleFileTest, WrittenFileIsReadBack) {
  const Bundle bundle = MakeTestBundle();
  ASSERT_TRUE(WriteBundle(bundle, path_).ok());
  const auto read = ReadBundle(path_);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->tag, bundle.tag);
}

TEST_F(BundleFileTest, MissingFileIsNotFound) {
  const auto read = ReadBundle(path_);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), Error::kNotFound);
}

TEST_F(BundleFileTest, MessagesNameTheFile) {
  ASSERT_TRUE(WriteFileAtomically(path_, "no bundle at all").ok());
  const auto read = ReadBundle(path_);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), Error::kWrongIdentifier);
  EXPECT_THAT(read.message(), HasSubstr(path_.string()));
}

}  // namespace
}  // namespace ddnn
