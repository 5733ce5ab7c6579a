#include "cli/scratch_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <system_error>

#include "cli/command.h"

namespace ddnn {

ScratchFolder::ScratchFolder(bool keep) : keep_(keep) {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) {
    throw CommandError(kExitUnavailable,
                       "there is no folder for temporary files (" +
                           error.message() +
                           "); set TMPDIR to one that may be written");
  }
  std::string pattern = (parent / "ddnn-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw CommandError(kExitUnavailable,
                       "cannot make the folder " + pattern + ": " +
                           std::generic_category().message(errno) +
                           "; set TMPDIR to a folder that may be written");
  }
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  if (keep_) {
    std::cout << "configuration and logs are kept in " << path_.string()
              << '\n';
    return;
  }
  std::error_code ignored;  // nobody is left to tell
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ddnn
