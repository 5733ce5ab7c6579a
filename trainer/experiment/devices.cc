#include <array>

#include "trainer/experiment/experiment.h"

namespace ddnn {
namespace {

struct PaperRow {
  const char* individual;
  const char* local;
  const char* cloud;
  const char* overall;
};
/// The authors' data of Fig. 8, f = 16.
constexpr std::array<PaperRow, 6> kPaper{{{"37", "37", "55", "58"},
                                          {"37", "43", "77", "80"},
                                          {"46", "75", "87", "88"},
                                          {"52", "94", "95", "96"},
                                          {"60", "95", "97", "99"},
                                          {"73", "97", "99", "99"}}};

/// One camera by itself.
std::vector<RunSpec> AloneRuns(int camera, const Setting& setting) {
  return WithSeeds(
      PaperRun("time",
               {"cameras=" + setting.cameras[static_cast<std::size_t>(camera)],
                "hierarchy=b"}),
      setting.Seeds(kSeeds));
}

/// The first `count` cameras, worst to best.
std::vector<RunSpec> TogetherRuns(std::size_t count, const Setting& setting) {
  const auto& order = setting.worst_to_best;
  if (count == 1) return AloneRuns(order.front(), setting);
  if (count == order.size()) {
    return WithSeeds(PaperRun("time"), setting.Seeds(kMainSeeds));
  }
  const std::vector<int> chosen(order.begin(),
                                order.begin() + static_cast<int>(count));
  return WithSeeds(PaperRun("time", {"cameras=" + setting.Only(chosen)}),
                   setting.Seeds(kSeeds));
}

std::vector<RunSpec> Runs(const Setting& setting) {
  std::vector<RunSpec> runs;
  for (std::size_t n = 1; n <= setting.cameras.size(); ++n) {
    Append(&runs, TogetherRuns(n, setting));
    Append(&runs, AloneRuns(setting.worst_to_best[n - 1], setting));
  }
  return runs;
}

/// Right answers of all rows, those that no camera sees counted as wrong.
Cell OfAll(const Readings& readings, Tier tier) {
  return Each(readings, [tier](const Reading& r) {
    const Figures& f = r.figures;
    return static_cast<double>(f.if_all_exited.at(tier).correct) /
           (f.samples + f.blind);
  });
}

double SeenShare(const Reading& r) {
  const Figures& f = r.figures;
  return static_cast<double>(f.samples) / (f.samples + f.blind);
}

/// The same networks, over the samples that they see.
Table Seen(const Setting& setting, const Evidence& evidence) {
  Table table{"seen",
              "The same networks over the samples that their devices see",
              {{"devices", "devices"}},
              {}};
  Append(&table.columns, StandardColumns());
  for (std::size_t n = 1; n <= setting.cameras.size(); ++n) {
    std::vector<Cell> row{Text(std::to_string(n))};
    Append(&row, StandardCells(evidence.Read(TogetherRuns(n, setting))));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table Added(const Setting& setting, const Evidence& evidence) {
  Table table{"count",
              "Devices added from worst to best; a sample that no camera of a "
              "row sees counts as wrong, as in the paper",
              {{"devices", "devices"},
               {"added", "added"},
               {"seen", "samples seen %", Kind::kPercent},
               {"individual", "individual", Kind::kPercent},
               {"local", "local", Kind::kPercent},
               {"cloud", "cloud", Kind::kPercent},
               {"overall", "overall", Kind::kPercent},
               {"overall_seen", "overall of those seen", Kind::kInterval},
               {"paper_individual", "paper: individual"},
               {"paper_local", "paper: local"},
               {"paper_cloud", "paper: cloud"},
               {"paper_overall", "paper: overall"}},
              {}};
  for (std::size_t n = 1; n <= setting.cameras.size(); ++n) {
    const int added = setting.worst_to_best[n - 1];
    const Readings together = evidence.Read(TogetherRuns(n, setting));
    const Readings alone = evidence.Read(AloneRuns(added, setting));
    std::vector<Cell> row{
        Text(std::to_string(n)),
        Text(setting.cameras[static_cast<std::size_t>(added)]),
        Values({SeenShare(together.front())}),
        OfAll(alone, Tier::kDevice),
        OfAll(together, Tier::kDevice),
        OfAll(together, Tier::kCloud),
        Each(together, [](const Reading& r) { return r.overall_of_all; }),
        Overall(together)};
    row.resize(table.columns.size());
    if (n <= kPaper.size() && setting.cameras.size() == kPaper.size()) {
      const PaperRow& paper = kPaper[n - 1];
      row[8] = Text(paper.individual);
      row[9] = Text(paper.local);
      row[10] = Text(paper.cloud);
      row[11] = Text(paper.overall);
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Outcome Analyse(const Setting& setting, const Evidence& evidence) {
  return {
      {Added(setting, evidence), Seen(setting, evidence)},
      {"Worst to best is the order of the share of training samples that a "
       "camera sees, so that no test is needed to know it.",
       "Individual: the local exit of a network that has this one camera. "
       "It cannot exceed the share of samples that the camera sees.",
       "The paper's Fig. 8 has f = 16 (individual: f = 1). Its cloud answers "
       "55 % with one device that alone reaches 37 %: blank samples were "
       "guessed at too. Here nobody answers for a sample that no device "
       "sees."},
      R"gp(set title "Accuracy as devices are added, worst to best"
set xlabel "number of devices"
set ylabel "accuracy over all samples, %"
set xrange [0.8:*]
set yrange [0:105]
set xtics 1
data = "devices-count.csv"
plot data using "devices":"individual":"individual_sd" with yerrorlines lw 2 pt 4 lc rgb "#999999" title "the one added, alone", \
     data using "devices":"local":"local_sd" with yerrorlines lw 2 pt 7 lc rgb "#4c78a8" title "local", \
     data using "devices":"cloud":"cloud_sd" with yerrorlines lw 2 pt 5 lc rgb "#f58518" title "cloud", \
     data using "devices":"overall":"overall_sd" with yerrorlines lw 2 pt 9 lc rgb "#54a24b" title "overall", \
     data using "devices":"paper_overall" with linespoints dt 2 pt 8 lc rgb "#1f2d3d" title "paper, overall (f = 16)", \
     data using "devices":"seen" with lines dt 3 lc rgb "#000000" title "samples seen"
)gp"};
}

}  // namespace

Experiment DevicesExperiment() {
  return {"devices", "Number of devices (Fig. 8)",
          "What does each further camera add?", Runs, Analyse};
}

}  // namespace ddnn
