#pragma once

#include <filesystem>
#include <string>

#include "core/nn/bundle.h"

namespace ddnn {

/// A bundle for people: tree, shapes, bytes, exits, training record.
std::string DescribeBundle(const Bundle& bundle);
/// The same as an indented JSON object, with a newline at its end.
std::string DescribeBundleJson(const Bundle& bundle);

/// `ddnn bundle show FILE`.
/// \return the exit code.
/// \throws CommandError  kExitData: not a bundle that agents would run.
int ShowBundle(const std::filesystem::path& file, bool json);

/// `ddnn bundle verify FILE`.
int VerifyBundle(const std::filesystem::path& file);

}  // namespace ddnn
