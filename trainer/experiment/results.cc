#include "trainer/experiment/results.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>

namespace ddnn {
namespace {

constexpr const char* kHead = R"(# Results

The paper's tables and figures on real data, each made by one command
(`trainer/experiment/README.md`), beside the paper's own numbers.

How to read them:

- **Protocols.** *paper* is `trainer/recipes/paper.yaml`: the authors' own, full batch, 100 epochs, absent views blank, T = 0.8 fixed.
  *shipped* is `trainer/recipes/epfl-mvmc-c.yaml`; its epochs and T come from rows held out of training.
  Nothing is chosen on test rows; they are read once.
- **Data.** epfl-mvmc, the source material of the paper's MVMC, regrouped: not the paper's 171 test samples. Split `time` has
  no neighbours in time between training and test; `random` leaks them, as the paper's did. The paper's numbers stand beside ours
  to compare shapes; one sample of its test is 0.6 points.
- **Numbers** are percent, mean ± standard deviation over seeds; in brackets Wilson's 95 % interval of the mean for the number of test
  samples. *balanced* is the mean accuracy over the classes with 5 % of the test or more (cars and people); *moving* (cars) and
  *bus* are k of n. local and cloud: if every sample left there. overall: exits by T. bytes: Equation 1 of the paper, per device
  and sample. look-up: the most frequent class of the cameras that see a sample, without any pixel.
- Every number comes from the exported bundle, evaluated by the same `core/nn` that the agents run.

)";

/// "paper 5 x time, 5 x random".
std::string RunsText(const std::vector<RunSpec>& runs) {
  std::map<std::string, int> counts;
  int seeds = 0;
  for (const RunSpec& run : runs) {
    ++counts[run.recipe + " on " + run.split];
    seeds = std::max(seeds, run.seed);
  }
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", count, name);
  }
  return fmt::format("{}; seeds 1{}", text,
                     seeds > 1 ? fmt::format(" to {}", seeds) : " (quick)");
}

}  // namespace

std::string ResultsSection(const Experiment& experiment, const Outcome& outcome,
                           const std::vector<RunSpec>& runs,
                           const Protocol& protocol,
                           const std::string& figure_folder) {
  std::string text =
      fmt::format("## {}\n\n{}\n\n", experiment.title, experiment.question);
  if (!figure_folder.empty()) {
    text += fmt::format("![{}]({}/{}.svg)\n\n", experiment.title, figure_folder,
                        experiment.name);
  }
  for (const Table& table : outcome.tables) {
    if (table.caption.empty()) continue;
    text += fmt::format("**{}.**\n\n{}\n", table.caption, ToMarkdown(table));
  }
  for (const std::string& remark : outcome.remarks) {
    text += "- " + remark + "\n";
  }
  text += fmt::format("- Data {}, runs: {}; {}.\n- `{}`\n\n", protocol.data,
                      RunsText(runs), protocol.date, protocol.command);
  return text;
}

std::string ResultsPage(const std::vector<std::string>& sections) {
  std::string page = kHead;
  for (const std::string& section : sections) page += section;
  return page;
}

}  // namespace ddnn
