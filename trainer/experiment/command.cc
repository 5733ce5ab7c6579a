#include "trainer/experiment/command.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include "core/base/exit_code.h"
#include "core/base/file.h"
#include "trainer/blas.h"
#include "trainer/card.h"
#include "trainer/experiment/experiment.h"
#include "trainer/experiment/figure.h"
#include "trainer/experiment/results.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

/// The split whose training rows say which camera sees most.
constexpr const char* kOrderRows = "time:train";

Result<std::vector<Experiment>> Chosen(const std::string& name) {
  std::vector<Experiment> all = AllExperiments();
  if (name == "all") return all;
  const auto found = std::ranges::find(all, name, &Experiment::name);
  if (found != all.end()) return std::vector{*found};
  return Failure{Error::kNotFound,
                 fmt::format("no experiment '{}'; there are:\n{}", name,
                             DescribeExperiments())};
}

Status MakeFolders(const fs::path& out) {
  for (const fs::path& folder : {out / "runs", out / "sections"}) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || ::access(folder.c_str(), W_OK) != 0) {
      return Failure{
          Error::kUnreadable,
          fmt::format("--out {}: cannot write {}{}", out.string(),
                      folder.string(), error ? ": " + error.message() : "")};
    }
  }
  return Done{};
}

Setting SettingOf(const Examples& rows, bool quick) {
  Setting setting;
  setting.quick = quick;
  setting.cameras = rows.data.cameras;
  std::vector<int> views(setting.cameras.size());
  for (const auto& of_row : rows.views) {
    for (std::size_t i = 0; i < views.size(); ++i) {
      views[i] += of_row[i].has_value() ? 1 : 0;
    }
  }
  setting.worst_to_best.resize(views.size());
  std::iota(setting.worst_to_best.begin(), setting.worst_to_best.end(), 0);
  std::ranges::stable_sort(
      setting.worst_to_best, std::less<>(),
      [&views](int i) { return views[static_cast<std::size_t>(i)]; });
  return setting;
}

int Fail(const Failure& failure, ExitCode code) {
  std::fprintf(stderr, "ddnn-train: %s\n", Status(failure).message().c_str());
  return code;
}

/// "1 h 05 min", "3 min", "40 s".
std::string Duration(double seconds) {
  const int minutes = static_cast<int>(seconds / 60 + 0.5);
  if (minutes >= 60) {
    return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
  }
  return minutes >= 2 ? fmt::format("{} min", minutes)
                      : fmt::format("{:.0f} s", seconds);
}

/// How many runs may stand side by side, and why if fewer than asked for.
int JobsServed(int wanted, Progress* progress) {
  if (wanted == 1 || BlasServesThreads()) return wanted;
  progress->Say(
      "one run at a time: the BLAS of this machine, OpenBLAS without threads, "
      "mixes up what two of them multiply; install libopenblas0-pthread");
  return 1;
}

class Call {
 public:
  Call(const ExperimentRequest& request, std::vector<Experiment> experiments,
       bool terminal, const Progress::Print& print, const Stop& stop)
      : request_(request),
        experiments_(std::move(experiments)),
        store_(request.dataset, request.out, request.recipes),
        progress_(terminal, print),
        jobs_(JobsServed(request.jobs, &progress_)),
        stop_(stop) {}

  Status Run() {
    if (!request_.dry_run) {
      const auto made = MakeFolders(request_.out);
      if (!made) return made.failure();
    }
    const auto rows = store_.Rows(kOrderRows, "all");
    if (!rows) return rows.failure();
    setting_ = SettingOf(**rows, request_.quick);
    const auto jobs = MissingJobs();
    if (!jobs) return jobs.failure();
    if (request_.dry_run) return Done{};
    const auto trained = RunJobs(
        *jobs, jobs_, [this](const JobsState& state) { Show(state); }, stop_);
    if (!trained) return trained.failure();
    if (stop_()) {
      progress_.Say("stopped; the same command goes on from here");
      return Done{};
    }
    return Report();
  }

 private:
  /// The runs that are not done, with a line about the plan.
  Result<std::vector<Job>> MissingJobs() {
    std::vector<RunSpec> runs;
    for (const Experiment& experiment : experiments_) {
      Append(&runs, experiment.runs(setting_));
    }
    runs = Distinct(runs);
    std::vector<Job> jobs;
    double seconds = 0;
    for (const RunSpec& run : runs) {
      const auto has = store_.Has(run);
      if (!has) return has.failure();
      const Recipe recipe = RecipeOf(run, request_.recipes);
      const auto rows = store_.Rows(run.TrainRows(), recipe.cameras);
      if (!rows) return rows.failure();
      const double estimate =
          EstimateSeconds(recipe, (*rows)->size(), (*rows)->devices());
      if (request_.dry_run) {
        progress_.Say(fmt::format("{:>6} s  {}{}", static_cast<int>(estimate),
                                  run.Key(), *has ? "  (done)" : ""));
      }
      if (*has) continue;
      seconds += estimate;
      jobs.push_back({run.Key(), estimate, [this, run](const Stop& stop) {
                        return store_.Train(run, stop);
                      }});
    }
    progress_.Say(fmt::format(
        "{} runs, {} done before; about {} on {} cores for the rest",
        runs.size(), runs.size() - jobs.size(), Duration(seconds / jobs_),
        jobs_));
    return jobs;
  }

  void Show(const JobsState& state) {
    if (state.total == 0) return;
    std::string text = fmt::format("{}/{} runs", state.done, state.total);
    if (state.done < state.total) {
      text += fmt::format("  {} left", Duration(state.seconds_left));
    }
    for (const std::string& name : state.running) text += "  " + name;
    progress_.ShowBar(state.share, text, state.done == state.total,
                      Progress::Clock::now());
  }

  Status Report() {
    for (const Experiment& experiment : experiments_) {
      const auto reported = ReportOne(experiment);
      if (!reported) return reported.failure();
    }
    return WriteResults();
  }

  Status ReportOne(const Experiment& experiment) {
    const auto runs = Distinct(experiment.runs(setting_));
    Evidence evidence;
    for (const RunSpec& run : runs) {
      auto finding = store_.Find(run);
      if (!finding) return finding.failure();
      evidence.Add(run, std::move(finding).value());
    }
    Outcome outcome = experiment.analyse(setting_, evidence);
    outcome.tables.push_back(RunsTable(runs, evidence));
    for (const Table& table : outcome.tables) {
      const auto written = WriteFileAtomically(
          request_.out / (experiment.name + "-" + table.name + ".csv"),
          ToCsv(table));
      if (!written) return written;
    }
    const auto drawn = DrawFigure(request_.out, experiment.name, outcome.plot);
    if (!drawn && drawn.error() != Error::kNotFound) return drawn;
    if (!drawn) progress_.Say(drawn.message());
    return WriteFileAtomically(SectionPath(experiment),
                               ResultsSection(experiment, outcome, runs,
                                              {DataName(request_.dataset),
                                               Today(), Command(experiment)},
                                              drawn ? FigureFolder() : ""));
  }

  Status WriteResults() {
    const fs::path page = ResultsPath();
    std::vector<std::string> sections;
    for (const Experiment& experiment : AllExperiments()) {
      const auto section = ReadFile(SectionPath(experiment));
      if (!section) continue;
      sections.push_back(*section);
      const auto copied = CopyFigure(experiment);
      if (!copied) return copied.failure();
    }
    // What bench/links measured, the last section.
    const auto links =
        ReadFile(page.parent_path() / FigureFolder() / "links.txt");
    if (links) sections.push_back(*links);
    const auto written = WriteFileAtomically(page, ResultsPage(sections));
    if (!written) return written.failure();
    progress_.Say(fmt::format("wrote {}, tables and figures in {}",
                              page.string(), request_.out.string()));
    return Done{};
  }

  /// Beside a results page that lies elsewhere.
  Status CopyFigure(const Experiment& experiment) {
    if (request_.results.empty()) return Done{};
    const fs::path folder = ResultsPath().parent_path() / FigureFolder();
    std::error_code error;
    fs::create_directories(folder, error);
    for (const char* suffix : {".svg", ".png"}) {
      const std::string name = experiment.name + suffix;
      if (!fs::exists(request_.out / name)) continue;
      fs::copy_file(request_.out / name, folder / name,
                    fs::copy_options::overwrite_existing, error);
      if (error) {
        return Failure{Error::kUnreadable,
                       fmt::format("cannot write {}: {}",
                                   (folder / name).string(), error.message())};
      }
    }
    return Done{};
  }

  fs::path ResultsPath() const {
    return request_.results.empty() ? request_.out / "results.md"
                                    : request_.results;
  }
  std::string FigureFolder() const {
    return request_.results.empty() ? "." : "results";
  }
  fs::path SectionPath(const Experiment& experiment) const {
    return request_.out / "sections" / (experiment.name + ".md");
  }
  std::string Command(const Experiment& experiment) const {
    return fmt::format("ddnn-train experiment {} --dataset DIR --out DIR{}",
                       experiment.name, request_.quick ? " --quick" : "");
  }

  const ExperimentRequest& request_;
  const std::vector<Experiment> experiments_;
  RunStore store_;
  Progress progress_;
  const int jobs_;
  const Stop& stop_;
  Setting setting_;
};

}  // namespace

std::string DescribeExperiments() {
  std::string text;
  for (const Experiment& experiment : AllExperiments()) {
    text += fmt::format("  {:<12} {}\n", experiment.name, experiment.title);
  }
  return text;
}

int RunExperiments(const ExperimentRequest& request, bool terminal,
                   const Progress::Print& print, const Stop& stop) {
  auto chosen = Chosen(request.name);
  if (!chosen) return Fail(chosen.failure(), kExitUsage);
  const auto done =
      Call(request, std::move(chosen).value(), terminal, print, stop).Run();
  return done ? kExitOk : Fail(done.failure(), kExitData);
}

}  // namespace ddnn
