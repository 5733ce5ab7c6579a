#include "cli/command_line.h"

#include <utility>

namespace ddnn {

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

}  // namespace ddnn
