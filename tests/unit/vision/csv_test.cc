#include "core/vision/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class CsvReaderTest : public ::testing::Test {
 protected:
  Result<CsvReader> Open(std::string_view content) {
    const auto file = folder_ / "table.csv";
    std::ofstream(file, std::ios::binary) << content;
    return CsvReader::Open(file);
  }

 private:
  TempFolder folder_;
};

TEST_F(CsvReaderTest, ReadsFieldsByColumn) {
  auto csv = Open("id,name\n7,seven\n8,\n");
  ASSERT_TRUE(csv.ok());
  EXPECT_THAT(csv->columns(), ElementsAre("id", "name"));
  EXPECT_TRUE(*csv->Next());
  EXPECT_EQ(csv->Field(csv->Find("name")), "seven");
  EXPECT_TRUE(*csv->Next());
  EXPECT_EQ(csv->Field(1), "");
  EXPECT_FALSE(*csv->Next());
}

TEST_F(CsvReaderTest, LineEndsOfWindowsAndAByteOrderMarkAreNoContent) {
  auto csv = Open("\xEF\xBB\xBFid,name\r\n7,seven\r\n");
  ASSERT_TRUE(csv.ok());
  EXPECT_THAT(csv->columns(), ElementsAre("id", "name"));
  EXPECT_TRUE(*csv->Next());
  EXPECT_EQ(csv->Field(1), "seven");
  EXPECT_FALSE(*csv->Next());
}

TEST_F(CsvReaderTest, LastLineNeedsNoEnd) {
  auto csv = Open("id\n7");
  ASSERT_TRUE(csv.ok());
  EXPECT_TRUE(*csv->Next());
  EXPECT_EQ(csv->Field(0), "7");
  EXPECT_FALSE(*csv->Next());
}

TEST_F(CsvReaderTest, EmptyFileIsMalformed) {
  const auto csv = Open("");
  ASSERT_FALSE(csv.ok());
  EXPECT_EQ(csv.error(), Error::kMalformed);
  EXPECT_THAT(csv.message(), HasSubstr("table.csv: empty"));
}

TEST_F(CsvReaderTest, ColumnGivenTwiceIsMalformed) {
  EXPECT_THAT(Open("id,id\n").message(), HasSubstr("table.csv:1: column name"));
  EXPECT_EQ(Open("id,,x\n").error(), Error::kMalformed);
}

TEST_F(CsvReaderTest, RaggedRowIsNamed) {
  auto csv = Open("a,b\n1,2\n1\n");
  ASSERT_TRUE(csv.ok());
  EXPECT_TRUE(*csv->Next());
  const auto ragged = csv->Next();
  ASSERT_FALSE(ragged.ok());
  EXPECT_THAT(
      ragged.message(),
      EndsWith("table.csv:3: 1 fields, but the header names 2 columns"));
}

TEST_F(CsvReaderTest, BlankLineIsARaggedRow) {
  auto csv = Open("a,b\n\n1,2\n");
  ASSERT_TRUE(csv.ok());
  EXPECT_EQ(csv->Next().error(), Error::kMalformed);
}

TEST_F(CsvReaderTest, QuotedFieldIsNamed) {
  auto csv = Open("a,b\n1,\"2\"\n");
  ASSERT_TRUE(csv.ok());
  const auto quoted = csv->Next();
  ASSERT_FALSE(quoted.ok());
  EXPECT_THAT(quoted.message(),
              EndsWith("table.csv:2: b = '\"2\"': quotes are not supported"));
}

TEST_F(CsvReaderTest, MissingFileIsNotFound) {
  EXPECT_EQ(CsvReader::Open("/nonexistent/table.csv").error(),
            Error::kNotFound);
}

}  // namespace
}  // namespace ddnn
