#include "core/base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace ddnn {
namespace {

Failure SystemFailure(const std::filesystem::path& path, const char* what) {
  return {Error::kUnreadable, path.string() + ": " + what + ": " +
                                  std::generic_category().message(errno)};
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// The file to replace for a name: itself, or what a link stands for.
Result<std::filesystem::path> FileToReplace(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::exists(status) &&
      !std::filesystem::is_regular_file(status)) {
    return Failure{Error::kUnreadable,
                   path.string() +
                       ": not a regular file, so it is not replaced; name "
                       "another"};
  }
  if (!std::filesystem::is_symlink(path, error)) return path;
  auto file = std::filesystem::canonical(path, error);
  if (!error) return file;
  return Failure{
      Error::kUnreadable,
      path.string() + ": a link that leads nowhere: " + error.message()};
}

/// What was renamed in a folder survives a power cut only then. Where the file
/// system cannot do it, there is nothing better to do.
void SyncFolder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(),
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path,
                             std::size_t limit_bytes) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return Failure{Error::kNotFound, path.string() + ": no such file"};
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    return Failure{Error::kUnreadable, path.string() + ": not a regular file"};
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error)
    return Failure{Error::kUnreadable, path.string() + ": " + error.message()};
  if (size > limit_bytes) {
    return Failure{Error::kOversized,
                   path.string() + ": " + std::to_string(size) +
                       " bytes, at most " + std::to_string(limit_bytes) +
                       " are read"};
  }
  std::ifstream in(path, std::ios::binary);
  std::string content(size, '\0');
  if (!in || !in.read(content.data(), static_cast<std::streamsize>(size))) {
    return SystemFailure(path, "cannot read");
  }
  return content;
}

Status WriteFileAtomically(const std::filesystem::path& path,
                           std::string_view content) {
  const auto file = FileToReplace(path);
  if (!file) return file.failure();
  const auto temporary =
      file.value().string() + ".tmp" + std::to_string(::getpid());
  const int fd =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return SystemFailure(path, "cannot write");
  const bool written = WriteAll(fd, content) && ::fsync(fd) == 0;
  const int saved_errno = errno;
  ::close(fd);
  errno = saved_errno;
  if (!written || ::rename(temporary.c_str(), file.value().c_str()) != 0) {
    const Failure failure = SystemFailure(path, "cannot write");
    ::unlink(temporary.c_str());
    return failure;
  }
  SyncFolder(file.value().parent_path());
  return Done{};
}

}  // namespace ddnn
