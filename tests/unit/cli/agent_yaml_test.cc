#include "cli/agent_yaml.h"

#include <gtest/gtest.h>

#include "core/base/config.h"
#include "core/base/file.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

/// What a file says, read as an agent reads it.
struct ReadBack {
  explicit ReadBack(const std::string& yaml) {
    ConfigTable table;
    table.Id("site", &site, "");
    table.Id("agent", &agent, "");
    table.Path("bundle", &bundle, "");
    table.Path("state_dir", &state, "");
    table.Text("mqtt.url", &url, "");
    table.Text("metrics.listen", &metrics, "");
    const TempFolder folder;
    EXPECT_TRUE(WriteFileAtomically(folder / "test.yaml", yaml).ok());
    table.Load(folder / "test.yaml");
  }

  std::string site, agent, url, metrics;
  std::filesystem::path bundle, state;
};

constexpr const char* kAwkward = "/tmp/it's \"my\" net: #1\\2.ddnn";

TEST(AgentYamlTest, AnAgentReadsWhatItIsTold) {
  const ReadBack read(AgentYaml("s", "a", "/tmp/b.ddnn", "mqtt://h:1"));
  EXPECT_EQ(read.site, "s");
  EXPECT_EQ(read.agent, "a");
  EXPECT_EQ(read.bundle, "/tmp/b.ddnn");
  EXPECT_EQ(read.url, "mqtt://h:1");
  EXPECT_EQ(read.metrics, "127.0.0.1:0");
}

TEST(AgentYamlTest, PathsSurviveYamlsSpecialCharacters) {
  const ReadBack read(AgentYaml("s", "a", kAwkward, "mqtt://h:1") +
                      "state_dir: " + QuotedPath(kAwkward) + '\n');
  EXPECT_EQ(read.bundle, kAwkward);
  EXPECT_EQ(read.state, kAwkward);
}

TEST(AgentYamlTest, RelativePathsBecomeAbsolute) {
  EXPECT_EQ(ReadBack(AgentYaml("s", "a", "b.ddnn", "mqtt://h:1")).bundle,
            std::filesystem::current_path() / "b.ddnn");
}

}  // namespace
}  // namespace ddnn
