// `ddnn doctor` on an agent that could start, and on each fault that it must
// find.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/demo_config.h"
#include "core/base/exit_code.h"
#include "core/base/file.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/bus_listener.h"
#include "tests/support/mosquitto.h"
#include "tests/support/provision.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() {
    setup_.broker_url = broker_.url();
    setup_.bundle = world_.bundle_file;
    setup_.tree = Tree::Of(world_.bundle);
    setup_.dataset = world_.data.root();
    setup_.split = "time:test";
  }

  Finished Examine(const std::string& yaml) const {
    const auto file = world_.folder / "agent.yaml";
    EXPECT_TRUE(WriteFileAtomically(file, yaml).ok());
    return RunDdnn({"doctor", "--config", file.string()});
  }
  /// A device's configuration with its views from elsewhere.
  std::string WithSource(const std::string& source) const {
    return "site: demo\ngroup: demo\nagent: cam-9\nplace: device1\nbundle: " +
           world_.bundle_file.string() + "\nmqtt: {url: '" + broker_.url() +
           "'}\n" + source;
  }

  const TinyWorld world_;
  const std::filesystem::path frames_ =
      world_.data.FramePath(0, 1).parent_path();
  const Mosquitto broker_;
  DemoSetup setup_;
};

TEST_F(DoctorTest, AgentsThatCouldStartHaveNoFault) {
  for (const std::string& yaml :
       {DeviceYaml(setup_, 1), EdgeYaml(setup_), CloudYaml(setup_)}) {
    const Finished finished = Examine(yaml);
    EXPECT_EQ(finished.code, 0) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("0 faults"));
    EXPECT_THAT(finished.output, Not(HasSubstr("skipped  ")));
  }
}

TEST_F(DoctorTest, JsonHoldsEveryCheck) {
  const auto file = world_.folder / "agent.yaml";
  ASSERT_TRUE(WriteFileAtomically(file, DeviceYaml(setup_, 1)).ok());
  const Finished finished =
      RunDdnn({"doctor", "--config", file.string(), "--json"});
  ASSERT_EQ(finished.code, 0) << finished.output;
  std::vector<std::string> checks;
  const auto json = nlohmann::json::parse(finished.output);
  for (const auto& finding : json.at("findings")) {
    checks.push_back(finding.at("check"));
  }
  EXPECT_EQ(checks, (std::vector<std::string>{
                        "configuration", "bundle", "broker", "login", "rights",
                        "group", "clock", "camera", "disk"}));
}

TEST_F(DoctorTest, AKeyThatTheAgentDoesNotHaveIsAFault) {
  const Finished finished = Examine(EdgeYaml(setup_) + "colour: red\n");
  EXPECT_EQ(finished.code, kExitConfig) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("colour: unknown key"));
}

TEST_F(DoctorTest, AFaultOfKeysIsToldOnceAndTheRestIsLookedAt) {
  const Finished finished = Examine(
      Replaced(DeviceYaml(setup_, 1), broker_.url(), "http://somewhere"));
  EXPECT_EQ(finished.code, kExitConfig) << finished.output;
  EXPECT_THAT(finished.output,
              AllOf(HasSubstr("1 fault,"), HasSubstr("ok       bundle"),
                    HasSubstr("skipped  broker"), HasSubstr("ok       disk")));
}

TEST_F(DoctorTest, APasswordInTheUrlIsNotShown) {
  const Finished finished =
      Examine(Replaced(DeviceYaml(setup_, 1), "mqtt://", "mqtt://me:secret@"));
  EXPECT_EQ(finished.code, kExitConfig) << finished.output;
  EXPECT_THAT(finished.output, Not(HasSubstr("secret")));
}

TEST_F(DoctorTest, AFileThatIsNotThereIsAFault) {
  const Finished finished = RunDdnn({"doctor", "--config", "/none.yaml"});
  EXPECT_EQ(finished.code, kExitConfig) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("/none.yaml"));
}

TEST_F(DoctorTest, ABrokerThatDoesNotRunIsAFaultAndTheRestIsLookedAt) {
  setup_.broker_url = "mqtt://127.0.0.1:1";
  const Finished finished = Examine(DeviceYaml(setup_, 1));
  EXPECT_EQ(finished.code, kExitUnavailable) << finished.output;
  EXPECT_THAT(finished.output,
              AllOf(HasSubstr("fault    broker"), HasSubstr("skipped  login"),
                    HasSubstr("ok       camera")));
}

TEST_F(DoctorTest, ADeviceThatTheBundleDoesNotHaveIsAFault) {
  const Finished finished =
      Examine(Replaced(DeviceYaml(setup_, 1), "\"device1\"", "\"device7\""));
  EXPECT_EQ(finished.code, kExitConfig) << finished.output;
  EXPECT_THAT(finished.output,
              HasSubstr("has for agents of tier device: device0, device1"));
}

TEST_F(DoctorTest, SourcesThatDoNotDeliverAreFaults) {
  const auto no_video = world_.folder / "a.mp4";
  ASSERT_TRUE(WriteFileAtomically(no_video, "not a video").ok());
  const std::pair<std::string, std::string> faults[] = {
      {"source: {kind: camera, device: /dev/video97}\n", "/dev/video97"},
      {"source: {kind: video, path: " + no_video.string() + "}\n", "a.mp4"},
      {"source: {kind: dataset, path: /none}\n", "/none"},
      {"source: {kind: folder, path: " + frames_.string() +
           "}\nviews: {region: {x: 900, y: 0, width: 9, height: 9}}\n",
       "views.region"}};
  for (const auto& [source, words] : faults) {
    const Finished finished = Examine(WithSource(source));
    EXPECT_NE(finished.code, 0) << finished.output;
    EXPECT_THAT(finished.output,
                AllOf(HasSubstr("fault    camera"), HasSubstr(words)));
  }
}

TEST_F(DoctorTest, AFolderOfImagesIsLookedAt) {
  const Finished finished = Examine(
      WithSource("source: {kind: folder, path: " + frames_.string() + "}\n"));
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("48x40 pixels"));
}

TEST_F(DoctorTest, AnEdgeWithAnotherBundleIsAFault) {
  MqttConfig mqtt;
  mqtt.url = broker_.url();
  const auto edge = MakePahoBus(mqtt, "edge");
  BusListener hears;
  edge->Start(hears.Sink());
  ASSERT_TRUE(hears.WaitForConnection());
  GroupConfig config;
  config.bundle_tag = world_.bundle.tag ^ 1;
  config.devices = 2;
  config.classes = world_.bundle.classes;
  ASSERT_TRUE(edge->Publish({.topic = GroupTopics("demo", "demo").Config(),
                             .payload = EncodeGroupConfig(config),
                             .qos = Qos::kAtLeastOnce,
                             .retain = true}));
  edge->Stop();
  const Finished finished = Examine(DeviceYaml(setup_, 1));
  EXPECT_EQ(finished.code, kExitProtocol) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("fault    group"));
}

/// A site's broker, which takes a login's name for its client id.
class DoctorRightsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(made_.Run("ca"), 0);
    ASSERT_EQ(made_.Run("broker", "site localhost 127.0.0.1"), 0);
    ASSERT_EQ(made_.Run("agent", "cam-0 device demo hall"), 0);
    broker_ = StartSite(made_, FreePort());
  }

  std::filesystem::path WriteConfig(const std::string& group) const {
    const auto file = world_.folder / "agent.yaml";
    const std::string yaml =
        "site: demo\ngroup: " + group +
        "\nagent: cam-0\nplace: device0\nbundle: " +
        world_.bundle_file.string() +
        "\nmqtt:\n  url: mqtts://127.0.0.1:" + std::to_string(broker_->port()) +
        "\n  user: cam-0\n  password_file: " +
        (made_ / "cam-0/password").string() +
        "\n  ca_file: " + (made_ / "cam-0/ca.crt").string() +
        "\nmetrics: {listen: ''}\nsource: {kind: dataset, path: " +
        world_.data.root().string() + "}\n";
    EXPECT_TRUE(WriteFileAtomically(file, yaml).ok());
    return file;
  }
  Finished Examine(const std::string& group) const {
    return RunDdnn({"doctor", "--config", WriteConfig(group).string()});
  }

  const TinyWorld world_;
  Provision made_;
  std::unique_ptr<Mosquitto> broker_;
};

TEST_F(DoctorRightsTest, ALoginOfAnotherGroupIsAFault) {
  const Finished finished = Examine("yard");
  EXPECT_EQ(finished.code, kExitRefused) << finished.output;
  EXPECT_THAT(finished.output,
              AllOf(HasSubstr("ok       login"), HasSubstr("fault    rights"),
                    HasSubstr("correct site and group"),
                    HasSubstr("provision.sh agent DIR cam-0 device demo "
                              "yard")));
}

TEST_F(DoctorRightsTest, AnAgentThatRunsIsNotThrownOut) {
  const auto config = WriteConfig("hall");
  auto agent = ChildProcess::Start(
      "cam-0",
      {BuiltProgram("device_agent").string(), "--config", config.string()},
      world_.folder / "agent.log");
  ASSERT_TRUE(agent.ok());
  ASSERT_TRUE(Eventually([&] {
    return Slurp(agent->log()).find("mqtt_connected") != std::string::npos;
  })) << Slurp(agent->log());
  const Finished finished = Examine("hall");
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_THAT(finished.output,
              AllOf(HasSubstr("skipped  login"), HasSubstr("cam-0 runs here")));
  agent->Stop(milliseconds(5000));
  EXPECT_THAT(Slurp(agent->log()), Not(HasSubstr("mqtt_disconnected")));
  EXPECT_THAT(broker_->Log(), Not(HasSubstr("already connected")));
}

}  // namespace
}  // namespace ddnn
