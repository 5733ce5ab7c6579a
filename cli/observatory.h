#pragma once

#include <filesystem>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "cli/child_process.h"
#include "cli/labelled_metrics.h"
#include "cli/scrape_targets.h"
#include "core/bus/bus.h"

namespace ddnn {

/// Prometheus beside a demo, with the rules that ship, and Grafana with the
/// dashboards that ship where it is installed. Both are heard on loopback only,
/// on free ports, keep their data in the demo's folder, and end with it.
///
/// Thread-safety: none; start it from main()'s thread (see ChildProcess).
class Observatory {
 public:
  /// Makes sure that the programs and files are there, so that nothing starts
  /// in vain.
  /// \param folder   for configuration, data and logs.
  /// \param classes  names by label.
  /// \throws CommandError  kExitUnavailable: Prometheus or a file is missing.
  Observatory(std::filesystem::path folder,
              const std::vector<std::string>& classes);

  /// Starts Prometheus, waits until it answers, and starts Grafana, which takes
  /// its time.
  /// \throws CommandError  kExitUnavailable: Prometheus does not start.
  void Start();

  /// What to open in a browser, for people; of a started one.
  std::string Addresses() const;

  /// Takes agents' states, so that Prometheus finds them; others are no news.
  void OnMessage(const BusMessage& message);
  /// Shows how the answers compare with the truth.
  void Update(const Scoreboard::Running& running) { labelled_.Update(running); }

  /// A program that ended though nobody asked it to, once each; for people.
  std::optional<std::string> TakeDeath();

  /// Ends both.
  void Stop();

 private:
  void LayOutPrometheus() const;
  void StartPrometheus();
  void LayOutGrafana() const;
  void StartGrafana();

  const std::filesystem::path folder_;
  const std::filesystem::path shipped_;  // dashboards/
  const std::filesystem::path prometheus_program_;
  const std::optional<std::filesystem::path> grafana_program_;
  LabelledMetrics labelled_;
  ScrapeTargets targets_;
  std::string written_;  // the targets' file
  std::string prometheus_url_;
  std::string alerts_url_;  // its page of alerts
  std::string grafana_url_;
  std::list<ChildProcess> running_;
};

}  // namespace ddnn
