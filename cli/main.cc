#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include "cli/command.h"
#include "cli/command_line.h"
#include "core/base/config.h"
#include "core/base/exit_code.h"
#include "core/base/log.h"

namespace ddnn {
namespace {

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
  AddAudit(app, &line);
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
