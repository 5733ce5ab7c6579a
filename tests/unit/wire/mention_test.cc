#include "core/wire/mention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/wire.h"
#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Tick kTick = 1000;

class MentionTest : public testing::Test {
 protected:
  Mention Read(const std::string& bytes) const {
    auto mention = ReadMention(bytes, bundle_.class_count());
    EXPECT_TRUE(mention) << mention.message();
    return mention ? *mention : Mention{};
  }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
};

TEST_F(MentionTest, ScoresNameTicksAndSamples) {
  const Mention batch = Read(codec_.Encode(ExampleBatch()));
  EXPECT_EQ(batch.bundle_tag, bundle_.tag);
  EXPECT_THAT(batch.ticks, ElementsAre(kTick, kTick + 1, kTick + 2));
  EXPECT_THAT(batch.samples,
              ElementsAre(SampleId{kTick, 0}, SampleId{kTick + 2, 0},
                          SampleId{kTick + 2, 1}));
  const Mention nothing = Read(codec_.Encode(ExampleScores(0)));
  EXPECT_THAT(nothing.ticks, ElementsAre(kTick));
  EXPECT_THAT(nothing.samples, IsEmpty());
}

TEST_F(MentionTest, OffloadsNameTicksAndSamples) {
  const Mention batch = Read(codec_.Encode(ExampleOffloadBatch()));
  EXPECT_EQ(batch.bundle_tag, bundle_.tag);
  EXPECT_THAT(batch.ticks, ElementsAre(kTick, kTick + 1, kTick + 2));
  EXPECT_THAT(batch.samples,
              ElementsAre(SampleId{kTick, 0}, SampleId{kTick + 2, 0},
                          SampleId{kTick + 2, 1}));
}

TEST_F(MentionTest, OthersNameTheirSamples) {
  EXPECT_THAT(Read(codec_.Encode(ExampleRequest())).samples,
              ElementsAre(SampleId{kTick, 0}, SampleId{kTick, 3}));
  for (const std::string& bytes :
       {codec_.Encode(ExampleMap()), codec_.Encode(ExampleAsk(bundle_, {0})),
        codec_.Encode(ExampleOffloadAsk(bundle_)),
        codec_.Encode(ExampleAnswer())}) {
    const Mention mention = Read(bytes);
    EXPECT_THAT(mention.samples, ElementsAre(SampleId{kTick, 3}));
    EXPECT_EQ(mention.bundle_tag, bundle_.tag);
  }
  EXPECT_THAT(Read(codec_.Encode(Decided{kTick})).ticks, ElementsAre(kTick));
}

TEST_F(MentionTest, ScoresOfAnotherNumberOfClassesAreRefused) {
  const auto mention = ReadMention(codec_.Encode(ExampleScores(1)), 2);
  ASSERT_FALSE(mention);
  EXPECT_EQ(mention.error(), Error::kBadShape);
}

TEST_F(MentionTest, CutMessagesAreRefused) {
  for (const ExampleKind& kind : MessageKinds()) {
    if (kind.name == std::string_view("result")) continue;
    const std::string bytes = kind.encode(codec_, bundle_);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_FALSE(ReadMention(bytes.substr(0, length), bundle_.class_count()))
          << kind.name << " cut to " << length;
    }
  }
}

TEST_F(MentionTest, OtherBytesAreRefused) {
  for (const std::string& bytes :
       {std::string(), std::string(64, '\0'), std::string(64, 'x'),
        std::string("{\"v\":1,\"sample\":\"1-2\"}"),
        codec_.Encode(ExampleResult()),
        codec_.Encode(ExampleScores(1)) +
            std::string(kPayloadLimitBytes, '\0')}) {
    EXPECT_FALSE(ReadMention(bytes, bundle_.class_count()));
  }
}

}  // namespace
}  // namespace ddnn
