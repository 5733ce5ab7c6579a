#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace ddnn {

/// Reads a whole regular file.
/// \return its bytes; kNotFound, kUnreadable (the message says why), or
///     kOversized if it is longer than `limit_bytes`.
Result<std::string> ReadFile(const std::filesystem::path& path,
                             std::size_t limit_bytes = std::size_t{64} << 20);

/// Replaces a file in one step: readers see the old content or the new one,
/// never a part, also after a crash (temporary file, fsync, rename). A link
/// stays: the file that it names is replaced. Once it returns, the new content
/// survives a power cut.
/// \return kUnreadable with the reason if it cannot be written: also if `path`
///     is a folder, device, pipe or socket, or a link to nothing; none of these
///     is ever replaced.
Status WriteFileAtomically(const std::filesystem::path& path,
                           std::string_view content);

}  // namespace ddnn
