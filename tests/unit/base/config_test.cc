#include "core/base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Settings {
  std::string site = "home";
  std::string mode = "a";
  fs::path bundle;
  int queue = 10;
  double rate = 0;
  bool preload = false;
};

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    table_.Id("site", &settings_.site, "site");
    table_.Choice("mode", &settings_.mode, {"a", "b"}, "mode");
    table_.Path("bundle", &settings_.bundle, "the network").Required();
    table_.Integer("limits.queue", &settings_.queue, 1, 100, "queue");
    table_.Number("rate", &settings_.rate, 0, 1000, "rate");
    table_.Bool("preload", &settings_.preload, "preload");
  }

  void Load(const std::string& yaml) {
    std::ofstream(folder_ / "a.yaml") << yaml;
    table_.Load(folder_ / "a.yaml");
  }
  std::string FaultOf(const std::string& yaml) {
    try {
      Load(yaml);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no fault";
  }

  TempFolder folder_;
  Settings settings_;
  ConfigTable table_;
};

TEST_F(ConfigTest, ValuesReachTheirFields) {
  Load(
      "site: lab\nmode: b\nbundle: x.ddnn\nlimits:\n  queue: 7\nrate: "
      "2.5\npreload: true\n");
  EXPECT_EQ(settings_.site, "lab");
  EXPECT_EQ(settings_.mode, "b");
  EXPECT_EQ(settings_.queue, 7);
  EXPECT_EQ(settings_.rate, 2.5);
  EXPECT_TRUE(settings_.preload);
}

TEST_F(ConfigTest, SilentFileKeepsDefaults) {
  Load("bundle: x\n");
  EXPECT_EQ(settings_.site, "home");
  EXPECT_EQ(settings_.queue, 10);
}

TEST_F(ConfigTest, RelativePathsCountFromTheFile) {
  Load("bundle: x.ddnn\n");
  EXPECT_EQ(settings_.bundle, folder_ / "x.ddnn");
  Load("bundle: /abs/x.ddnn\n");
  EXPECT_EQ(settings_.bundle, "/abs/x.ddnn");
}

TEST_F(ConfigTest, UnknownKeyIsNamedWithItsLine) {
  EXPECT_THAT(FaultOf("bundle: x\nlimits:\n  quue: 3\n"),
              HasSubstr("a.yaml:3: limits.quue: unknown key"));
}

TEST_F(ConfigTest, ValueOutOfRangeIsNamedWithTheRange) {
  EXPECT_THAT(FaultOf("bundle: x\nlimits: {queue: 101}\n"),
              HasSubstr("a.yaml:2: limits.queue = '101': must be a whole "
                        "number from 1 to 100"));
}

TEST_F(ConfigTest, WrongTypesAreRefused) {
  EXPECT_THAT(FaultOf("bundle: x\nlimits: {queue: many}\n"),
              HasSubstr("'many'"));
  EXPECT_THAT(FaultOf("bundle: x\nlimits: {queue: 1.5}\n"), HasSubstr("'1.5'"));
  EXPECT_THAT(FaultOf("bundle: x\nrate: [1, 2]\n"),
              HasSubstr("rate: must be a number"));
  EXPECT_THAT(FaultOf("bundle: x\nrate: .nan\n"), HasSubstr("rate"));
  EXPECT_THAT(FaultOf("bundle: x\npreload: 3\n"), HasSubstr("true or false"));
  EXPECT_THAT(FaultOf("bundle: x\nmode: c\n"), HasSubstr("one of a, b"));
  EXPECT_THAT(FaultOf("bundle: x\nsite: A/B\n"), HasSubstr("a-z"));
}

TEST_F(ConfigTest, MissingRequiredKeyIsNamed) {
  EXPECT_THAT(FaultOf("site: lab\n"), HasSubstr("bundle: missing"));
}

TEST_F(ConfigTest, AllFaultsAreListed) {
  const std::string fault = FaultOf("site: A\nfoo: 1\n");
  EXPECT_THAT(fault, HasSubstr("site"));
  EXPECT_THAT(fault, HasSubstr("foo"));
  EXPECT_THAT(fault, HasSubstr("bundle"));
}

TEST_F(ConfigTest, KeyGivenTwiceIsRefused) {
  EXPECT_THAT(FaultOf("bundle: x\nrate: 1\nrate: 2\n"),
              HasSubstr("given twice"));
}

TEST_F(ConfigTest, BrokenYamlIsNamedWithItsLine) {
  EXPECT_THAT(FaultOf("bundle: x\nsite: [\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(FaultOf("- 1\n- 2\n"), HasSubstr("expected `key: value`"));
  EXPECT_THAT(FaultOf("? [a, b]\n: 1\nbundle: x\n"), HasSubstr("a.yaml:1"));
}

TEST_F(ConfigTest, AnotherProgramsKeysMayBeLeftAlone) {
  const auto file = folder_ / "shared.yaml";
  std::ofstream(file) << "bundle: x\nlimits: {queue: 7, colour: red}\n";
  EXPECT_THROW(table_.Load(file), ConfigError);
  table_.Load(file, ConfigTable::Unknown::kLeave);
  EXPECT_EQ(settings_.queue, 7);
}

TEST_F(ConfigTest, AliasesWithoutEndAreRefused) {
  EXPECT_THAT(FaultOf("limits: &a {queue: *a}\n"), HasSubstr("a.yaml: more"));
  std::string bomb = "x0: &x0 {a: 1, b: 2}\n";
  for (int i = 1; i < 20; ++i) {
    const std::string last = "*x" + std::to_string(i - 1);
    bomb += "x" + std::to_string(i) + ": &x" + std::to_string(i) +
            " {a: " + last + ", b: " + last + "}\n";
  }
  EXPECT_THAT(FaultOf(bomb), HasSubstr("write the keys out"));
}

TEST_F(ConfigTest, SectionWithoutKeysSaysSo) {
  EXPECT_THAT(FaultOf("bundle: x\nlimits: 7\n"),
              HasSubstr("a.yaml:2: limits: must hold keys"));
}

TEST_F(ConfigTest, OneKeyIsSetFromAnAssignment) {
  table_.Set("limits.queue=7");
  EXPECT_EQ(settings_.queue, 7);
}

TEST_F(ConfigTest, BadAssignmentsAreRefused) {
  EXPECT_THROW(table_.Set("limits.queue"), ConfigError);
  EXPECT_THROW(table_.Set("limits.queue=1000"), ConfigError);
  EXPECT_THROW(table_.Set("limits.queues=7"), ConfigError);
  EXPECT_EQ(settings_.queue, 10);
}

TEST_F(ConfigTest, MissingFileIsNamed) {
  EXPECT_THROW(table_.Load(folder_ / "none.yaml"), ConfigError);
}

TEST_F(ConfigTest, DescriptionHoldsEveryKeyWithRangeAndDefault) {
  const std::string text = table_.Describe();
  EXPECT_THAT(text, HasSubstr("limits.queue"));
  EXPECT_THAT(text, HasSubstr("default 10"));
  EXPECT_THAT(text, HasSubstr("from 1 to 100"));
  EXPECT_THAT(text, HasSubstr("required"));
}

}  // namespace
}  // namespace ddnn
