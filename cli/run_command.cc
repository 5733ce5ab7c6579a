#include "cli/run_command.h"

#include <exception>
#include <iostream>

#include "cli/command.h"
#include "core/base/config.h"
#include "core/base/exit_code.h"
#include "core/base/log.h"

namespace ddnn {

int RunCommand(const std::string& name, const std::function<int()>& run) try {
  return run();
} catch (const CommandError& e) {
  std::cerr << name << ": " << e.what() << '\n';
  return e.code();
} catch (const ConfigError& e) {
  std::cerr << name << ": " << e.what() << '\n';
  return kExitConfig;
} catch (const std::exception& e) {
  std::cerr << name << ": internal error: " << e.what() << '\n';
  return kExitSoftware;
}

int RunCommandProgram(const CommandProgram& program, int argc, char** argv) {
  return RunCommand(program.name, [&]() -> int {
    InitLog({.level = "warning", .format = "text", .name = program.name});
    CLI::App app(program.purpose, program.name);
    app.set_version_flag("--version", program.name + " " DDNN_VERSION);
    program.add_options(&app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      return app.exit(e) == 0 ? kExitOk : kExitUsage;
    }
    return program.run();
  });
}

}  // namespace ddnn
