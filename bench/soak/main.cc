#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "bench/soak/report.h"
#include "bench/soak/soak.h"
#include "cli/command.h"
#include "cli/output_files.h"
#include "cli/run_command.h"
#include "cli/stop_flag.h"
#include "core/base/exit_code.h"

namespace ddnn {
namespace {

struct Options {
  SoakOptions soak;
  int seconds = 60;
  int hold_s = 0;  ///< 0 = each fault's own time
  std::vector<std::string> faults;
  double most_growth = SoakReport{}.most_growth;
  std::filesystem::path json;
};

std::string AllFaults() {
  std::string text = "Faults:";
  for (const FaultKind& kind : FaultKinds()) {
    text += fmt::format("\n  {} ({} ms{}{})", kind.name, kind.lasts.count(),
                        kind.needs_network() ? ", --namespaces" : "",
                        kind.needs_standby ? ", --standby" : "");
  }
  return text;
}

void AddOptions(CLI::App* app, Options* options) {
  app->add_option("--seconds", options->seconds,
                  "after these no other fault begins")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app->add_option("--seed", options->soak.seed, "of the choice of faults")
      ->capture_default_str();
  app->add_option("--faults", options->faults,
                  "only these, separated by commas (default: all that need "
                  "nothing that is not asked for)")
      ->delimiter(',');
  app->add_option("--hold", options->hold_s,
                  "seconds that each fault lasts (default: its own time)")
      ->check(CLI::Range(1, 100'000));
  app->add_option("--rate", options->soak.site.ticks_per_s, "ticks a second")
      ->check(CLI::Range(1.0, 100.0))
      ->capture_default_str();
  app->add_option("--cloud-agents", options->soak.site.cloud_agents,
                  "cloud agents")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app->add_option("--queue-limit", options->soak.site.queue_limit,
                  "messages that wait at the broker for one client at most "
                  "(default: as broker/mosquitto.conf says)")
      ->check(CLI::Range(1, 1'000'000));
  app->add_flag("--standby", options->soak.site.standby,
                "a second edge agent, which takes over");
  app->add_flag("--namespaces", options->soak.namespaces,
                "each tier in a network namespace of its own, for faults of "
                "links (needs root, nft, tc and /dev/net/tun)");
  app->add_option("--bundle", options->soak.site.bundle,
                  "network of six devices and at most one edge (default: the "
                  "street's e)");
  app->add_flag("--keep", options->soak.keep,
                "keep the temporary folder with configuration and logs");
  app->add_option("--most-growth", options->most_growth,
                  "an agent's memory may grow by so much, more under a "
                  "sanitizer")
      ->check(CLI::Range(1.0, 100.0))
      ->capture_default_str();
  app->add_option("--json", options->json, "write the figures here");
  app->footer(AllFaults());
}

/// \throws CommandError  kExitUsage
std::vector<const FaultKind*> ChosenFaults(const Options& options) {
  const SoakOptions& soak = options.soak;
  std::vector<const FaultKind*> kinds;
  for (const FaultKind& kind : FaultKinds()) {
    const bool possible = (soak.namespaces || !kind.needs_network()) &&
                          (soak.site.standby || !kind.needs_standby);
    if (options.faults.empty() && possible) kinds.push_back(&kind);
  }
  for (const std::string& name : options.faults) {
    const FaultKind* kind = FindFault(name);
    if (kind == nullptr) {
      throw CommandError(kExitUsage, "--faults: there is no " + name);
    }
    if (kind->needs_network() && !soak.namespaces) {
      throw CommandError(kExitUsage, name + " needs --namespaces");
    }
    if (kind->needs_standby && !soak.site.standby) {
      throw CommandError(kExitUsage, name + " needs --standby");
    }
    kinds.push_back(kind);
  }
  return kinds;
}

/// Each kind once, in random order, then again.
class Deck {
 public:
  Deck(std::vector<const FaultKind*> kinds, std::uint32_t seed)
      : kinds_(std::move(kinds)), random_(seed) {}

  const FaultKind& Draw() {
    if (left_.empty()) {
      left_ = kinds_;
      std::ranges::shuffle(left_, random_);
    }
    const FaultKind& kind = *left_.back();
    left_.pop_back();
    return kind;
  }

 private:
  const std::vector<const FaultKind*> kinds_;
  std::mt19937 random_;
  std::vector<const FaultKind*> left_;
};

std::string Line(const FaultOutcome& fault) {
  return fmt::format(
      "{:<20} {:<40} {}\n", fault.kind->name, fault.whom,
      fault.recovery
          ? fmt::format("well after {} ms, {} of them without a CPU",
                        fault.recovery->count(), fault.starved.count())
          : "did not recover");
}

int Run(const Options& options) {
  RequireFolderOf(options.json);
  Deck deck(ChosenFaults(options), options.soak.seed);
  const StopFlag stop;
  Soak soak(options.soak);
  soak.SetStop([&stop] { return stop.raised(); });
  soak.Start();
  SoakReport report;
  report.seed = options.soak.seed;
  report.most_growth = options.most_growth;
  const Instant begin = soak.Now();
  const Instant end = begin + std::chrono::seconds(options.seconds);
  std::optional<milliseconds> hold;
  if (options.hold_s > 0) hold = std::chrono::seconds(options.hold_s);
  while (!stop.raised() && soak.Now() < end) {
    FaultOutcome outcome = soak.Inject(deck.Draw(), hold);
    if (stop.raised()) break;
    soak.Settle(&outcome);
    std::cerr << Line(outcome);
    report.faults.push_back(std::move(outcome));
  }
  report.memory = soak.memory().figures();
  report.audit = soak.Finish();
  report.seconds = std::chrono::duration<double>(soak.Now() - begin).count();
  std::cout << ToTable(report);
  WriteOutput(options.json, ToJson(report));
  return report.clean() ? kExitOk : kExitUnclean;
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::Options options;
  return ddnn::RunCommandProgram(
      {.name = "soak",
       .purpose = "Breaks a site's processes and links, one after the other, "
                  "and checks that every sample is accounted for",
       .add_options = [&](CLI::App* app) { ddnn::AddOptions(app, &options); },
       .run = [&] { return ddnn::Run(options); }},
      argc, argv);
}
