#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/vision/street/recording.h"
#include "core/vision/street/survey.h"

namespace ddnn {
namespace {

constexpr std::uint64_t kSeed = 3;
constexpr std::size_t kTicks = 40;

Status Ignore(int, std::size_t, const StreetRenderer::Image&) { return Done{}; }

TEST(StreetTest, SameSeedTickAndCameraGiveTheSameImage) {
  const StreetRenderer one(kSeed, 2);
  const StreetRenderer other(kSeed, 2);
  (void)one.Render(5);  // no state is left behind
  EXPECT_EQ(one.Render(17).frame.bgr, other.Render(17).frame.bgr);
}

TEST(StreetTest, SeedTickAndCameraEachChangeTheImage) {
  const auto image = StreetRenderer(kSeed, 2).Render(17).frame.bgr;
  EXPECT_NE(image, StreetRenderer(kSeed + 1, 2).Render(17).frame.bgr);
  EXPECT_NE(image, StreetRenderer(kSeed, 3).Render(17).frame.bgr);
  EXPECT_NE(image, StreetRenderer(kSeed, 2).Render(18).frame.bgr);
}

TEST(StreetTest, BoxesLieInTheImageAndHoldAThing) {
  const StreetRenderer renderer(kSeed, 0);
  int boxes = 0;
  for (std::size_t tick = 0; tick < kTicks; ++tick) {
    for (const auto& [kind, box] : renderer.Render(tick).things) {
      if (!box) continue;
      ++boxes;
      EXPECT_GE(box->x1, 0);
      EXPECT_GE(box->y1, 0);
      EXPECT_LE(box->x2, StreetRenderer::kWidth);
      EXPECT_LE(box->y2, StreetRenderer::kHeight);
      EXPECT_GE(box->x2 - box->x1, 5);
      EXPECT_GE(box->y2 - box->y1, 10);
    }
  }
  EXPECT_GT(boxes, 10);
}

TEST(StreetTest, EveryClassComesAndEveryCameraMissesSome) {
  const auto survey = SurveyStreet(kSeed, 3 * kTicks, Ignore);
  ASSERT_TRUE(survey.ok());
  std::vector<int> of_class(3);
  std::vector<std::size_t> seen(kStreetCameras);
  for (const DataSample& sample : survey->data.samples) {
    ++of_class[static_cast<std::size_t>(sample.label)];
    for (std::size_t c = 0; c < seen.size(); ++c) {
      seen[c] += sample.boxes[c].has_value() ? 1U : 0U;
    }
  }
  for (const int count : of_class) EXPECT_GT(count, 0);
  for (const std::size_t count : seen) {
    EXPECT_GT(count, survey->data.samples.size() / 4);
    EXPECT_LT(count, survey->data.samples.size() * 9 / 10);
  }
}

TEST(StreetTest, RecordingShowsTheSurveysRows) {
  const auto survey = SurveyStreet(kSeed, kTicks, Ignore);
  ASSERT_TRUE(survey.ok());
  const StreetRecording recording(kSeed, 4);
  for (std::size_t tick = 0; tick < kTicks; ++tick) {
    const auto& rows = survey->ticks[tick].samples;
    EXPECT_EQ(recording.ObjectsAt(tick), rows.size());
    std::size_t visible = 0;
    for (const int row : rows) {
      visible += survey->data.samples[static_cast<std::size_t>(row)]
                         .boxes[4]
                         .has_value()
                     ? 1U
                     : 0U;
    }
    const auto views = recording.ReadViews(tick);
    ASSERT_TRUE(views.ok());
    EXPECT_EQ(views->size(), visible);
  }
}

TEST(StreetTest, ARecordingOfSomeTicksIsTheStreetsBeginning) {
  const StreetRecording all(kSeed, 4);
  const StreetRecording some(kSeed, 4, 3);
  EXPECT_EQ(all.ticks(), StreetRecording::kEndless);
  EXPECT_EQ(some.ticks(), 3U);
  EXPECT_EQ(some.ObjectsAt(2), all.ObjectsAt(2));
}

TEST(StreetTest, TicksForSamplesHoldThemAndNoTickMore) {
  constexpr std::size_t kSamples = 50;
  const std::size_t ticks = StreetTicksFor(kSeed, kSamples);
  const auto all = SurveyStreet(kSeed, ticks, Ignore);
  const auto fewer = SurveyStreet(kSeed, ticks - 1, Ignore);
  EXPECT_GE(all->data.samples.size(), kSamples);
  EXPECT_LT(fewer->data.samples.size(), kSamples);
}

TEST(StreetTest, FailureOfTheSinkEndsTheSurvey) {
  const auto survey = SurveyStreet(
      kSeed, kTicks, [](int, std::size_t tick, const auto&) -> Status {
        if (tick < 3) return Done{};
        return Failure{Error::kUnreadable, "disk full"};
      });
  ASSERT_FALSE(survey.ok());
  EXPECT_EQ(survey.message(), "disk full");
}

}  // namespace
}  // namespace ddnn
