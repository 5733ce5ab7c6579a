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
  fit->footer("Keys of a recipe:\n" + ddnn::DescribeRecipe());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? ddnn::kExitOk : ddnn::kExitUsage;
  }
  StopOnFirstSignal();
  try {
    return ddnn::RunFit(request, ::isatty(STDOUT_FILENO) != 0, Print,
                        [] { return stop_requested.load(); });
  } catch (const ddnn::ConfigError& e) {
    std::fprintf(stderr, "ddnn-train: %s\n", e.what());
    return ddnn::kExitConfig;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "ddnn-train: %s\n", e.what());
    return ddnn::kExitSoftware;
  }
}
