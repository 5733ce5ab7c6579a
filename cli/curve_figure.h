#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/threshold_curve.h"

namespace ddnn {

/// Checks that a figure can be drawn there, before any work.
/// \throws CommandError  kExitUsage: neither .svg nor .png; kExitUnavailable:
///     gnuplot is not installed.
void RequireDrawable(const std::filesystem::path& figure);

/// gnuplot's commands for accuracy and bytes over the share that leaves early,
/// with the picked point marked.
std::string CurveScript(const std::vector<CurvePoint>& curve,
                        std::size_t picked, const std::string& title,
                        const std::filesystem::path& figure);

/// Draws it.
/// \throws CommandError  kExitUnavailable: gnuplot failed; its own words are on
///     standard error.
void DrawCurve(const std::vector<CurvePoint>& curve, std::size_t picked,
               const std::string& title, const std::filesystem::path& figure);

}  // namespace ddnn
