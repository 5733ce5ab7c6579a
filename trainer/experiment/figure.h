#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace ddnn {

/// A whole gnuplot script: draws <name>.svg and <name>.png in the folder that
/// it is started in.
/// \param plot  what lies between setting the output and its end.
std::string FigureScript(const std::string& name, const std::string& plot);

/// Writes <folder>/<name>.gp and runs gnuplot on it.
/// \return kNotFound if there is no gnuplot (the script is there all the same),
///     kMalformed with its first words if it refuses the script, kUnreadable if
///     the script cannot be written.
Status DrawFigure(const std::filesystem::path& folder, const std::string& name,
                  const std::string& plot);

}  // namespace ddnn
