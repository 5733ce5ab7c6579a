#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>

#include "cli/bundle_command.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "cli/doctor.h"
#include "cli/evaluate.h"
#include "cli/report/report_command.h"
#include "cli/serve/serve.h"
#include "cli/street_command.h"
#include "cli/targets.h"
#include "cli/trace/trace_command.h"
#include "cli/tune.h"
#include "cli/watch.h"
#include "core/base/config.h"
#include "core/base/exit_code.h"
#include "core/base/log.h"
#include "core/base/names.h"
#include "core/vision/source_config.h"

namespace ddnn {
namespace {

/// What the command line asks for; options live as long as main().
struct CommandLine {
  DemoOptions demo;
  DoctorOptions doctor;
  EvaluateOptions evaluate;
  ReportOptions report;
  ServeOptions serve;
  StreetOptions street;
  TargetsOptions targets;
  TraceOptions trace;
  TuneOptions tune;
  WatchOptions watch;
  std::filesystem::path bundle;
  bool bundle_json = false;
  std::function<int()> run;
  std::string name;
};

CLI::App* AddCommand(CLI::App& parent, CommandLine* line,
                     const std::string& name, const std::string& purpose,
                     std::function<int()> run) {
  CLI::App* command = parent.add_subcommand(name, purpose);
  command->set_version_flag("--version", "ddnn " DDNN_VERSION);
  if (run) {
    command->callback([line, command, run = std::move(run)] {
      line->run = run;
      line->name = command->get_display_name();
    });
  }
  return command;
}

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

/// How a command that listens logs in.
void AddLogin(CLI::App* command, MqttConfig* mqtt) {
  command->add_option("--user", mqtt->user, "login");
  command->add_option("--password-file", mqtt->password_file,
                      "its first line is the password");
  command->add_option("--ca-file", mqtt->ca_file, "mqtts: broker's CA");
  command->add_option("--cert-file", mqtt->cert_file, "mqtts: our certificate");
  command->add_option("--key-file", mqtt->key_file, "mqtts: its key");
}

/// Whose messages a command that listens wants; "+" = all.
void AddSiteAndGroup(CLI::App* command, std::string* site, std::string* group) {
  const CLI::Validator id(
      [](const std::string& text) {
        return text == "+" || IsValidId(text)
                   ? std::string()
                   : fmt::format("'{}' must be {}, or + for all", text,
                                 kIdRule);
      },
      "ID", "id");
  command->add_option("--site", *site, "one site only")->check(id);
  command->add_option("--group", *group, "one group only")->check(id);
}

/// A broker and the login there.
void AddBroker(CLI::App* command, MqttConfig* mqtt) {
  command
      ->add_option("--broker", mqtt->url,
                   "mqtt://HOST:PORT or mqtts://HOST:PORT")
      ->required();
  AddLogin(command, mqtt);
}

void AddWatch(CLI::App& app, CommandLine* line) {
  WatchOptions& options = line->watch;
  CLI::App* watch =
      AddCommand(app, line, "watch", "print results as they come, until Ctrl-C",
                 [&options] { return RunWatch(options); });
  AddBroker(watch, &options.mqtt);
  AddSiteAndGroup(watch, &options.site, &options.group);
  watch->add_flag("--json", options.json, "one object a line");
}

void AddTargets(CLI::App& app, CommandLine* line) {
  TargetsOptions& options = line->targets;
  CLI::App* targets = AddCommand(
      app, line, "targets",
      "keep the list of agents that Prometheus should scrape, until Ctrl-C",
      [&options] { return RunTargets(options); });
  AddBroker(targets, &options.mqtt);
  targets
      ->add_option("--out", options.out,
                   "the list, for Prometheus's file_sd_configs")
      ->required();
  targets->add_flag("--once", options.once, "write it and end");
}

void AddServe(CLI::App& app, CommandLine* line) {
  ServeOptions& options = line->serve;
  CLI::App* serve =
      AddCommand(app, line, "serve", "show what happens live, on a web page",
                 [&options] { return RunServe(options); });
  AddBroker(serve, &options.mqtt);
  AddSiteAndGroup(serve, &options.site, &options.group);
  serve
      ->add_option("--bundle", options.bundle,
                   "the group's network: shows each camera's own scores, and T")
      ->check(CLI::ExistingFile);
  serve
      ->add_option("--listen", options.listen,
                   "HOST:PORT of the page; port 0 = any free one; whoever can "
                   "reach it can see all that it shows")
      ->capture_default_str();
  serve->add_option("--allow-host", options.allow_host,
                    "a name, beside addresses and localhost, by which browsers "
                    "may ask for the page");
}

void AddTrace(CLI::App& app, CommandLine* line) {
  TraceOptions& options = line->trace;
  CLI::App* trace =
      AddCommand(app, line, "trace", "follow one sample on its way, with times",
                 [&options] { return RunTrace(options); });
  trace
      ->add_option("sample", options.sample,
                   "<tick>-<object> as results name it, or next")
      ->required();
  trace->add_option("--exit", options.exit, "next: one that is answered there")
      ->check(CLI::IsMember({"local", "edge", "cloud"}));
  auto* broker = trace->add_option("--broker", options.broker,
                                   "mqtt://HOST:PORT or mqtts://HOST:PORT");
  trace
      ->add_option("--from", options.recording,
                   "look in a recording instead (demo --record, watch --json)")
      ->excludes(broker);
  trace->add_option("--bundle", options.bundle,
                    "network that runs, to show T of its exits");
  AddSiteAndGroup(trace, &options.site, &options.group);
  trace->add_option("--timeout", options.timeout_s, "seconds to wait")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
  AddLogin(trace, &options.mqtt);
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

/// Runs a command and turns its errors into a line and an exit code.
int Run(const CommandLine& line) {
  const std::string prefix = "ddnn " + line.name + ": ";
  try {
    return line.run();
  } catch (const CommandError& e) {
    std::cerr << prefix << e.what() << '\n';
    return e.code();
  } catch (const ConfigError& e) {
    std::cerr << prefix << e.what() << '\n';
    return kExitConfig;
  } catch (const std::exception& e) {
    std::cerr << prefix << "internal error: " << e.what() << '\n';
    return kExitSoftware;
  }
}

int Main(int argc, char** argv) {
  InitLog({.level = "warning", .format = "text", .name = "ddnn"});
  CLI::App app("Distributed deep neural networks over MQTT", "ddnn");
  app.set_version_flag("--version", "ddnn " DDNN_VERSION);
  app.require_subcommand(1);
  CommandLine line;
  AddDemo(app, &line);
  AddEvaluate(app, &line);
  AddStreet(app, &line);
  AddWatch(app, &line);
  AddTargets(app, &line);
  AddServe(app, &line);
  AddReport(app, &line);
  AddTrace(app, &line);
  AddBundle(app, &line);
  AddDoctor(app, &line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kExitOk : kExitUsage;
  }
  return Run(line);
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) try {
  return ddnn::Main(argc, argv);
} catch (const std::exception& e) {  // before or while the line is read
  std::fprintf(stderr, "ddnn: internal error: %s\n", e.what());
  return ddnn::kExitSoftware;
}
