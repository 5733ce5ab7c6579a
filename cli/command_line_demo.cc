#include "cli/command_line.h"
#include "core/vision/source_config.h"

namespace ddnn {
namespace {

/// What a demo shows.
void AddDemoInput(CLI::App* demo, DemoOptions* options) {
  demo->add_option("--dataset", options->dataset,
                   "folder of a data set (default: the simulated street)");
  demo->add_option("--split", options->split,
                   "rows to replay: COLUMN:VALUE of splits.csv, e.g. time:test "
                   "(default: all)");
  demo->add_option("--seed", options->seed, "the street's traffic")
      ->check(CLI::Range(0, kMaxStreetSeed))
      ->excludes("--dataset")
      ->capture_default_str();
  demo->add_option("--bundle", options->bundle,
                   "network (default: the shipped one for --hierarchy)");
  demo->add_option("--hierarchy", options->hierarchy,
                   "a: devices send pixels, all runs in the cloud; b: one "
                   "device and the cloud; c: devices and the cloud (default on "
                   "a data set); d, e: an edge section between (e: default on "
                   "the street); f: several edges")
      ->check(CLI::IsMember({"a", "b", "c", "d", "e", "f"}));
  demo->add_option("--tree", options->tree,
                   "who runs what, a YAML file (default: made for "
                   "--hierarchy)");
  demo->add_option("--threshold", options->thresholds,
                   "EXIT=T instead of the bundle's, e.g. local=0.5, to see "
                   "more samples travel on; may be given for each exit");
  demo->add_option("--offload", options->offload,
                   "what hierarchy a sends: raw (default), jpeg or jpeg:Q")
      ->excludes("--threshold");
  demo->add_option("--samples", options->samples,
                   "so many samples, repeating a data set if need be "
                   "(default: each once; 300 of the street)")
      ->check(CLI::Range(1, 100'000'000));
}

void AddPreview(CLI::App* demo, DemoOptions* options) {
  demo->add_option("--preview", options->preview_ms,
                   "devices publish a picture at most every so many ms, for "
                   "the live page (default: 0, none)")
      ->check(CLI::Range(200, 3'600'000));
}

}  // namespace

void AddDemo(CLI::App& app, CommandLine* line) {
  DemoOptions& options = line->demo;
  CLI::App* demo = AddCommand(
      app, line, "demo",
      "run the whole system on this machine, on a simulated street or a data "
      "set",
      [&options] { return RunDemo(options); });
  AddDemoInput(demo, &options);
  demo->add_option("--rate", options.ticks_per_s,
                   "ticks a second; 0 = as fast as answers come (default: 0; "
                   "10 on the street, or observed)")
      ->check(CLI::Range(0.0, 1000.0));
  demo->add_flag("--observe", options.observe,
                 "Prometheus beside it, and Grafana where it is installed, "
                 "until Ctrl-C if no --samples are given");
  demo->add_option("--json", options.json, "write the summary here");
  demo->add_option("--predictions", options.predictions,
                   "write every answer here, CSV");
  demo->add_option("--record", options.record,
                   "write what passes here, a JSON object a line, for `ddnn "
                   "report`");
  demo->add_flag("--keep", options.keep,
                 "keep the temporary folder with configuration and logs");
  demo->add_option("--batch-ms", options.batch_ms,
                   "scores of this time travel in one message")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  demo->add_flag("!--no-aliases", options.aliases,
                 "topics by their names in every message");
  demo->add_flag("--namespaces", options.namespaces,
                 "each tier in a network namespace of its own, to count what "
                 "its link carries (needs root)")
      ->excludes("--observe");
  AddPreview(demo, &options);
  demo->add_flag("--preload", options.preload,
                 "devices cut all their views before the first tick");
  demo->footer(
      "Environment: DDNN_HOME, the project's folder with models/ and broker/\n"
      "(default: above this program); DDNN_MOSQUITTO, DDNN_PROMETHEUS and\n"
      "DDNN_GRAFANA, these programs (default: those on the PATH).");
}

}  // namespace ddnn
