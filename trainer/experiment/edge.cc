#include "trainer/experiment/experiment.h"

namespace ddnn {
namespace {

/// A hierarchy of the paper's Figure 2.
std::vector<RunSpec> RunsOf(const std::string& letter, const Setting& setting) {
  if (letter == "c") {
    return WithSeeds(PaperRun("time"), setting.Seeds(kMainSeeds));
  }
  std::vector<std::string> overrides{"hierarchy=" + letter,
                                     "edge.pool_stride=2"};
  if (letter == "d") {
    overrides.push_back("cameras=" +
                        setting.Only({setting.worst_to_best.back()}));
  }
  return WithSeeds(PaperRun("time", overrides), setting.Seeds(kSeeds));
}

/// c for comparison; f needs devices that two edges can share.
std::vector<std::string> Letters(const Setting& setting) {
  std::vector<std::string> letters{"c", "d", "e"};
  if (setting.cameras.size() % 2 == 0) letters.emplace_back("f");
  return letters;
}

std::vector<RunSpec> Runs(const Setting& setting) {
  std::vector<RunSpec> runs;
  for (const auto& letter : Letters(setting)) {
    Append(&runs, RunsOf(letter, setting));
  }
  return runs;
}

double ShareThatReachesCloud(const Reading& reading) {
  return reading.figures.left_at.at(Tier::kCloud).share();
}

/// Bytes of maps that one sample sends to the cloud: of the edges if there are
/// any, else of all devices.
Cell CloudLink(const Readings& readings, const Bundle& bundle) {
  double map_bytes = 0;
  for (const int child :
       bundle.ChildrenOf(static_cast<int>(bundle.nodes.size()) - 1)) {
    map_bytes += static_cast<double>(bundle.OutputShape(child).bytes());
  }
  return Each(readings, [map_bytes](const Reading& r) {
    return map_bytes * ShareThatReachesCloud(r);
  });
}

/// Bytes of class scores that one sample sends from the other edges to the one
/// that decides: of their devices, and after a local miss their own.
Cell LeadLink(const Readings& readings, const Bundle& bundle) {
  const auto edges = static_cast<double>(bundle.NodesOf(Tier::kEdge).size());
  if (edges < 2) return {};
  const double other_edges = edges - 1;
  const double other_devices = bundle.device_count() * other_edges / edges;
  const double scores = 4.0 * bundle.class_count();
  return Each(readings, [=](const Reading& r) {
    const double missed = 1 - r.figures.left_at.at(Tier::kDevice).share();
    return scores * (other_devices + missed * other_edges);
  });
}

Outcome Analyse(const Setting& setting, const Evidence& evidence) {
  Table table{"hierarchies",
              "Hierarchies of the paper's Figure 2, the exits' T = 0.8",
              {{"hierarchy", "hierarchy"},
               {"local", "local", Kind::kPercent},
               {"edge", "edge", Kind::kPercent},
               {"cloud", "cloud", Kind::kPercent},
               {"overall", "overall", Kind::kInterval},
               {"overall_all", "overall of all samples", Kind::kPercent},
               {"local_exit", "local exit %", Kind::kPercent},
               {"edge_exit", "edge exit %", Kind::kPercent},
               {"device_bytes", "bytes a device", Kind::kNumber},
               {"lead_bytes", "bytes to the lead edge", Kind::kNumber},
               {"cloud_bytes", "bytes to the cloud", Kind::kNumber},
               {"balanced", "balanced", Kind::kPercent},
               {"moving", "moving", Kind::kCount},
               {"bus", "bus", Kind::kCount},
               {"lookup", "look-up", Kind::kPercent}},
              {}};
  for (const std::string& letter : Letters(setting)) {
    const auto runs = RunsOf(letter, setting);
    const Readings readings = evidence.Read(runs);
    const Bundle& bundle = evidence.Of(runs.front()).bundle;
    table.rows.push_back(
        {Text(letter), IfAllLeftAt(readings, Tier::kDevice),
         IfAllLeftAt(readings, Tier::kEdge),
         IfAllLeftAt(readings, Tier::kCloud), Overall(readings),
         Each(readings, [](const Reading& r) { return r.overall_of_all; }),
         ShareThatLeft(readings, Tier::kDevice),
         ShareThatLeft(readings, Tier::kEdge),
         Each(readings, [](const Reading& r) { return r.formula_bytes; }),
         LeadLink(readings, bundle), CloudLink(readings, bundle),
         Each(readings, [](const Reading& r) { return r.figures.balanced; }),
         SourceCount(readings, "moving"), ClassCount(readings, "bus"),
         Values({readings.front().presence_lookup})});
  }
  return {
      {table},
      {"c: devices and cloud, for comparison. d: one device (" +
           setting.Only({setting.worst_to_best.back()}) +
           ", which sees most training samples), an edge, the cloud; samples "
           "that it does not see are not counted, but in the column `of all` "
           "as wrong. e: six devices, one edge, the cloud. f: two edges with "
           "half of the devices each; the exits fuse the scores of all.",
       "The edge has one block of 16 filters whose pooling halves the map's "
       "sides, so that less goes to the cloud.",
       "Bytes a device: Equation 1, per device and sample. Bytes to the lead "
       "edge and to the cloud are per sample: class scores of the other edge's "
       "devices and, after a local miss, its own; maps of what reaches the "
       "cloud.",
       "The paper describes d to f and measures none of them."},
      R"gp(set title "Hierarchies of the paper's Figure 2"
set style data histograms
set style histogram errorbars gap 1 lw 1
set style fill solid 0.8 border -1
set yrange [0:105]
set ylabel "accuracy, %"
set xlabel "hierarchy"
set y2label "bytes to the cloud per sample"
set y2range [0:*]
set y2tics
set ytics nomirror
data = "edge-hierarchies.csv"
plot data using "local":"local_sd":xtic(1) title "local exit" lc rgb "#4c78a8", \
     data using "edge":"edge_sd" title "edge exit" lc rgb "#72b7b2", \
     data using "cloud":"cloud_sd" title "cloud exit" lc rgb "#f58518", \
     data using "overall":"overall_sd" title "overall" lc rgb "#54a24b", \
     data using 0:"cloud_bytes" axes x1y2 with points pt 7 ps 1.5 lc rgb "#1f2d3d" title "bytes to the cloud"
)gp"};
}

}  // namespace

Experiment EdgeExperiment() {
  return {"edge", "Edges between devices and cloud (Fig. 2 d, e, f)",
          "What does a section with its own exit at the edge change?", Runs,
          Analyse};
}

}  // namespace ddnn
