#include "cli/bundle_command.h"
#include "cli/command_line.h"
#include "core/vision/source_config.h"

namespace ddnn {
namespace {

void AddTune(CLI::App& bundle, CommandLine* line) {
  TuneOptions& options = line->tune;
  CLI::App* tune = AddCommand(bundle, line, "tune",
                              "choose T of the early exits for a target",
                              [&options] { return RunTune(options); });
  tune->add_option("file", options.bundle, "bundle")->required();
  tune->add_option("--dataset", options.dataset, "folder of the data set")
      ->required();
  tune->add_option("--split", options.split,
                   "rows that choose T: COLUMN:VALUE of splits.csv, never the "
                   "test rows (default: all)");
  tune->add_option("--target", options.target,
                   "accuracy=0.98: most early exits at that accuracy; bytes=40 "
                   "or local_exit=0.7: most accurate within that")
      ->required();
  tune->add_option("--validation", options.validation,
                   "other rows, to see whether the target holds there");
  tune->add_option("--out", options.out,
                   "write the bundle with its new T here (default: only show)");
  tune->add_option("--curve", options.curve, "write the whole curve here, CSV");
  tune->add_option("--figure", options.figure,
                   "draw it here, .svg or .png; needs gnuplot");
}

}  // namespace

void AddEvaluate(CLI::App& app, CommandLine* line) {
  EvaluateOptions& options = line->evaluate;
  CLI::App* evaluate = AddCommand(
      app, line, "evaluate", "run a whole network over a data set, offline",
      [&options] { return RunEvaluate(options); });
  evaluate->add_option("--dataset", options.dataset, "folder of the data set")
      ->required();
  evaluate->add_option("--split", options.split,
                       "rows to answer: COLUMN:VALUE of splits.csv, e.g. "
                       "time:test (default: all)");
  evaluate->add_option("--bundle", options.bundle, "network")->required();
  evaluate->add_option("--threshold", options.thresholds,
                       "EXIT=T instead of the bundle's, e.g. local=0.8; may "
                       "be given for each exit");
  evaluate
      ->add_option("--offload", options.offload,
                   "raw, jpeg or jpeg:Q (quality 1 to 100, default 90): "
                   "views travel as pixels, the cloud runs all sections and "
                   "its exit alone answers")
      ->excludes("--threshold");
  evaluate
      ->add_option("--without", options.without,
                   "devices that have failed, e.g. 1,4: accuracy is that of "
                   "the samples that others see")
      ->delimiter(',');
  evaluate->add_option("--json", options.json, "write the summary here");
  evaluate->add_option("--predictions", options.predictions,
                       "write every answer here, CSV");
}

void AddStreet(CLI::App& app, CommandLine* line) {
  StreetOptions& options = line->street;
  CLI::App* street = AddCommand(app, line, "street",
                                "write the simulated street as a data set",
                                [&options] { return RunStreet(options); });
  street
      ->add_option("--seed", options.seed,
                   "the traffic; the shipped networks learnt from 1")
      ->check(CLI::Range(0, kMaxStreetSeed))
      ->capture_default_str();
  street
      ->add_option("--ticks", options.ticks,
                   "how long, in seconds of it; each takes 1.3 MiB")
      ->check(CLI::Range(1, kMaxStreetTicks))
      ->capture_default_str();
  street->add_option("--out", options.out, "folder, absent or empty")
      ->required();
}

void AddReport(CLI::App& app, CommandLine* line) {
  ReportOptions& options = line->report;
  CLI::App* report = AddCommand(
      app, line, "report",
      "draw a run as one HTML page, from a recording or a Prometheus",
      [&options] { return RunReport(options); });
  auto* recording =
      report->add_option("recording", options.recording,
                         "what `demo --record` or `watch --json` wrote");
  auto* prometheus =
      report
          ->add_option("--prometheus", options.prometheus,
                       "http://HOST:PORT of one that scrapes the agents")
          ->excludes(recording);
  report
      ->add_option("--range", options.range,
                   "of Prometheus, up to now: e.g. 30s, 10m, 2h, 1d")
      ->needs(prometheus)
      ->capture_default_str();
  report->add_option("--site", options.site, "whose run, if there are several");
  report->add_option("--group", options.group,
                     "whose run, if there are several");
  report->add_option("--out", options.out, "the page")->capture_default_str();
}

void AddDoctor(CLI::App& app, CommandLine* line) {
  DoctorOptions& options = line->doctor;
  CLI::App* doctor = AddCommand(
      app, line, "doctor",
      "check all that an agent needs: configuration, bundle, broker, login, "
      "rights, clock, camera, disk",
      [&options] { return RunDoctor(options); });
  doctor->add_option("--config", options.config, "the agent's file, YAML")
      ->required();
  doctor->add_flag("--json", options.json, "as JSON");
}

void AddBundle(CLI::App& app, CommandLine* line) {
  CLI::App* bundle =
      AddCommand(app, line, "bundle", "look into a trained network", nullptr);
  bundle->require_subcommand(1);
  CLI::App* show = AddCommand(
      *bundle, line, "show", "print tree, shapes, bytes, exits and training",
      [line] { return ShowBundle(line->bundle, line->bundle_json); });
  show->add_option("file", line->bundle, "bundle")->required();
  show->add_flag("--json", line->bundle_json, "as JSON");
  CLI::App* verify =
      AddCommand(*bundle, line, "verify", "check that agents would run it",
                 [line] { return VerifyBundle(line->bundle); });
  verify->add_option("file", line->bundle, "bundle")->required();
  AddTune(*bundle, line);
}

}  // namespace ddnn
