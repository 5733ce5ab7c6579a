#include <spdlog/fmt/fmt.h>

#include <array>

#include "trainer/experiment/experiment.h"
#include "trainer/experiment/statistics.h"

namespace ddnn {
namespace {

/// The authors' data of Fig. 10: retrained without that device, worst to best.
struct PaperRow {
  const char* local;
  const char* cloud;
  const char* overall;
};
constexpr std::array<PaperRow, 7> kPaper{{{"92", "98", "99"},
                                          {"94", "98", "99"},
                                          {"97", "98", "99"},
                                          {"95", "97", "99"},
                                          {"96", "96", "96"},
                                          {"94", "95", "98"},
                                          {"97", "99", "99"}}};

std::vector<RunSpec> PaperRuns(const Setting& setting) {
  return WithSeeds(PaperRun("time"), setting.Seeds(kMainSeeds));
}

std::vector<RunSpec> ShippedRuns(const Setting& setting) {
  return WithSeeds(ShippedRun("time"), setting.Seeds(kMainSeeds));
}

std::vector<RunSpec> Retrained(int camera, const Setting& setting) {
  return WithSeeds(PaperRun("time", {"cameras=" + setting.Without(camera)}),
                   setting.Seeds(kSeeds));
}

std::vector<RunSpec> Runs(const Setting& setting) {
  std::vector<RunSpec> runs = PaperRuns(setting);
  for (const int camera : setting.worst_to_best) {
    Append(&runs, Retrained(camera, setting));
  }
  Append(&runs, ShippedRuns(setting));
  return runs;
}

/// Every set of silent cameras but that of all, with what is left of both
/// recipes' networks.
struct Loss {
  std::vector<int> lost;  ///< cameras
  Readings paper;
  Readings shipped;
};

Readings ReadWithoutAll(const std::vector<RunSpec>& runs,
                        const Evidence& evidence,
                        const std::vector<int>& lost) {
  Readings readings;
  for (const RunSpec& run : runs) {
    readings.push_back(ReadWithout(evidence.Of(run), lost));
  }
  return readings;
}

std::vector<Loss> AllLosses(const Setting& setting, const Evidence& evidence) {
  std::vector<Loss> losses;
  const auto devices = static_cast<int>(setting.cameras.size());
  for (unsigned set = 0; set + 1 < 1U << devices; ++set) {
    Loss loss;
    for (const int camera : setting.worst_to_best) {
      if ((set >> camera & 1U) != 0) loss.lost.push_back(camera);
    }
    loss.paper = ReadWithoutAll(PaperRuns(setting), evidence, loss.lost);
    loss.shipped = ReadWithoutAll(ShippedRuns(setting), evidence, loss.lost);
    losses.push_back(std::move(loss));
  }
  return losses;
}

std::string Names(const std::vector<int>& lost, const Setting& setting) {
  std::string names;
  for (const int camera : lost) {
    if (!names.empty()) names += "+";
    names += setting.cameras[static_cast<std::size_t>(camera)];
  }
  return names.empty() ? "none" : names;
}

double BlindShare(const Loss& loss) {
  const Figures& f = loss.paper.front().figures;
  return static_cast<double>(f.blind) / (f.samples + f.blind);
}

std::vector<Cell> ThreeExits(const Readings& readings) {
  return {IfAllLeftAt(readings, Tier::kDevice),
          IfAllLeftAt(readings, Tier::kCloud), Overall(readings)};
}

std::vector<Column> ThreeColumns(const std::string& name,
                                 const std::string& title) {
  return {{name + "_local", title + ": local", Kind::kPercent},
          {name + "_cloud", title + ": cloud", Kind::kPercent},
          {name + "_overall", title + ": overall", Kind::kInterval}};
}

/// Both recipes with nothing lost.
Table Recipes(const Setting& setting, const Evidence& evidence) {
  Table table{"recipes",
              "Both recipes with all devices alive",
              {{"recipe", "recipe"}},
              {}};
  Append(&table.columns, StandardColumns());
  const auto add = [&](const char* name, const std::vector<RunSpec>& runs) {
    std::vector<Cell> row{Text(name)};
    Append(&row, StandardCells(evidence.Read(runs)));
    table.rows.push_back(std::move(row));
  };
  add("paper", PaperRuns(setting));
  add("shipped", ShippedRuns(setting));
  return table;
}

/// Worst to best camera, then none: as the paper's Fig. 10.
Table SingleLosses(const std::vector<Loss>& losses, const Setting& setting,
                   const Evidence& evidence) {
  Table table{"single",
              "One device lost at test time, without retraining, over the "
              "samples that still have a view; beside it the authors' way, a "
              "network trained without that device",
              {{"lost", "lost"}, {"blind", "blind %", Kind::kPercent}},
              {}};
  Append(&table.columns, ThreeColumns("paper", "paper recipe"));
  Append(&table.columns, ThreeColumns("retrained", "retrained"));
  Append(&table.columns, ThreeColumns("shipped", "shipped recipe"));
  Append(&table.columns, {{"authors_local", "paper: local"},
                          {"authors_cloud", "paper: cloud"},
                          {"authors_overall", "paper: overall"}});
  const auto add = [&](const Loss& loss, const Readings& retrained,
                       std::size_t paper) {
    std::vector<Cell> row{Text(Names(loss.lost, setting)),
                          Values({BlindShare(loss)})};
    Append(&row, ThreeExits(loss.paper));
    Append(&row, ThreeExits(retrained));
    Append(&row, ThreeExits(loss.shipped));
    if (setting.cameras.size() + 1 == kPaper.size()) {
      Append(&row, {Text(kPaper[paper].local), Text(kPaper[paper].cloud),
                    Text(kPaper[paper].overall)});
    } else {
      row.resize(table.columns.size());
    }
    table.rows.push_back(std::move(row));
  };
  for (std::size_t i = 0; i < setting.worst_to_best.size(); ++i) {
    const int camera = setting.worst_to_best[i];
    add(losses[std::size_t{1} << camera],
        evidence.Read(Retrained(camera, setting)), i);
  }
  add(losses.front(), losses.front().paper, setting.cameras.size());
  return table;
}

/// Every set of `count` lost cameras; any number of them if it is negative.
Table Sets(const std::string& name, const std::string& caption, int count,
           const std::vector<Loss>& losses, const Setting& setting) {
  Table table{name,
              caption,
              {{"lost", "lost"},
               {"count", "devices lost"},
               {"blind", "blind %", Kind::kPercent}},
              {}};
  Append(&table.columns, ThreeColumns("paper", "paper recipe"));
  Append(&table.columns, ThreeColumns("shipped", "shipped recipe"));
  for (const Loss& loss : losses) {
    const auto lost = static_cast<int>(loss.lost.size());
    if (count >= 0 && lost != count) continue;
    std::vector<Cell> row{Text(Names(loss.lost, setting)),
                          Text(std::to_string(lost)),
                          Values({BlindShare(loss)})};
    Append(&row, ThreeExits(loss.paper));
    Append(&row, ThreeExits(loss.shipped));
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Over all sets of a size: a value a seed, its mean over the sets.
Cell MeanOverSets(const std::vector<const Loss*>& sets,
                  Readings Loss::*readings) {
  Cell cell;
  for (std::size_t seed = 0; seed < (sets.front()->*readings).size(); ++seed) {
    double sum = 0;
    int counted = 0;
    for (const Loss* loss : sets) {
      const Figures& f = (loss->*readings)[seed].figures;
      if (f.samples == 0) continue;
      sum += f.overall.share();
      ++counted;
    }
    if (counted > 0) cell.values.push_back(sum / counted);
  }
  return cell;
}

/// The set that is worst in the mean over the seeds.
Cell WorstSet(const std::vector<const Loss*>& sets, Readings Loss::*readings) {
  Cell worst;
  for (const Loss* loss : sets) {
    const Cell cell = Overall(loss->*readings);
    if (cell.values.empty()) continue;
    if (worst.values.empty() || Mean(cell.values) < Mean(worst.values)) {
      worst = cell;
    }
  }
  return worst;
}

Table Curve(const std::vector<Loss>& losses, std::size_t devices) {
  Table table{"curve",
              "Overall accuracy as more devices are lost: mean over all sets "
              "of that size, and the worst set",
              {{"lost", "devices lost"},
               {"sets", "sets"},
               {"blind", "blind %, mean", Kind::kPercent},
               {"paper_mean", "paper recipe: mean", Kind::kPercent},
               {"paper_worst", "paper recipe: worst set", Kind::kPercent},
               {"shipped_mean", "shipped recipe: mean", Kind::kPercent},
               {"shipped_worst", "shipped recipe: worst set", Kind::kPercent}},
              {}};
  for (std::size_t lost = 0; lost < devices; ++lost) {
    std::vector<const Loss*> sets;
    double blind = 0;
    for (const Loss& loss : losses) {
      if (loss.lost.size() != lost) continue;
      sets.push_back(&loss);
      blind += BlindShare(loss);
    }
    table.rows.push_back(
        {Text(std::to_string(lost)), Text(std::to_string(sets.size())),
         Values({blind / static_cast<double>(sets.size())}),
         MeanOverSets(sets, &Loss::paper), WorstSet(sets, &Loss::paper),
         MeanOverSets(sets, &Loss::shipped), WorstSet(sets, &Loss::shipped)});
  }
  return table;
}

Outcome Analyse(const Setting& setting, const Evidence& evidence) {
  const std::vector<Loss> losses = AllLosses(setting, evidence);
  return {
      {Recipes(setting, evidence), SingleLosses(losses, setting, evidence),
       Sets("pairs", "Two devices lost at test time", 2, losses, setting),
       Curve(losses, setting.cameras.size()),
       Sets("all", "", -1, losses, setting)},
      {"A sample whose last view is lost is blind: no answer is made up for "
       "it and it is not counted; the share of blind samples is given.",
       "The paper recipe gives a lost device the answer to a zero image "
       "(absent views are blank), the shipped one leaves it out (masked).",
       "In the authors' scripts the network of Fig. 10 (f = 16) was trained "
       "without the lost device: it never met a failure at run time."},
      R"gp(set title "Overall accuracy when devices fail at test time, without retraining"
set xlabel "devices lost"
set ylabel "overall accuracy over samples with a view, %"
set xrange [-0.2:*]
set yrange [*:102]
set xtics 1
data = "failure-curve.csv"
plot data using "lost":"shipped_mean":"shipped_mean_sd" with yerrorlines lw 2 pt 7 lc rgb "#54a24b" title "shipped recipe, mean of all sets", \
     data using "lost":"shipped_worst" with linespoints dt 2 pt 6 lc rgb "#54a24b" title "worst set", \
     data using "lost":"paper_mean":"paper_mean_sd" with yerrorlines lw 2 pt 5 lc rgb "#4c78a8" title "paper recipe, mean of all sets", \
     data using "lost":"paper_worst" with linespoints dt 2 pt 4 lc rgb "#4c78a8" title "worst set"
)gp"};
}

}  // namespace

Experiment FailureExperiment() {
  return {"failure", "Fault tolerance (Fig. 10)",
          "How much is lost with devices that fail while the network runs?",
          Runs, Analyse};
}

}  // namespace ddnn
