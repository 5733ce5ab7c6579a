#include <spdlog/fmt/fmt.h>

#include "cli/command_line.h"
#include "core/base/names.h"

namespace ddnn {
namespace {

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

/// A variable of the shell that is not set, mostly.
CLI::Validator NotEmpty() {
  return {[](const std::string& text) {
            return text.empty() ? "is empty; name one, e.g. "
                                  "mqtt://127.0.0.1:1883"
                                : std::string();
          },
          "URL", "url"};
}

/// A broker and the login there.
void AddBroker(CLI::App* command, MqttConfig* mqtt) {
  command
      ->add_option("--broker", mqtt->url,
                   "mqtt://HOST:PORT or mqtts://HOST:PORT")
      ->check(NotEmpty())
      ->required();
  AddLogin(command, mqtt);
}

}  // namespace

void AddWatch(CLI::App& app, CommandLine* line) {
  WatchOptions& options = line->watch;
  CLI::App* watch =
      AddCommand(app, line, "watch", "print results as they come, until Ctrl-C",
                 [&options] { return RunWatch(options); });
  AddBroker(watch, &options.mqtt);
  AddSiteAndGroup(watch, &options.site, &options.group);
  watch->add_flag("--json", options.json, "one object a line");
}

void AddAudit(CLI::App& app, CommandLine* line) {
  AuditCommandOptions& options = line->audit;
  CLI::App* audit = AddCommand(
      app, line, "audit",
      "check that every sample of a group ends in one result or loss",
      [&options] { return RunAudit(options); });
  AddBroker(audit, &options.mqtt);
  const CLI::Validator id(
      [](const std::string& text) {
        return IsValidId(text) ? std::string()
                               : fmt::format("'{}' must be {}", text, kIdRule);
      },
      "ID", "id");
  audit->add_option("--site", options.site, "its site")->required()->check(id);
  audit->add_option("--group", options.group, "the group")
      ->required()
      ->check(id);
  audit->add_option("--seconds", options.seconds, "how long; 0 = until Ctrl-C")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str();
  audit
      ->add_option("--grace", options.grace_ms,
                   "ms that an event may come after the watermark")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str();
  audit->add_option("--json", options.json, "write the figures here");
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
                   "TICK-OBJECT as results name it, or next")
      ->required();
  trace->add_option("--exit", options.exit, "next: one that is answered there")
      ->check(CLI::IsMember({"local", "edge", "cloud"}));
  auto* broker = trace
                     ->add_option("--broker", options.broker,
                                  "mqtt://HOST:PORT or mqtts://HOST:PORT")
                     ->check(NotEmpty());
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

}  // namespace ddnn
