#include <algorithm>

#include "trainer/experiment/experiment.h"

namespace ddnn {
namespace {

std::vector<RunSpec> PaperRuns(const std::string& track,
                               const Setting& setting) {
  return WithSeeds(PaperRun(track), setting.Seeds(kSeeds));
}

std::vector<RunSpec> ShippedRuns(const std::string& track,
                                 const Setting& setting) {
  return WithSeeds(ShippedRun(track), setting.Seeds(kMainSeeds));
}

constexpr const char* kTracks[] = {"track_a", "track_b"};

std::vector<RunSpec> Runs(const Setting& setting) {
  std::vector<RunSpec> runs;
  for (const char* track : kTracks) {
    Append(&runs, PaperRuns(track, setting));
    Append(&runs, ShippedRuns(track, setting));
  }
  return runs;
}

Cell Worst(const Readings& readings) {
  const Cell overall = Overall(readings);
  Cell worst;
  worst.values.push_back(*std::ranges::min_element(overall.values));
  return worst;
}

Outcome Analyse(const Setting& setting, const Evidence& evidence) {
  Table table{"unseen",
              "Cars never seen in training, with the people and buses of the "
              "time test",
              {{"split", "split"}, {"recipe", "recipe"}},
              {}};
  Append(&table.columns, StandardColumns());
  Append(&table.columns, {{"car", "cars", Kind::kCount},
                          {"worst", "overall, worst seed", Kind::kPercent}});
  const auto add = [&](const std::string& track, const std::string& recipe,
                       const std::vector<RunSpec>& runs) {
    const Readings readings = evidence.Read(runs);
    std::vector<Cell> row{Text(track), Text(recipe)};
    Append(&row, StandardCells(readings));
    Append(&row, {ClassCount(readings, "car"), Worst(readings)});
    table.rows.push_back(std::move(row));
  };
  for (const char* track : kTracks) {
    add(track, "paper", PaperRuns(track, setting));
    add(track, "shipped", ShippedRuns(track, setting));
  }
  return {
      {table},
      {"The look-up answers with the most frequent training class of the "
       "cameras that see a sample: what a network must beat to have looked at "
       "pixels.",
       "A car parked for the whole recording is one object: its samples are "
       "near-duplicates, so the interval by the number of samples is too "
       "narrow for what a new car would do."},
      R"gp(set title "Objects never seen in training"
set style data histograms
set style histogram errorbars gap 1 lw 1
set style fill solid 0.8 border -1
set yrange [0:105]
set ylabel "accuracy, %"
set xtics rotate by -15
data = "tracks-unseen.csv"
plot data using "local":"local_sd":xtic(strcol("split")." ".strcol("recipe")) title "local exit" lc rgb "#4c78a8", \
     data using "cloud":"cloud_sd" title "cloud exit" lc rgb "#f58518", \
     data using "overall":"overall_sd" title "overall" lc rgb "#54a24b", \
     data using ($0 + 0.25):"worst" with points pt 7 lc rgb "#1f2d3d" title "overall, worst seed", \
     data using 0:"lookup" with points pt 2 ps 1.5 lc rgb "#e45756" title "presence look-up"
)gp"};
}

}  // namespace

Experiment TracksExperiment() {
  return {"tracks", "Objects never seen in training",
          "What did the network really learn?", Runs, Analyse};
}

}  // namespace ddnn
