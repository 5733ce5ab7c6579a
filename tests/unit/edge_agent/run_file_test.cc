#include "edge_agent/run_file.h"

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

class RunFileTest : public testing::Test {
 protected:
  const TempFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "edge-a.run.json";
  const Bundle bundle_ = MakeTestBundle();
  const RetainedRun::Run run_{
      {Instant(std::chrono::seconds(1'700'000'000)), 25, 4'000'000'000},
      4'000'000'123};
};

TEST_F(RunFileTest, WhatWasKeptLastIsThereForTheNextProcess) {
  {
    RunFile file(path_, bundle_);
    EXPECT_EQ(file.Read(), std::nullopt);
    file.Keep({run_.schedule, 7});
    file.Keep(run_);
  }
  const auto read = RunFile(path_, bundle_).Read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->schedule, run_.schedule);
  EXPECT_EQ(read->decided, run_.decided);
}

TEST_F(RunFileTest, TheRunOfAnotherNetworkIsOfNoUse) {
  { RunFile(path_, bundle_).Keep(run_); }
  TestBundleOptions options;
  options.seed = 2;
  const Bundle other = MakeTestBundle(options);
  EXPECT_EQ(RunFile(path_, other).Read(), std::nullopt);
}

TEST_F(RunFileTest, GarbageIsOfNoUse) {
  for (const std::string text : {"", "x", "{}\n1\n", "\n\n", "{\"v\":1}\nx"}) {
    ASSERT_TRUE(WriteFileAtomically(path_, text));
    EXPECT_EQ(RunFile(path_, bundle_).Read(), std::nullopt) << text;
  }
}

TEST_F(RunFileTest, AFolderThatIsGoneStopsNobody) {
  RunFile file(folder_.path() / "gone" / "edge-a.run.json", bundle_);
  EXPECT_EQ(file.Read(), std::nullopt);
  file.Keep(run_);
}

}  // namespace
}  // namespace ddnn
