#include <array>

#include "trainer/experiment/experiment.h"

namespace ddnn {
namespace {

struct Pair {
  const char* local;
  const char* map;
  const char* paper_local;
  const char* paper_cloud;
};
/// In the order of the paper's Table I, with its numbers.
constexpr std::array<Pair, 9> kPairs{{{"MP", "MP", "95", "91"},
                                      {"MP", "CC", "98", "98"},
                                      {"AP", "AP", "86", "98"},
                                      {"AP", "CC", "75", "96"},
                                      {"CC", "CC", "85", "94"},
                                      {"AP", "MP", "88", "93"},
                                      {"MP", "AP", "89", "97"},
                                      {"CC", "MP", "77", "87"},
                                      {"CC", "AP", "80", "94"}}};

std::string NameOf(const Pair& pair) {
  return std::string(pair.local) + "-" + pair.map;
}

std::vector<RunSpec> RunsOf(const Pair& pair, const Setting& setting) {
  if (NameOf(pair) == "MP-CC") {
    return WithSeeds(PaperRun("time"), setting.Seeds(kMainSeeds));
  }
  return WithSeeds(
      PaperRun("time", {std::string("aggregation.local=") + pair.local,
                        std::string("aggregation.map=") + pair.map}),
      setting.Seeds(kSeeds));
}

std::vector<RunSpec> Runs(const Setting& setting) {
  std::vector<RunSpec> runs;
  for (const Pair& pair : kPairs) Append(&runs, RunsOf(pair, setting));
  return runs;
}

Outcome Analyse(const Setting& setting, const Evidence& evidence) {
  Table table{"pairs", "All nine pairs, local-cloud", {{"pair", "pair"}}, {}};
  Append(&table.columns, StandardColumns());
  Append(&table.columns,
         {{"paper_local", "paper: local"}, {"paper_cloud", "paper: cloud"}});
  for (const Pair& pair : kPairs) {
    std::vector<Cell> row{Text(NameOf(pair))};
    Append(&row, StandardCells(evidence.Read(RunsOf(pair, setting))));
    Append(&row, {Text(pair.paper_local), Text(pair.paper_cloud)});
    table.rows.push_back(std::move(row));
  }
  return {
      {table},
      {"The paper's Table I has f = 16, its own random split and one run a "
       "pair; here f = 4.",
       "MP-CC has more seeds than the others: it is the paper's main row."},
      R"gp(set title "Local and cloud accuracy of the nine aggregation pairs"
set style data histograms
set style histogram errorbars gap 1 lw 1
set style fill solid 0.8 border -1
set yrange [0:105]
set ylabel "accuracy, %"
set xlabel "aggregation of class scores - of feature maps"
data = "aggregation-pairs.csv"
plot data using "local":"local_sd":xtic(1) title "local exit" lc rgb "#4c78a8", \
     data using "cloud":"cloud_sd" title "cloud exit" lc rgb "#f58518", \
     data using ($0 - 0.17):"paper_local" with points pt 7 lc rgb "#1f2d3d" title "paper, local (f = 16)", \
     data using ($0 + 0.17):"paper_cloud" with points pt 5 lc rgb "#7a3e00" title "paper, cloud (f = 16)"
)gp"};
}

}  // namespace

Experiment AggregationExperiment() {
  return {"aggregation", "Aggregation schemes (Table I)",
          "Which way of fusing the devices' class scores and feature maps "
          "works best?",
          Runs, Analyse};
}

}  // namespace ddnn
