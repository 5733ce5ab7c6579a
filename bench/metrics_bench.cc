// What /metrics costs the agents of a group at 25 ticks a second: six devices,
// an edge, two cloud agents and a broker, each a process. See README.md.
#include <httplib.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/soak/soak.h"
#include "cli/command.h"
#include "cli/installation.h"
#include "cli/run_command.h"
#include "core/base/exit_code.h"
#include "core/bus/paho_bus.h"
#include "core/nn/bundle.h"
#include "core/telemetry/stage_timer.h"
#include "edge_agent/metrics.h"

namespace ddnn {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr int kScrapes = 50;
constexpr int kCalls = 1000;
constexpr int kBatches = 1000;
constexpr std::size_t kCacheBytes = 16 << 20;
constexpr double kScrapeEveryS = 5;  // as dashboards/prometheus.yml

/// Seconds that something takes: at once again, and when all that it needs has
/// left the CPU's caches meanwhile. In an agent it is something between.
struct Time {
  double warm = 0;
  double cold = 0;
};

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

template <typename Function>
double SecondsOf(int calls, const Function& call) {
  const auto begin = steady_clock::now();
  for (int i = 0; i < calls; ++i) call();
  return duration<double>(steady_clock::now() - begin).count() / calls;
}

/// Medians, which other work on the machine disturbs least.
template <typename Function>
Time TimeOf(const Function& call) {
  std::vector<double> warm;
  std::vector<double> cold;
  std::vector<char> other(kCacheBytes);
  for (int i = 0; i < kBatches; ++i) {
    warm.push_back(SecondsOf(kCalls, call));
    for (std::size_t at = 0; at < other.size(); at += 64) ++other[at];
    cold.push_back(SecondsOf(1, call));
  }
  return {Median(warm), Median(cold)};
}

/// What a pipeline does for its metrics.
struct Costs {
  Time stage;  ///< to time a stage
  Time event;  ///< to hand on what is counted, after each event
};

/// With the counters of an edge, which has most.
Costs MeasureCosts() {
  const Bundle bundle = ValueOrThrow(
      ReadBundle(ProjectFile("models/street-e.ddnn")), kExitUnavailable);
  EdgeMetrics metrics(bundle);
  AgentCounters counters;
  for (const CounterFamily& family : EdgeCounters()) {
    for (const auto& row : family.rows) counters[row.counter] = 1;
  }
  const auto bus = MakePahoBus({}, "metrics-bench");
  StatsNotes notes(&counters);
  return {.stage = TimeOf([&] { const StageTimer timer(metrics.decide); }),
          .event = TimeOf([&] {
            const BusStats stats = bus->stats();
            notes.Note(stats);
            metrics.SetQueue(stats.queue_messages, stats.queue_bytes);
            metrics.counters.Update(counters);
          })};
}

/// What an agent had done at an instant.
struct Reading {
  double cpu_s = 0;
  double stages = 0;  ///< that it timed, and other observations
  /// Messages, and times that its pipeline woke up: no fewer than its events.
  double events = 0;
};

/// One agent under measurement.
class Agent {
 public:
  Agent(const Soak& soak, Site::Process process)
      : process_(std::move(process)),
        client_("http://" + soak.ear().online().at(process_.name).metrics) {}

  const std::string& name() const { return process_.name; }

  /// \return the page.
  /// \throws CommandError  kExitUnavailable: there is none.
  std::string Scrape() {
    const auto answer = client_.Get("/metrics");
    if (!answer || answer->status != 200) {
      throw CommandError(kExitUnavailable, name() + " shows no /metrics");
    }
    return answer->body;
  }

  Reading Read() {
    Reading reading{.cpu_s = CpuSeconds(), .events = Wakes()};
    std::istringstream lines(Scrape());
    for (std::string line; std::getline(lines, line);) {
      const std::string_view name =
          std::string_view(line).substr(0, line.find_first_of("{ "));
      const auto value = [&] {
        return std::stod(line.substr(line.rfind(' ')));
      };
      if (!name.starts_with("ddnn_")) continue;
      if (name.ends_with("_count")) reading.stages += value();
      if (name == "ddnn_messages_received_total" &&
          line.find("control") == std::string::npos) {
        reading.events += value();
      }
    }
    return reading;
  }

  double CpuSeconds() const {
    // The kernel's nanoseconds; /proc/PID/stat counts hundredths of a second.
    double all_s = 0;
    for (const auto& task : std::filesystem::directory_iterator(Proc("task"))) {
      double ran_ns = 0;
      std::ifstream(task.path() / "schedstat") >> ran_ns;
      all_s += ran_ns / 1e9;
    }
    return all_s;
  }

 private:
  std::filesystem::path Proc(const char* entry) const {
    return fmt::format("/proc/{}/{}", process_.pid, entry);
  }
  /// Of the agent's thread that wakes most often; libraries name theirs.
  double Wakes() const {
    double most = 0;
    std::string own;
    std::getline(std::ifstream(Proc("comm")), own);
    for (const auto& task : std::filesystem::directory_iterator(Proc("task"))) {
      std::string name;
      std::getline(std::ifstream(task.path() / "comm"), name);
      if (name != own) continue;
      std::ifstream status(task.path() / "status");
      for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("voluntary_ctxt_switches:")) continue;
        most = std::max(most, std::stod(line.substr(line.find(':') + 1)));
      }
    }
    return most;
  }

  const Site::Process process_;
  httplib::Client client_;
};

/// Of one scrape.
struct ScrapeCost {
  double median_ms;
  double cpu_s;  ///< of the agent, all its other work meanwhile included
};

ScrapeCost MeasureScrapes(Agent* agent) {
  std::vector<double> times_ms;
  const double before_s = agent->CpuSeconds();
  for (int i = 0; i < kScrapes; ++i) {
    const auto begin = steady_clock::now();
    static_cast<void>(agent->Scrape());
    times_ms.push_back(
        duration<double, std::milli>(steady_clock::now() - begin).count());
  }
  const double cpu_s = (agent->CpuSeconds() - before_s) / kScrapes;
  return {Median(std::move(times_ms)), cpu_s};
}

constexpr std::string_view kTitle =
    "agent      CPU %  stages/s  events/s   warm %   cold %  scrape ms  "
    "scrape CPU ms  scrapes %\n";

/// Percents: CPU of one core, the others of that CPU.
std::string Row(Agent* agent, const Reading& before, double seconds,
                const Costs& costs) {
  const Reading after = agent->Read();
  const double cpu_s = after.cpu_s - before.cpu_s;
  const double stages = after.stages - before.stages;
  const double events = after.events - before.events;
  const auto percent = [&](double Time::*kind) {
    return 100 / cpu_s *
           (stages * costs.stage.*kind + events * costs.event.*kind);
  };
  const ScrapeCost scrape = MeasureScrapes(agent);
  return fmt::format(
      "{:<9}{:>7.2f}{:>10.0f}{:>10.0f}{:>9.2f}{:>9.2f}{:>11.2f}{:>15.2f}"
      "{:>11.2f}\n",
      agent->name(), 100 * cpu_s / seconds, stages / seconds, events / seconds,
      percent(&Time::warm), percent(&Time::cold), scrape.median_ms,
      1e3 * scrape.cpu_s, 100 * scrape.cpu_s * seconds / kScrapeEveryS / cpu_s);
}

struct Options {
  int seconds = 20;
  double ticks_per_s = 25;
};

int Run(const Options& options) {
  const Costs costs = MeasureCosts();
  for (const auto& [what, time] : {std::pair("to time a stage", costs.stage),
                                   std::pair("after an event", costs.event)}) {
    std::cout << fmt::format("{}: warm {:.0f} ns, cold {:.0f} ns\n", what,
                             1e9 * time.warm, 1e9 * time.cold);
  }
  Soak soak({.site = {.ticks_per_s = options.ticks_per_s}});
  soak.Start();
  std::deque<Agent> agents;
  std::vector<Reading> before;
  for (const Site::Process& process : soak.site().Running()) {
    if (process.role == Site::Role::kBroker) continue;
    before.push_back(agents.emplace_back(soak, process).Read());
  }
  const auto begin = steady_clock::now();
  soak.Listen(std::chrono::seconds(options.seconds));
  const duration<double> time = steady_clock::now() - begin;
  std::cout << kTitle;
  for (std::size_t i = 0; i < agents.size(); ++i) {
    std::cout << Row(&agents[i], before[i], time.count(), costs);
  }
  return kExitOk;
}

void AddOptions(CLI::App* app, Options* options) {
  app->add_option("--seconds", options->seconds, "of measurement")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app->add_option("--rate", options->ticks_per_s, "ticks a second")
      ->check(CLI::Range(1.0, 100.0))
      ->capture_default_str();
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::Options options;
  return ddnn::RunCommandProgram(
      {.name = "metrics_bench",
       .purpose = "Measures what /metrics costs the agents of a group",
       .add_options = [&](CLI::App* app) { ddnn::AddOptions(app, &options); },
       .run = [&] { return ddnn::Run(options); }},
      argc, argv);
}
