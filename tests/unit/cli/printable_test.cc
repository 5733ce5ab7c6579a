#include "cli/printable.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

TEST(PrintableTest, ControlCharactersBecomeQuestionMarks) {
  EXPECT_EQ(Printable("a\x1b[2Jb\n\tc\x7f"), "a?[2Jb??c?");
}

TEST(PrintableTest, OtherTextStays) {
  EXPECT_EQ(Printable("gr\xc3\xbc\xc3\x9f ~"), "gr\xc3\xbc\xc3\x9f ~");
}

}  // namespace
}  // namespace ddnn
