#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <exception>
#include <string>

#include "core/base/config.h"
#include "core/base/exit_code.h"
#include "trainer/experiment/command.h"
#include "trainer/fit_command.h"
#include "trainer/recipe.h"

namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal");

/// The first Ctrl-C is a request; a second one ends the process as usual.
void StopOnFirstSignal() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

void Print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"ddnn-train: trains DDNN networks and writes bundles",
               "ddnn-train"};
  app.set_version_flag("--version", "ddnn-train " DDNN_VERSION);
  app.require_subcommand(1);
  ddnn::FitRequest request;
  CLI::App* fit =
      app.add_subcommand("fit", "train one network on rows of a data set");
  fit->add_option("--recipe", request.recipe, "YAML file, keys below")
      ->required();
  fit->add_option("--dataset", request.dataset, "folder of the data set")
      ->required();
  fit->add_option("--split", request.split,
                  "rows to train on, e.g. time:train; default: all");
  fit->add_option("--test", request.test,
                  "rows to test on, read once at the end, e.g. time:test");
  fit->add_option("--test-dataset", request.test_dataset,
                  "folder of another data set to test on; default: --dataset");
  fit->add_option("--out", request.out, "the bundle to write")->required();
  fit->add_option("--card", request.card, "the card to write (Markdown)");
  fit->add_option("--seed", request.seed, "instead of the recipe's");
  fit->add_option("--set", request.overrides,
                  "KEY=VALUE instead of the recipe's; may be repeated");
  ddnn::ExperimentRequest experiment;
  CLI::App* study = app.add_subcommand(
      "experiment", "the paper's tables and figures, measured anew");
  study->add_option("name", experiment.name, "an experiment below, or all")
      ->required();
  study->add_option("--dataset", experiment.dataset, "folder of the data set")
      ->required();
  study
      ->add_option("--out", experiment.out,
                   "folder of bundles, tables and figures; runs found there "
                   "are not trained again")
      ->required();
  study->add_option("--results", experiment.results,
                    "page of results to write; default: OUT/results.md");
  study
      ->add_option("--recipes", experiment.recipes,
                   "folder of paper.yaml and epfl-mvmc-c.yaml")
      ->capture_default_str();
  study
      ->add_option("--jobs", experiment.jobs,
                   "runs side by side, a core and 1 GiB each")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  study->add_flag("--quick", experiment.quick, "one seed instead of 3 or 5");
  study->add_flag("--dry-run", experiment.dry_run,
                  "only list the runs and the time they would take");
  study->footer("Experiments:\n" + ddnn::DescribeExperiments());
  fit->footer("Keys of a recipe:\n" + ddnn::DescribeRecipe());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? ddnn::kExitOk : ddnn::kExitUsage;
  }
  StopOnFirstSignal();
  try {
    const bool terminal = ::isatty(STDOUT_FILENO) != 0;
    const auto stop = [] { return stop_requested.load(); };
    if (study->parsed()) {
      return ddnn::RunExperiments(experiment, terminal, Print, stop);
    }
    return ddnn::RunFit(request, terminal, Print, stop);
  } catch (const ddnn::ConfigError& e) {
    std::fprintf(stderr, "ddnn-train: %s\n", e.what());
    return ddnn::kExitConfig;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "ddnn-train: %s\n", e.what());
    return ddnn::kExitSoftware;
  }
}
