// Whatever the order of arrival, the same answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

struct Case {
  TestBundleOptions bundle;
  const char* name;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const bool edge : {false, true}) {
    for (const Absent absent : {Absent::kMasked, Absent::kBlank}) {
      TestBundleOptions bundle;
      bundle.edges = edge ? 1 : 0;
      bundle.absent = absent;
      bundle.seed = 11;
      cases.push_back({bundle, edge ? "e" : "c"});
    }
  }
  return cases;
}

/// Who sees what: from the numbers alone, at least one device each.
bool Sees(int device, ObjectNumber object) {
  return (static_cast<unsigned>(device) * 7U + object * 3U) % 4U != 0;
}

/// Five ticks of four objects, all messages of a stage in an order given by
/// `seed` (0: as they are). Device 3 is dead.
std::map<SampleId, SampleResult> RunGroup(const TestBundleOptions& bundle,
                                          unsigned seed) {
  FusionRig rig(bundle);
  rig.AllAlive();
  rig.coordinator().SetAlive(3, false, FusionRig::Start());
  std::mt19937 random(seed);
  std::vector<std::function<void()>> events;
  for (Tick tick = 0; tick < 5; ++tick) {
    for (const int device : {0, 1, 2, 4, 5}) {
      std::vector<ObjectNumber> objects;
      for (ObjectNumber object = 0; object < 4; ++object) {
        if (Sees(device, object)) objects.push_back(object);
      }
      if (seed != 0) std::ranges::shuffle(objects, random);
      events.emplace_back([&rig, device, tick, objects] {
        EXPECT_TRUE(rig.Speak(device, tick, objects).ok());
      });
    }
  }
  std::map<SampleId, SampleResult> results;
  while (!events.empty()) {
    if (seed != 0) std::ranges::shuffle(events, random);
    for (const auto& event : std::exchange(events, {})) event();
    for (Action& action : rig.coordinator().TakeActions()) {
      if (auto* done = std::get_if<PublishResult>(&action)) {
        EXPECT_TRUE(results.emplace(done->result.sample, done->result).second);
      } else if (auto* ask = std::get_if<AskForMaps>(&action)) {
        for (const SampleId id : ask->wanted) {
          for (const int device : {0, 1, 2, 4, 5}) {
            if (!Sees(device, id.object)) continue;
            events.emplace_back([&rig, device, id] {
              EXPECT_TRUE(rig.SendMap(device, id).ok());
            });
          }
        }
      } else if (auto* offer = std::get_if<OfferToCloud>(&action)) {
        events.emplace_back([&rig, ask = offer->ask] {
          const auto answer = AnswerAsk(rig.network(), ask);
          EXPECT_TRUE(
              rig.coordinator().OnCloudAnswer(*answer, FusionRig::Start()));
        });
      }
    }
  }
  return results;
}

TEST(OrderTest, AnswersDoNotDependOnTheOrderOfArrival) {
  for (const Case& item : Cases()) {
    const auto expected = RunGroup(item.bundle, 0);
    ASSERT_EQ(expected.size(), 20U);
    for (unsigned seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(testing::Message() << item.name << " seed " << seed);
      const auto results = RunGroup(item.bundle, seed);
      ASSERT_EQ(results.size(), expected.size());
      for (const auto& [id, result] : results) {
        const SampleResult& other = expected.at(id);
        EXPECT_EQ(result.exit, other.exit);
        EXPECT_EQ(result.label, other.label);
        EXPECT_EQ(result.eta, other.eta);
        EXPECT_EQ(result.logits, other.logits);
        EXPECT_EQ(result.status, other.status);
        EXPECT_EQ(result.views_used, other.views_used);
        EXPECT_EQ(result.views_missing, other.views_missing);
        EXPECT_EQ(result.content_bytes, other.content_bytes);
      }
    }
  }
}

TEST(OrderTest, CasesReachEveryExit) {
  for (const Case& item : Cases()) {
    std::map<Tier, int> exits;
    for (const auto& [id, result] : RunGroup(item.bundle, 0))
      ++exits[result.exit];
    EXPECT_GT(exits[Tier::kDevice], 0) << item.name;
    EXPECT_GT(exits[Tier::kCloud], 0) << item.name;
  }
}

}  // namespace
}  // namespace ddnn
