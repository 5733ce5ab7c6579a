#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/child_process.h"
#include "core/bus/bus.h"
#include "core/nn/bundle.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_data_set.h"

namespace ddnn {

/// The tiny data set and a random network for it whose samples leave at
/// different exits; so that these tests need no other data.
struct TinyWorld {
  /// \param edges  0: hierarchy c; 1: hierarchy e; 2: hierarchy f.
  explicit TinyWorld(int edges = 0);

  /// `--dataset`, `--split` and `--bundle`.
  std::vector<std::string> Arguments() const;

  TinyDataSet data;
  TempFolder folder;
  Bundle bundle;
  std::filesystem::path bundle_file;
};

/// A `ddnn demo` in a process of its own, and what it leaves.
class RunningDemo {
 public:
  explicit RunningDemo(std::vector<std::string> arguments);
  /// The demo and all of its processes are gone afterwards, whatever happened.
  ~RunningDemo();
  RunningDemo(const RunningDemo&) = delete;
  RunningDemo& operator=(const RunningDemo&) = delete;

  ChildProcess& process() { return *process_; }
  std::string output() const;
  std::string summary() const;
  std::string predictions() const;

  /// Waits until answers have come. \return false if they do not.
  bool AwaitAnswers();
  /// Waits for its end. \return its exit code; -1 if it had to be killed.
  int AwaitEnd(milliseconds limit = milliseconds(90000));

  /// Once AwaitAnswers() returned true:
  std::string broker_url() const;
  std::filesystem::path demo_folder() const;
  /// The process of an agent, e.g. "device1", or "mosquitto".
  pid_t PidOf(const std::string& name) const;
  std::vector<pid_t> processes() const { return children_; }

 private:
  /// The word after `label` in the demo's first line.
  std::string Announced(const std::string& label) const;

  TempFolder folder_;
  std::unique_ptr<ChildProcess> process_;
  std::vector<pid_t> children_;
};

/// A client of a demo's broker that notes the last message of each topic.
class Listener {
 public:
  Listener(const std::string& url, const std::string& filter);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  bool AwaitConnection();
  Bus& bus() { return *bus_; }
  /// Payload of a topic's last message; empty if there was none.
  std::string LastOn(const std::string& topic);
  /// The same for every topic that there was a message on.
  std::map<std::string, std::string> Last();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<Bus> bus_;
};

}  // namespace ddnn
