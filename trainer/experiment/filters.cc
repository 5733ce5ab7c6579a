#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/nn/kernel.h"
#include "trainer/experiment/experiment.h"

namespace ddnn {
namespace {

struct Variant {
  int layers;
  int filters;
  const char* paper_local;
  const char* paper_cloud;
  const char* paper_overall;
  const char* paper_bytes;
};
/// Fig. 9 of the paper has two layers on a device: 4 filters, then f.
constexpr std::array<Variant, 5> kOneLayer{{{1, 1, "", "", "", ""},
                                            {1, 2, "", "", "", ""},
                                            {1, 4, "92", "96", "97", "62"},
                                            {1, 8, "", "", "", ""},
                                            {1, 16, "97", "99", "99", ""}}};
constexpr std::array<Variant, 4> kTwoLayers{{{2, 1, "86", "90", "91", "14"},
                                             {2, 2, "90", "92", "95", "16"},
                                             {2, 4, "90", "92", "96", "21"},
                                             {2, 8, "92", "94", "97", "30"}}};

std::vector<RunSpec> RunsOf(const Variant& variant, const Setting& setting) {
  std::vector<std::string> overrides;
  if (variant.layers > 1) {
    overrides.push_back(fmt::format("device.layers={}", variant.layers));
  }
  if (variant.filters != 4) {
    overrides.push_back(fmt::format("device.filters={}", variant.filters));
  }
  return WithSeeds(PaperRun("time", overrides),
                   setting.Seeds(overrides.empty() ? kMainSeeds : kSeeds));
}

std::vector<RunSpec> Runs(const Setting& setting) {
  std::vector<RunSpec> runs;
  for (const Variant& v : kOneLayer) Append(&runs, RunsOf(v, setting));
  for (const Variant& v : kTwoLayers) Append(&runs, RunsOf(v, setting));
  return runs;
}

/// What a device needs to keep and to work in.
struct Memory {
  std::size_t parameters = 0;  ///< of the section; an exit's scales live deeper
  std::size_t maps = 0;        ///< every layer's bits
  std::size_t scratch = 0;     ///< of the fast kernel, most at any time
};

Memory MemoryOf(const Section& section) {
  Memory memory{section.parameter_bytes(), 0, 0};
  MapShape shape{kViewChannels, kViewSide, kViewSide};
  for (const ConvP& layer : section.layers) {
    memory.scratch = std::max(memory.scratch, FastScratchBytes(layer, shape));
    shape = layer.OutputShape(shape);
    memory.maps += shape.bytes();
  }
  return memory;
}

Table TableOf(const std::string& name, const std::string& caption,
              std::span<const Variant> variants, const Setting& setting,
              const Evidence& evidence) {
  Table table{name, caption, {{"filters", "f"}}, {}};
  Append(&table.columns, StandardColumns());
  Append(&table.columns, {{"parameters", "parameters, bytes"},
                          {"maps", "maps, bytes"},
                          {"scratch", "scratch, bytes"},
                          {"paper_local", "paper: local"},
                          {"paper_cloud", "paper: cloud"},
                          {"paper_overall", "paper: overall"},
                          {"paper_bytes", "paper: bytes"}});
  for (const Variant& variant : variants) {
    const auto runs = RunsOf(variant, setting);
    const Memory memory =
        MemoryOf(evidence.Of(runs.front()).bundle.nodes.front().section);
    std::vector<Cell> row{Text(std::to_string(variant.filters))};
    Append(&row, StandardCells(evidence.Read(runs)));
    Append(&row, {Text(std::to_string(memory.parameters)),
                  Text(std::to_string(memory.maps)),
                  Text(std::to_string(memory.scratch)),
                  Text(variant.paper_local), Text(variant.paper_cloud),
                  Text(variant.paper_overall), Text(variant.paper_bytes)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

Outcome Analyse(const Setting& setting, const Evidence& evidence) {
  return {
      {TableOf("one-layer",
               "One convolution block on a device (f = 4 and 16 are the "
               "paper's models of Table II and Fig. 8)",
               kOneLayer, setting, evidence),
       TableOf("two-layers",
               "Fig. 9's two blocks on a device: 4 filters, then f; the map "
               "that travels is 8 x 8",
               kTwoLayers, setting, evidence)},
      {"Memory of one device: parameters are what its section of the bundle "
       "holds (weights as bits, one threshold of 4 bytes a filter); maps are "
       "the bits of all layers, the last of which travels; scratch is what "
       "the fast kernel works in, chosen for speed. Each view adds 3072 bytes "
       "of pixels. The paper's `device_size` (432 to 2028 for f = 1 to 8, two "
       "blocks) is in bits, without biases, batch norm or maps.",
       "The paper's Fig. 9 chose T on the test so that about 70 % leave "
       "locally; T is 0.8 here."},
      R"gp(set title "Accuracy over the bytes that a device holds as parameters"
set xlabel "device parameters, bytes (labels: filters f)"
set ylabel "accuracy, %"
set logscale x 2
set yrange [*:102]
one = "filters-one-layer.csv"
two = "filters-two-layers.csv"
plot one using "parameters":"local":"local_sd" with yerrorlines lw 2 pt 7 lc rgb "#4c78a8" title "one block, local", \
     one using "parameters":"cloud":"cloud_sd" with yerrorlines lw 2 pt 5 lc rgb "#f58518" title "one block, cloud", \
     one using "parameters":"overall":"overall_sd" with yerrorlines lw 2 pt 9 lc rgb "#54a24b" title "one block, overall", \
     two using "parameters":"overall":"overall_sd" with yerrorlines dt 2 lw 2 pt 8 lc rgb "#54a24b" title "two blocks, overall", \
     one using "parameters":"overall":"filters" with labels offset 0,-1 notitle, \
     two using "parameters":"paper_overall" with linespoints dt 3 pt 6 lc rgb "#1f2d3d" title "paper, two blocks, overall"
)gp"};
}

}  // namespace

Experiment FiltersExperiment() {
  return {"filters", "Filters and device memory (Fig. 9)",
          "What do more filters on a device buy, in accuracy, bytes and "
          "memory?",
          Runs, Analyse};
}

}  // namespace ddnn
