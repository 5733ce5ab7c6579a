#include "cli/targets.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cli/command.h"
#include "cli/scrape_targets.h"
#include "cli/stop_flag.h"
#include "cli/subscriber.h"
#include "core/base/file.h"
#include "core/bus/topics.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

/// Changes of so much time are written together; as long a silence means that
/// all retained states have come.
constexpr milliseconds kSettle{500};
constexpr milliseconds kConnectLimit{10'000};

/// Empty if there is none yet.
std::string ContentOf(const std::filesystem::path& file) {
  auto content = ReadFile(file);
  return content ? std::move(content).value() : std::string();
}

/// The file and what is known of it.
class TargetsFile {
 public:
  explicit TargetsFile(std::filesystem::path path)
      : path_(std::move(path)),
        written_(ContentOf(path_)),
        targets_(ParseFileSd(written_)) {}

  ScrapeTargets& targets() { return targets_; }

  /// Writes it if it would change, and names new problems.
  void Update() {
    const auto targets = targets_.Targets();
    if (const std::string text = ToFileSd(targets); text != written_) {
      ValueOrThrow(WriteFileAtomically(path_, text), kExitUnavailable);
      written_ = text;
      std::cout << fmt::format("{}: {} targets\n", path_.string(),
                               targets.size())
                << std::flush;
    }
    std::set<std::string> problems;
    for (std::string& problem : targets_.Problems()) {
      if (!problems_.contains(problem)) {
        std::cerr << "ddnn targets: left out: " << problem << '\n';
      }
      problems.insert(std::move(problem));
    }
    problems_ = std::move(problems);
  }

 private:
  const std::filesystem::path path_;
  std::string written_;
  ScrapeTargets targets_;
  std::set<std::string> problems_;  // told already
};

/// Turns the bus's events into the file.
class TargetsKeeper {
 public:
  explicit TargetsKeeper(const TargetsOptions& options)
      : options_(options),
        file_(options.out),
        subscriber_(
            MakeCommandBus("targets", options.mqtt), clock_, [](Bus* bus) {
              bus->Subscribe(AgentTopics("+", "+").State(), Qos::kAtLeastOnce);
            }) {}
  ~TargetsKeeper() {
    std::cerr << MissedText("targets", file_.targets().rejected(),
                            subscriber_.dropped());
  }
  TargetsKeeper(const TargetsKeeper&) = delete;
  TargetsKeeper& operator=(const TargetsKeeper&) = delete;

  int Run(const StopFlag& stop) {
    const auto give_up = steady_clock::now() + kConnectLimit;
    while (!stop.raised()) {
      const auto heard = subscriber_.Next();
      if (heard && IsTheEnd(heard->event)) return kExitRefused;
      const auto now = steady_clock::now();
      if (write_at_ && now >= *write_at_) {
        Write();
        if (options_.once) return kExitOk;
      }
      if (options_.once && !write_at_ && now >= give_up) {
        throw CommandError(kExitUnavailable,
                           "no answer from the broker at " + options_.mqtt.url);
      }
    }
    return kExitOk;
  }

 private:
  /// Takes an event. \return true if the broker refuses us for good.
  bool IsTheEnd(const BusEvent& event) {
    if (const auto* lost = std::get_if<BusDisconnected>(&event)) {
      std::cerr << DisconnectedText("targets", *lost);
      return lost->final;
    }
    const auto* message = std::get_if<BusMessage>(&event);
    if (message != nullptr) file_.targets().OnMessage(*message);
    // At the start, all that the broker retains is awaited.
    const bool waits = !settled_ && message != nullptr && message->retained;
    if (!write_at_ || waits) write_at_ = steady_clock::now() + kSettle;
    return false;
  }

  void Write() {
    write_at_.reset();
    if (!settled_) file_.targets().ForgetUnconfirmed();
    settled_ = true;
    file_.Update();
  }

  const TargetsOptions& options_;
  TargetsFile file_;
  const SystemClock clock_;
  Subscriber subscriber_;
  std::optional<steady_clock::time_point> write_at_;  // something may be new
  bool settled_ = false;  // the retained states have come
};

}  // namespace

int RunTargets(const TargetsOptions& options) {
  const StopFlag stop;
  return TargetsKeeper(options).Run(stop);
}

}  // namespace ddnn
