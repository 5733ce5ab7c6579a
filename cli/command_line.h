#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/audit/audit_command.h"
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

namespace ddnn {

/// What the command line asks for: each command's options, and the command that
/// was chosen. It must outlive the CLI::App that fills it.
struct CommandLine {
  AuditCommandOptions audit;
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
  std::function<int()> run;  ///< the command; returns the exit code
  std::string name;          ///< the chosen command, for messages
};

/// Adds a command; once chosen, `run` and its name stand in `line`.
/// \param run  empty: it has commands of its own, of which one is chosen.
CLI::App* AddCommand(CLI::App& parent, CommandLine* line,
                     const std::string& name, const std::string& purpose,
                     std::function<int()> run);

// Each adds a command with its options.
void AddDemo(CLI::App& app, CommandLine* line);
void AddEvaluate(CLI::App& app, CommandLine* line);
void AddStreet(CLI::App& app, CommandLine* line);
void AddWatch(CLI::App& app, CommandLine* line);
void AddAudit(CLI::App& app, CommandLine* line);
void AddTargets(CLI::App& app, CommandLine* line);
void AddServe(CLI::App& app, CommandLine* line);
void AddReport(CLI::App& app, CommandLine* line);
void AddTrace(CLI::App& app, CommandLine* line);
void AddBundle(CLI::App& app, CommandLine* line);
void AddDoctor(CLI::App& app, CommandLine* line);

}  // namespace ddnn
