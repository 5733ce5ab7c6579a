#include "cli/observatory.h"

#include <spdlog/fmt/fmt.h>

#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/demo_config.h"
#include "cli/installation.h"
#include "cli/local_server.h"
#include "core/base/file.h"
#include "core/bus/topics.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHost = "127.0.0.1";
constexpr int kAttempts = 3;
constexpr milliseconds kStartLimit{30'000};
// What the provisioning files that ship say, for an installed Grafana.
constexpr const char* kUsualPrometheus = "http://127.0.0.1:9090";
constexpr const char* kUsualDashboards = "/var/lib/grafana/dashboards/ddnn";

/// Copies a file that ships, with one word exchanged.
void CopyWith(const fs::path& from, const fs::path& to, const std::string& word,
              const std::string& instead) {
  std::string text = ValueOrThrow(ReadFile(from), kExitUnavailable);
  const std::size_t at = text.find(word);
  if (at == std::string::npos) {
    throw CommandError(
        kExitUnavailable,
        fmt::format("{} does not say {} any more", from.string(), word));
  }
  text.replace(at, word.size(), instead);
  fs::create_directories(to.parent_path());
  ValueOrThrow(WriteFileAtomically(to, text), kExitUnavailable);
}

/// Where a Grafana program has its pages: beside it, or where packages put
/// them.
fs::path GrafanaHome(const fs::path& program) {
  const fs::path home = fs::canonical(program).parent_path().parent_path();
  return fs::exists(home / "conf/defaults.ini") ? home : "/usr/share/grafana";
}

}  // namespace

Observatory::Observatory(fs::path folder,
                         const std::vector<std::string>& classes)
    : folder_(std::move(folder)),
      shipped_(ProjectFile("dashboards/prometheus.yml").parent_path()),
      prometheus_program_(PrometheusProgram()),
      grafana_program_(GrafanaProgram()),
      labelled_(classes) {}

void Observatory::Start() {
  labelled_.Open();
  LayOutPrometheus();
  StartPrometheus();
  if (!grafana_program_) return;
  LayOutGrafana();
  StartGrafana();
}

/// Prometheus reads the file that ships; what that names beside itself, the
/// rules and the targets, stands beside a link to it.
void Observatory::LayOutPrometheus() const {
  const fs::path folder = folder_ / "prometheus";
  fs::create_directories(folder / "targets");
  const fs::path shipped = fs::absolute(shipped_);
  fs::create_symlink(shipped / "prometheus.yml", folder / "prometheus.yml");
  fs::create_directory_symlink(shipped / "rules", folder / "rules");
  const ScrapeTarget demo{labelled_.address(),
                          {{"site", std::string(kDemoSite)},
                           {"group", std::string(kDemoGroup)},
                           {"agent", "demo"},
                           {"tier", "replay"}}};
  ValueOrThrow(
      WriteFileAtomically(folder / "targets/demo.json", ToFileSd({demo})),
      kExitUnavailable);
}

void Observatory::StartPrometheus() {
  const fs::path folder = folder_ / "prometheus";
  std::string log;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::uint16_t port = FreePort(kHost);
    auto process =
        StartIn(folder_, "prometheus",
                {prometheus_program_.string(),
                 "--config.file=" + (folder / "prometheus.yml").string(),
                 "--storage.tsdb.path=" + (folder / "data").string(),
                 "--storage.tsdb.retention.size=1GB",
                 fmt::format("--web.listen-address={}:{}", kHost, port),
                 "--log.level=warn"});
    if (AwaitServer(process, kHost, port, kStartLimit)) {
      running_.push_back(std::move(process));
      prometheus_url_ = fmt::format("http://{}:{}", kHost, port);
      // Debian's Prometheus has the classic pages alone.
      alerts_url_ = FindPage(prometheus_url_, {"/alerts", "/classic/alerts"},
                             kStartLimit);
      return;
    }
    process.Stop(milliseconds(0));
    log = process.LastLines(5);
  }
  throw CommandError(kExitUnavailable,
                     fmt::format("Prometheus does not start ({}):\n{}",
                                 prometheus_program_.string(), log));
}

void Observatory::LayOutGrafana() const {
  const fs::path from = shipped_ / "grafana/provisioning";
  const fs::path to = folder_ / "grafana/provisioning";
  CopyWith(from / "datasources/ddnn.yml", to / "datasources/ddnn.yml",
           kUsualPrometheus, prometheus_url_);
  CopyWith(from / "dashboards/ddnn.yml", to / "dashboards/ddnn.yml",
           kUsualDashboards,
           fs::absolute(shipped_ / "grafana/dashboards").string());
}

/// Anybody on this machine may look, nobody may change anything.
void Observatory::StartGrafana() {
  const std::uint16_t port = FreePort(kHost);
  const fs::path folder = folder_ / "grafana";
  std::vector<std::string> command{grafana_program_->string()};
  if (grafana_program_->filename() == "grafana") command.emplace_back("server");
  for (const std::string& argument :
       {"--homepath=" + GrafanaHome(*grafana_program_).string(),
        std::string("cfg:server.protocol=http"),
        fmt::format("cfg:server.http_addr={}", kHost),
        fmt::format("cfg:server.http_port={}", port),
        "cfg:paths.data=" + (folder / "data").string(),
        "cfg:paths.logs=" + (folder / "logs").string(),
        "cfg:paths.plugins=" + (folder / "plugins").string(),
        "cfg:paths.provisioning=" + (folder / "provisioning").string(),
        std::string("cfg:auth.anonymous.enabled=true"),
        std::string("cfg:auth.anonymous.org_role=Viewer"),
        std::string("cfg:security.disable_initial_admin_creation=true"),
        std::string("cfg:analytics.reporting_enabled=false"),
        std::string("cfg:analytics.check_for_updates=false"),
        std::string("cfg:analytics.check_for_plugin_updates=false"),
        "cfg:dashboards.default_home_dashboard_path=" +
            fs::absolute(shipped_ / "grafana/dashboards/fleet.json")
                .string()}) {
    command.push_back(argument);
  }
  running_.push_back(StartIn(folder_, "grafana", command));
  grafana_url_ = fmt::format("http://{}:{}", kHost, port);
}

std::string Observatory::Addresses() const {
  return fmt::format(
      "Prometheus {}\nGrafana    {}\n", alerts_url_,
      grafana_url_.empty()
          ? "is not installed; dashboards/README.md says how to get it"
          : grafana_url_ + " (takes some seconds)");
}

void Observatory::OnMessage(const BusMessage& message) {
  const auto topic = ParseTopic(message.topic);
  if (!topic || topic->kind != "state") return;
  targets_.OnMessage(message);
  const std::string text = ToFileSd(targets_.Targets());
  if (text == written_) return;
  ValueOrThrow(
      WriteFileAtomically(folder_ / "prometheus/targets/agents.json", text),
      kExitUnavailable);
  written_ = text;
}

std::optional<std::string> Observatory::TakeDeath() {
  for (auto process = running_.begin(); process != running_.end(); ++process) {
    if (process->Running()) continue;
    std::string death = fmt::format(
        "{} ended early: {}; the demo goes on without it\n{}", process->name(),
        process->HowItEnded(), process->LastLines(5));
    running_.erase(process);
    return death;
  }
  return std::nullopt;
}

void Observatory::Stop() {
  std::vector<ChildProcess*> processes;
  for (ChildProcess& process : running_) processes.push_back(&process);
  StopTogether(processes);
  running_.clear();
}

}  // namespace ddnn
