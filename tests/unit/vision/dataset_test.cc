#include "core/vision/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<int> Ids(const DataSet& data) {
  std::vector<int> ids;
  for (const auto& sample : data.samples) ids.push_back(sample.id);
  return ids;
}

class DataSetTest : public ::testing::Test {
 protected:
  Result<DataSet> Read() const { return ReadDataSet(tiny_.root()); }
  Result<DataSet> Read(const Split& split) const {
    return ReadDataSet(tiny_.root(), split);
  }
  /// The failure after a change of samples.csv.
  Failure SamplesFault(std::string_view from, std::string_view to) const {
    tiny_.Edit("samples.csv", from, to);
    const auto data = Read();
    return data ? Failure{Error::kRefused, "no failure"} : data.failure();
  }

  TinyDataSet tiny_;
};

TEST_F(DataSetTest, ColumnsAndClassesComeFromTheFiles) {
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  EXPECT_THAT(data->classes, ElementsAre("car", "person"));
  EXPECT_THAT(data->cameras, ElementsAre("cam0", "cam1"));
  EXPECT_EQ(data->CameraIndex("cam1"), 1);
  EXPECT_EQ(data->CameraIndex("cam2"), -1);
  EXPECT_THAT(Ids(*data), ElementsAre(10, 11, 12, 13, 14));
}

TEST_F(DataSetTest, RowHoldsFrameLabelSourceAndBoxes) {
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  const DataSample& sample = data->samples[1];
  EXPECT_EQ(sample.frame, 1);
  EXPECT_EQ(sample.label, 1);
  EXPECT_EQ(sample.source, "person");
  ASSERT_THAT(sample.boxes, SizeIs(2));
  ASSERT_TRUE(sample.boxes[1].has_value());
  EXPECT_EQ(sample.boxes[1]->x1, 12.5);
  EXPECT_EQ(sample.boxes[1]->y2, 36.0);
  EXPECT_FALSE(data->samples[0].boxes[1].has_value());
}

TEST_F(DataSetTest, SourceColumnMayBeMissing) {
  tiny_.Write("samples.csv",
              "sample_id,frame,class,a_x1,a_y1,a_x2,a_y2\n1,1,car,,,,\n");
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  EXPECT_EQ(data->samples[0].source, "");
}

TEST_F(DataSetTest, SampleThatNobodySeesIsKept) {
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  EXPECT_FALSE(data->samples[3].boxes[0].has_value());
  EXPECT_FALSE(data->samples[3].boxes[1].has_value());
}

TEST_F(DataSetTest, SplitKeepsItsRowsInFileOrder) {
  const auto data = Read(Split{"time", "test"});
  ASSERT_TRUE(data.ok()) << data.message();
  EXPECT_THAT(Ids(*data), ElementsAre(10, 11, 12, 14));
}

TEST_F(DataSetTest, UnknownSplitColumnListsThoseThatExist) {
  const auto data = Read(Split{"tame", "test"});
  ASSERT_FALSE(data.ok());
  EXPECT_EQ(data.error(), Error::kNotFound);
  EXPECT_THAT(data.message(), EndsWith("no split 'tame'; there are time, odd"));
}

TEST_F(DataSetTest, UnknownSplitValueListsThoseThatExist) {
  const auto data = Read(Split{"odd", "val"});
  ASSERT_FALSE(data.ok());
  EXPECT_EQ(data.error(), Error::kNotFound);
  EXPECT_THAT(data.message(), HasSubstr("'val' in column 'odd'; there are "
                                        "test, train"));
}

TEST_F(DataSetTest, SplitOfAnUnknownSampleIsNamed) {
  tiny_.Edit("splits.csv", "12,test", "99,test");
  EXPECT_THAT(Read(Split{"time", "test"}).message(),
              EndsWith("splits.csv:4: sample_id = '99': no such sample in "
                       "samples.csv"));
}

TEST_F(DataSetTest, SplitRowGivenTwiceIsNamed) {
  tiny_.Edit("splits.csv", "12,test", "11,test");
  EXPECT_THAT(Read(Split{"time", "test"}).message(),
              EndsWith("splits.csv:4: sample_id = '11': given twice"));
}

TEST_F(DataSetTest, SplitsWithoutSampleIdAreMalformed) {
  tiny_.Edit("splits.csv", "sample_id", "id");
  EXPECT_EQ(Read(Split{"time", "test"}).error(), Error::kMalformed);
}

TEST_F(DataSetTest, MissingFolderIsNotFound) {
  const auto data = ReadDataSet("/nonexistent");
  ASSERT_FALSE(data.ok());
  EXPECT_EQ(data.error(), Error::kNotFound);
  EXPECT_THAT(data.message(), HasSubstr("/nonexistent/classes.txt"));
}

TEST_F(DataSetTest, MissingColumnIsNamed) {
  const Failure fault = SamplesFault("frame,", "");
  EXPECT_EQ(fault.error, Error::kMalformed);
  EXPECT_THAT(fault.message, EndsWith("samples.csv:1: no column 'frame'"));
}

TEST_F(DataSetTest, MissingCornerIsNamed) {
  EXPECT_THAT(SamplesFault("cam1_y2", "cam1_yy").message,
              EndsWith("samples.csv:1: no column 'cam1_y2'"));
}

TEST_F(DataSetTest, UnknownColumnIsMalformed) {
  EXPECT_THAT(SamplesFault("source", "sauce").message,
              HasSubstr("samples.csv:1: unknown columns; expected"));
}

TEST_F(DataSetTest, TableWithoutCamerasIsOutOfRange) {
  tiny_.Write("samples.csv", "sample_id,frame,class\n1,1,car\n");
  EXPECT_EQ(Read().error(), Error::kOutOfRange);
}

TEST_F(DataSetTest, TableWithoutSamplesIsMalformed) {
  tiny_.Write("samples.csv",
              "sample_id,frame,class,a_x1,a_y1,a_x2,a_y2,source\n");
  EXPECT_EQ(Read().error(), Error::kMalformed);
}

TEST_F(DataSetTest, WrongNumberIsNamed) {
  const Failure fault = SamplesFault("12,2,person", "12,2x,person");
  EXPECT_EQ(fault.error, Error::kOutOfRange);
  EXPECT_THAT(fault.message,
              EndsWith("samples.csv:4: frame = '2x': must be a whole number "
                       "from 0 to 99999999"));
}

TEST_F(DataSetTest, WrongCornersAreNamed) {
  for (const std::string wrong :
       {"twelve", "nan", "inf", "1e9", "0x10", " 1"}) {
    const TinyDataSet tiny;
    tiny.Edit("samples.csv", "12.5", wrong);
    const auto data = ReadDataSet(tiny.root());
    ASSERT_FALSE(data.ok()) << wrong;
    EXPECT_EQ(data.error(), Error::kOutOfRange) << wrong;
    EXPECT_THAT(data.message(),
                HasSubstr("samples.csv:3: cam1_x1 = '" + wrong + "': must be"));
  }
}

TEST_F(DataSetTest, UnknownClassListsThoseThatExist) {
  EXPECT_THAT(SamplesFault("10,2,car", "10,2,van").message,
              EndsWith("samples.csv:2: class = 'van': unknown class; "
                       "classes.txt has car, person"));
}

TEST_F(DataSetTest, SampleGivenTwiceIsNamed) {
  EXPECT_THAT(SamplesFault("12,2,person", "11,2,person").message,
              EndsWith("samples.csv:4: sample_id = '11': given twice"));
}

TEST_F(DataSetTest, InvertedBoxIsNamed) {
  const Failure fault = SamplesFault("10,5,20,35", "20,5,10,35");
  EXPECT_EQ(fault.error, Error::kOutOfRange);
  EXPECT_THAT(fault.message,
              EndsWith("samples.csv:3: cam0_x2 = '10': the box (20, 5) to (10, "
                       "35) is empty or inverted"));
}

TEST_F(DataSetTest, BoxWithoutAllCornersIsNamed) {
  EXPECT_THAT(SamplesFault("10,5,20,35", "10,5,,35").message,
              HasSubstr("samples.csv:3: cam0_x1 = '10': a box needs all four"));
}

TEST_F(DataSetTest, RaggedRowIsNamed) {
  EXPECT_THAT(SamplesFault("moving\n14", "moving,\n14").message,
              HasSubstr("samples.csv:5: 13 fields"));
}

TEST_F(DataSetTest, MoreSamplesThanAMessageHoldsAreOversized) {
  std::string table = "sample_id,frame,class,a_x1,a_y1,a_x2,a_y2\n";
  for (int i = 0; i <= kMaxSamplesPerFrame; ++i) {
    table += std::to_string(i) + ",7,car,,,,\n";
  }
  tiny_.Write("samples.csv", table);
  EXPECT_EQ(Read().error(), Error::kOversized);
}

TEST_F(DataSetTest, ClassesMustBeAtLeastTwo) {
  tiny_.Write("classes.txt", "car\n");
  EXPECT_EQ(Read().error(), Error::kOutOfRange);
}

TEST_F(DataSetTest, ClassGivenTwiceIsNamed) {
  tiny_.Write("classes.txt", "car\r\nperson\r\ncar\r\n");
  EXPECT_THAT(Read().message(), HasSubstr("classes.txt:3: 'car'"));
}

TEST_F(DataSetTest, FrameIsPngIfThereIsOne) {
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  EXPECT_EQ(FramePath(*data, 1, 2), tiny_.FramePath(1, 2));
  EXPECT_EQ(FramePath(*data, 0, 5),
            tiny_.root() / "frames" / "c0" / "00000005.jpg");
}

TEST_F(DataSetTest, TicksAreFramesInOrderAndObjectsRowsInOrder) {
  const auto data = Read(Split{"time", "test"});
  ASSERT_TRUE(data.ok()) << data.message();
  const auto ticks = GroupByFrame(*data);
  ASSERT_THAT(ticks, SizeIs(2));
  EXPECT_EQ(ticks[0].frame, 1);
  EXPECT_THAT(ticks[0].samples, ElementsAre(1, 3));
  EXPECT_EQ(ticks[1].frame, 2);
  EXPECT_THAT(ticks[1].samples, ElementsAre(0, 2));
}

TEST_F(DataSetTest, TickViewsKeepTheObjectNumbersOfTheGroup) {
  const auto data = Read(Split{"time", "test"});
  ASSERT_TRUE(data.ok()) << data.message();
  const auto ticks = GroupByFrame(*data);
  const auto cam0 = ReadTickViews(*data, ticks[1], 0);
  const auto cam1 = ReadTickViews(*data, ticks[1], 1);
  ASSERT_TRUE(cam0.ok() && cam1.ok());
  ASSERT_THAT(*cam0, SizeIs(1));
  EXPECT_EQ((*cam0)[0].object, 0);
  ASSERT_THAT(*cam1, SizeIs(1));
  EXPECT_EQ((*cam1)[0].object, 1);
}

TEST_F(DataSetTest, AllViewsAreThoseOfTheBoxes) {
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  const auto views = ReadAllViews(*data);
  ASSERT_TRUE(views.ok()) << views.message();
  ASSERT_THAT(*views, SizeIs(5));
  for (std::size_t i = 0; i < views->size(); ++i) {
    for (const std::size_t camera : {0U, 1U}) {
      EXPECT_EQ((*views)[i][camera].has_value(),
                data->samples[i].boxes[camera].has_value());
    }
  }
  // The red plane of a view of camera 1's frame 2.
  EXPECT_EQ((*(*views)[2][1])[0], TinyDataSet::Red(1, 2));
}

TEST_F(DataSetTest, OnlyPeopleAreWidened) {
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  const auto frame = ReadFrame(FramePath(*data, 0, 1));
  ASSERT_TRUE(frame.ok()) << frame.message();
  DataSample sample = data->samples[1];
  const auto person = CropSample(*data, sample, 0, *frame);
  sample.label = 0;
  const auto car = CropSample(*data, sample, 0, *frame);
  ASSERT_TRUE(person.ok() && car.ok());
  EXPECT_EQ(*person, *CropView(*frame, *sample.boxes[0], 3));
  EXPECT_EQ(*car, *CropView(*frame, *sample.boxes[0], 0));
}

TEST_F(DataSetTest, BoxOutsideItsFrameIsNamed) {
  tiny_.Edit("samples.csv", "10,5,20,35", "60,5,70,35");
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  const auto views = ReadAllViews(*data);
  ASSERT_FALSE(views.ok());
  EXPECT_EQ(views.error(), Error::kOutOfRange);
  EXPECT_THAT(views.message(),
              EndsWith("c0/00000001.png: the box of sample 11 lies outside the "
                       "48x40 frame"));
}

TEST_F(DataSetTest, MissingFrameIsNamed) {
  std::filesystem::remove(tiny_.FramePath(1, 2));
  const auto data = Read();
  ASSERT_TRUE(data.ok()) << data.message();
  const auto views = ReadAllViews(*data);
  ASSERT_FALSE(views.ok());
  EXPECT_EQ(views.error(), Error::kNotFound);
  EXPECT_THAT(views.message(), HasSubstr("c1/00000002.jpg"));
}

TEST(SplitTest, IsColumnColonValue) {
  const auto split = ParseSplit("time:test");
  ASSERT_TRUE(split.ok());
  EXPECT_EQ(split->column, "time");
  EXPECT_EQ(split->value, "test");
}

TEST(SplitTest, OtherFormsAreMalformed) {
  for (const char* wrong : {"", ":", "time", "time:", ":test", "a:b:c"}) {
    EXPECT_EQ(ParseSplit(wrong).error(), Error::kMalformed) << wrong;
  }
}

}  // namespace
}  // namespace ddnn
