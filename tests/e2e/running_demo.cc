#include "tests/e2e/running_demo.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <mutex>
#include <utility>

#include "core/bus/paho_bus.h"
#include "tests/e2e/programs.h"
#include "tests/support/test_bundle.h"

namespace ddnn {

TinyWorld::TinyWorld(int edges)
    : bundle(MakeTestBundle({.devices = 2, .edges = edges, .classes = 2})),
      bundle_file(folder / "tiny.ddnn") {
  bundle.classes = {"car", "person"};
  // Between the samples' confidences, so that some leave and some travel on.
  for (Exit& exit : bundle.exits) {
    if (exit.tier == Tier::kDevice) exit.threshold = 0.5F;
  }
  EXPECT_TRUE(WriteBundle(bundle, bundle_file).ok());
  auto written = ReadBundle(bundle_file);
  EXPECT_TRUE(written.ok());
  bundle = std::move(written).value();
}

std::vector<std::string> TinyWorld::Arguments() const {
  return {"--dataset", data.root().string(), "--split",
          "time:test", "--bundle",           bundle_file.string()};
}

RunningDemo::RunningDemo(std::vector<std::string> arguments) {
  std::vector<std::string> command{BuiltProgram("ddnn").string(),
                                   "demo",
                                   "--json",
                                   (folder_ / "json").string(),
                                   "--predictions",
                                   (folder_ / "csv").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto process = ChildProcess::Start("demo", command, folder_ / "output");
  EXPECT_TRUE(process.ok());
  process_ = std::make_unique<ChildProcess>(std::move(process).value());
}

RunningDemo::~RunningDemo() {
  process_->Stop(milliseconds(20000));
  for (const pid_t pid : children_) {
    if (IsAlive(pid) && getpgid(pid) == pid) ::kill(pid, SIGKILL);
  }
}

std::string RunningDemo::output() const { return Slurp(folder_ / "output"); }
std::string RunningDemo::summary() const { return Slurp(folder_ / "json"); }
std::string RunningDemo::predictions() const { return Slurp(folder_ / "csv"); }

bool RunningDemo::AwaitAnswers() {
  const bool running = Eventually([this] {
    return !process_->Running() ||
           output().find("\nrunning ") != std::string::npos;
  });
  children_ = ChildrenOf(process_->pid());
  EXPECT_TRUE(running && process_->Running()) << output();
  return running && process_->Running();
}

int RunningDemo::AwaitEnd(milliseconds limit) {
  const bool ended = process_->WaitFor(limit);
  EXPECT_TRUE(ended) << output();
  return ended ? process_->exit_code().value_or(-1) : -1;
}

std::string RunningDemo::Announced(const std::string& label) const {
  const std::string text = output();
  const auto start = text.find(label);
  EXPECT_NE(start, std::string::npos) << text;
  const auto word = start + label.size();
  return text.substr(word, text.find_first_of(",\n", word) - word);
}

std::string RunningDemo::broker_url() const { return Announced("broker "); }
std::filesystem::path RunningDemo::demo_folder() const {
  return Announced("folder ");
}

pid_t RunningDemo::PidOf(const std::string& name) const {
  for (const pid_t pid : children_) {
    const std::string command = CommandOf(pid);
    if (command.find("/" + name + ".yaml") != std::string::npos ||
        command.find("/" + name + ".conf") != std::string::npos) {
      return pid;
    }
  }
  ADD_FAILURE() << "no process " << name;
  return -1;
}

struct Listener::State {
  std::mutex mutex;
  bool connected = false;                   // guarded by mutex
  std::map<std::string, std::string> last;  // guarded by mutex
};

Listener::Listener(const std::string& url, const std::string& filter)
    : state_(std::make_shared<State>()) {
  MqttConfig config;
  config.url = url;
  bus_ = MakePahoBus(config, "test-listener");
  bus_->Subscribe(filter, Qos::kAtLeastOnce);
  bus_->Start([state = state_](BusEvent event) {
    const std::lock_guard lock(state->mutex);
    if (std::holds_alternative<BusConnected>(event)) state->connected = true;
    if (auto* message = std::get_if<BusMessage>(&event)) {
      state->last[message->topic] = std::move(message->payload);
    }
  });
}

Listener::~Listener() { bus_->Stop(); }

bool Listener::AwaitConnection() {
  return Eventually([this] {
    const std::lock_guard lock(state_->mutex);
    return state_->connected;
  });
}

std::string Listener::LastOn(const std::string& topic) {
  const std::lock_guard lock(state_->mutex);
  return state_->last[topic];
}

std::map<std::string, std::string> Listener::Last() {
  const std::lock_guard lock(state_->mutex);
  return state_->last;
}

}  // namespace ddnn
