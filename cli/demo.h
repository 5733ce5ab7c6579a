#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ddnn {

struct DemoOptions {
  std::filesystem::path dataset;  ///< empty = the simulated street
  std::string split;              ///< "COLUMN:VALUE"; empty = every row
  /// The street's traffic; the shipped networks learnt from other traffic.
  int seed = 2;
  std::filesystem::path bundle;  ///< empty = the shipped one for `hierarchy`
  /// "a" to "f"; empty = that of bundle and tree, or the one to show: e on the
  /// street, c on a data set.
  std::string hierarchy;
  std::filesystem::path tree;           ///< empty = made for the hierarchy
  std::vector<std::string> thresholds;  ///< "EXIT=T" instead of the bundle's
  std::string offload;  ///< "raw", "jpeg", "jpeg:Q": hierarchy a
  /// 0 = every row once; of the street 300 if not given; of an observed demo
  /// so many that somebody will stop it before.
  std::optional<int> samples;
  /// Samples of the street until it begins again; WithDefaults() fills it in.
  int street_samples = 0;
  bool endless = false;  ///< nobody said how many; WithDefaults() fills it in
  /// 0 = as fast as answers come; of the street, and observed, 10 if not given.
  std::optional<double> ticks_per_s;
  int batch_ms = 0;         ///< of devices and edges
  bool aliases = true;      ///< topic aliases
  bool namespaces = false;  ///< one a tier, to count what its link carries
  int preview_ms = 0;       ///< devices show pictures this often; 0 = never
  bool preload = false;     ///< devices cut their views before they start
  bool observe = false;     ///< Prometheus and Grafana beside it
  bool keep = false;        ///< leave the folder with logs behind
  std::filesystem::path json;
  std::filesystem::path predictions;
  std::filesystem::path record;  ///< what passes, see cli/recording.h
};

/// `ddnn demo`: the whole system on this machine, real processes over a real
/// broker, on the simulated street or replaying a data set.
///
/// With `observe` Prometheus and Grafana run beside it, see Observatory.
///
/// The data, the bundle and the programs are checked before anything
/// starts. The processes live in a private temporary folder that goes away at
/// the end. SIGINT, SIGTERM and SIGHUP end it at once and cleanly. Call it from
/// main()'s thread.
/// \return kExitOk: every sample was answered once, or a signal came; 1: it
///     came to its end, but an agent died, or samples were lost or answered
///     twice; kExitUnavailable: the broker, the edge or all devices died, or
///     nothing moved for a minute.
/// \throws CommandError
int RunDemo(const DemoOptions& options);

}  // namespace ddnn
