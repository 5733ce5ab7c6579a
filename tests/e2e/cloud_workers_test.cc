// Several groups at one broker, and cloud workers that share their asks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/demo_input.h"
#include "core/base/file.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "tests/e2e/programs.h"
#include "tests/support/bus_listener.h"
#include "tests/support/mosquitto.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

constexpr int kGroups = 3;
constexpr int kSeed = 2;
constexpr int kSamples = 300;  // so that the end is far when a fault comes
const std::string kSite = "plant";

std::string GroupName(int group) { return fmt::format("group{}", group); }
std::string EdgeName(int group) { return fmt::format("edge{}", group); }

/// Three groups of six cameras that watch the street, and two cloud workers; no
/// sample leaves before the cloud.
class CloudWorkersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bundle_ = ReadBundle(SourceFolder() / "models" / "street-c.ddnn").value();
    for (Exit& exit : bundle_.exits) {
      if (exit.tier != Tier::kCloud) exit.threshold = 0.0F;
    }
    ASSERT_TRUE(WriteBundle(bundle_, folder_ / "unsure.ddnn").ok());
    MqttConfig mqtt;
    mqtt.url = broker_.url();
    watcher_ = MakePahoBus(mqtt, "watcher");
    for (const std::string kind : {"result-fb", "lost", "config"}) {
      watcher_->Subscribe(fmt::format("ddnn/v1/{}/group/+/{}", kSite, kind),
                          Qos::kAtLeastOnce);
    }
    watcher_->Subscribe(AgentTopics(kSite, "+").Info(), Qos::kAtLeastOnce);
    watcher_->Subscribe(AgentTopics(kSite, "+").State(), Qos::kAtLeastOnce);
    watcher_->Start(hears_.Sink());
    ASSERT_TRUE(hears_.WaitForConnection());
  }
  void TearDown() override { watcher_->Stop(); }

  ChildProcess& Start(const std::string& program, const std::string& agent,
                      const std::string& more) {
    const std::string yaml = fmt::format(
        "site: {}\nagent: {}\nbundle: {}\nmqtt:\n  url: {}\n"
        "metrics:\n  listen: 127.0.0.1:0\n{}",
        kSite, agent, (folder_ / "unsure.ddnn").string(), broker_.url(), more);
    const auto file = folder_ / (agent + ".yaml");
    EXPECT_TRUE(WriteFileAtomically(file, yaml).ok());
    auto process = ChildProcess::Start(
        agent, {BuiltProgram(program).string(), "--config", file.string()},
        folder_ / (agent + ".log"));
    EXPECT_TRUE(process.ok());
    return running_.emplace(agent, std::move(process).value()).first->second;
  }
  void StartGroup(int group) {
    // Long enough for a slow machine: no answer is a fallback.
    Start("edge_agent", EdgeName(group),
          fmt::format("group: {}\nopen_after_ms: 60000\ndeadlines:\n"
                      "  scores_ms: 60000\n  maps_ms: 60000\n"
                      "  cloud_ms: 60000\noffer_again_ms: 300\n",
                      GroupName(group)));
    for (int device = 0; device < bundle_.device_count(); ++device) {
      Start("device_agent", fmt::format("cam{}-{}", group, device),
            fmt::format("group: {}\nplace: {}\nsource:\n  kind: street\n"
                        "  seed: {}\n  samples: {}\n",
                        GroupName(group),
                        bundle_.nodes[static_cast<std::size_t>(device)].name,
                        kSeed, kSamples));
    }
  }

  /// Messages of a kind so far, by group or agent.
  std::map<std::string, std::vector<std::string>> Heard(
      const std::string& kind) {
    std::map<std::string, std::vector<std::string>> heard;
    for (const BusMessage& message : hears_.messages()) {
      const auto topic = ParseTopic(message.topic);
      if (!topic || topic->kind != kind) continue;
      const auto name = topic->group.empty() ? topic->agent : topic->group;
      heard[std::string(name)].push_back(message.payload);
    }
    return heard;
  }
  std::size_t ResultsSoFar() {
    std::size_t results = 0;
    for (const auto& [group, payloads] : Heard("result-fb")) {
      results += payloads.size();
    }
    return results;
  }

  /// All of them, until a quarter of the answers has come.
  void StartAll() {
    const auto input = LookAtStreet(kSeed, kSamples, [] { return false; });
    ASSERT_TRUE(input.has_value());
    replay_.emplace(bundle_, input->rows, kSamples);
    for (const std::string worker : {"cloud0", "cloud1"}) {
      Start("cloud_agent", worker, "");
    }
    for (int group = 0; group < kGroups; ++group) StartGroup(group);
    ASSERT_TRUE(Eventually([&] { return ResultsSoFar() > Expected() / 4; }));
  }
  /// Of what it is asked from now on, nothing is answered. Returns once it was
  /// asked: while a quarter of the answers came, asks went to both in turn.
  void FreezeCloud1() {
    running_.at("cloud1").Signal(SIGSTOP);
    const std::size_t so_far = ResultsSoFar();
    ASSERT_LT(so_far, Expected() * 3 / 4);
    ASSERT_TRUE(
        Eventually([&] { return ResultsSoFar() > so_far + Expected() / 4; }));
  }
  std::size_t Expected() const { return kGroups * replay_->expected().size(); }

  /// Waits for all answers, ends the edges, and looks at what they said.
  void ExpectEachSampleAnsweredOnce() {
    ASSERT_TRUE(Eventually([&] { return ResultsSoFar() >= Expected(); },
                           milliseconds(60000)))
        << ResultsSoFar() << " of " << Expected();
    for (int group = 0; group < kGroups; ++group) {
      running_.at(EdgeName(group)).Stop(milliseconds(10000));
    }
    auto results = Heard("result-fb");
    auto configs = Heard("config");
    auto info = Heard("info");
    EXPECT_THAT(Heard("lost"), ::testing::IsEmpty());
    std::uint64_t repeated = 0;
    for (int group = 0; group < kGroups; ++group) {
      const std::string name = GroupName(group);
      const Tick first =
          DecodeGroupConfig(configs[name].back())->schedule.first_tick;
      ExpectAnsweredOnce(results[name], first);
      repeated += DecodeAgentInfo(info[EdgeName(group)].back())
                      .value()["repeated_cloud_asks"];
    }
    EXPECT_GT(repeated, 0U);
  }
  void ExpectAnsweredOnce(const std::vector<std::string>& results,
                          Tick first) const {
    const Codec codec(bundle_);
    std::set<std::size_t> answered;
    for (const std::string& payload : results) {
      const SampleResult result = codec.DecodeResult(payload).value();
      EXPECT_EQ(result.status, ResultStatus::kOk);
      EXPECT_EQ(result.exit, Tier::kCloud);
      const auto index =
          replay_->Find(result.sample.tick - first, result.sample.object);
      ASSERT_TRUE(index.has_value());
      EXPECT_TRUE(answered.insert(*index).second) << ToString(result.sample);
    }
    EXPECT_EQ(answered.size(), replay_->expected().size());
  }

  const TempFolder folder_;
  const Mosquitto broker_;
  Bundle bundle_;
  std::optional<Replay> replay_;  // what is to be answered
  BusListener hears_;
  std::unique_ptr<Bus> watcher_;
  std::map<std::string, ChildProcess> running_;
};

TEST_F(CloudWorkersTest, AKilledWorkerCostsNothing) {
  ASSERT_NO_FATAL_FAILURE(StartAll());
  ASSERT_NO_FATAL_FAILURE(FreezeCloud1());
  running_.at("cloud1").Signal(SIGKILL);
  ExpectEachSampleAnsweredOnce();
}

TEST_F(CloudWorkersTest, AFrozenWorkerCostsTimeAloneAndComesBack) {
  ASSERT_NO_FATAL_FAILURE(StartAll());
  const std::size_t births = Heard("state")["cloud1"].size();
  ASSERT_NO_FATAL_FAILURE(FreezeCloud1());
  // Until the broker has given it up, it gets every other ask.
  EXPECT_TRUE(
      Eventually([&] { return Heard("state")["cloud1"].size() > births; }));
  running_.at("cloud1").Signal(SIGCONT);
  ExpectEachSampleAnsweredOnce();
  EXPECT_TRUE(Eventually([&] {
    return DecodeAgentState(Heard("state")["cloud1"].back())->online;
  }));
}

}  // namespace
}  // namespace ddnn
