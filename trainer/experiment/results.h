#pragma once

#include <string>
#include <vector>

#include "trainer/experiment/experiment.h"

namespace ddnn {

/// What all sections of the results say about how they came about.
struct Protocol {
  std::string data;     ///< name of the data set
  std::string date;     ///< YYYY-MM-DD
  std::string command;  ///< without the folders of this machine
};

/// One experiment's part of the results, in Markdown: question, figure, tables
/// beside the paper's numbers, remarks, runs and seeds.
/// \param figure_folder  relative to the page, "" = no figure was drawn.
std::string ResultsSection(const Experiment& experiment, const Outcome& outcome,
                           const std::vector<RunSpec>& runs,
                           const Protocol& protocol,
                           const std::string& figure_folder);

/// The whole page.
/// \param sections  in the experiments' order; those not run yet are left out.
std::string ResultsPage(const std::vector<std::string>& sections);

}  // namespace ddnn
