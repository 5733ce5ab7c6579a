#include "cli/command_line.h"
#include "cli/run_command.h"

namespace ddnn {
namespace {

void AddCommands(CLI::App* app, CommandLine* line) {
  app->require_subcommand(1);
  AddDemo(*app, line);
  AddEvaluate(*app, line);
  AddStreet(*app, line);
  AddWatch(*app, line);
  AddAudit(*app, line);
  AddTargets(*app, line);
  AddServe(*app, line);
  AddReport(*app, line);
  AddTrace(*app, line);
  AddBundle(*app, line);
  AddDoctor(*app, line);
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::CommandLine line;
  return ddnn::RunCommandProgram(
      {.name = "ddnn",
       .purpose = "Distributed deep neural networks over MQTT",
       .add_options = [&](CLI::App* app) { ddnn::AddCommands(app, &line); },
       .run = [&] { return ddnn::RunCommand("ddnn " + line.name, line.run); }},
      argc, argv);
}
