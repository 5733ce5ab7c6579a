#include "core/base/boot_counter.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>

#include "core/base/file.h"

namespace ddnn {
namespace {

constexpr std::size_t kLimitBytes = 4096;
constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

void CheckFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::string why = "no such folder";
  if (std::filesystem::is_directory(folder, error)) {
    if (::access(folder.c_str(), W_OK | X_OK) == 0) return;
    // A memory card after a power cut: nothing that an operator configured.
    if (errno == EROFS) return;
    why = std::generic_category().message(errno);
  }
  throw ConfigError(fmt::format(
      "state_dir = '{}': {}: must be a folder in which this agent may make "
      "files; make it and give it to the agent's user, or leave the key out",
      folder.string(), why));
}

void TellUseless(const std::filesystem::path& file, const std::string& why) {
  spdlog::warn(
      "boot_counter_lost file={} reason=\"{}\" instead=\"unix seconds\"",
      file.string(), why);
}

/// \return the last run's number; nothing if it cannot be had.
std::optional<std::uint32_t> LastBoot(const std::filesystem::path& file) {
  const auto content = ReadFile(file, kLimitBytes);
  if (!content) {
    // An agent's first start is no reason to worry.
    if (content.error() != Error::kNotFound) {
      TellUseless(file, content.message());
    }
    return std::nullopt;
  }
  const auto json = nlohmann::json::parse(*content, nullptr,
                                          /*allow_exceptions=*/false);
  const auto boot = json.is_object() ? json.find("boot") : json.end();
  if (boot == json.end() || !boot->is_number_unsigned() ||
      boot->get<std::uint64_t>() >= kLast) {
    TellUseless(file, "it holds no boot number");
    return std::nullopt;
  }
  return boot->get<std::uint32_t>();
}

}  // namespace

void AddStateDirKey(ConfigTable* table, std::filesystem::path* field) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet
  if (const char* const folders = std::getenv("STATE_DIRECTORY")) {
    const std::string_view all(folders);
    *field = all.substr(0, all.find(':'));
  }
  table->Path("state_dir", field,
              "folder for what is to survive a restart; by default the "
              "environment's STATE_DIRECTORY, else nothing is kept");
}

std::uint32_t CountBoot(const std::filesystem::path& state_dir,
                        const std::string& agent, Instant now) {
  std::uint32_t boot = BootNumber(now);
  if (state_dir.empty()) return boot;
  CheckFolder(state_dir);
  const auto file = state_dir / (agent + ".boot.json");
  if (const auto last = LastBoot(file)) boot = std::max(*last + 1, boot);
  const Status written =
      WriteFileAtomically(file, fmt::format("{{\"v\":1,\"boot\":{}}}\n", boot));
  if (!written) TellUseless(file, written.message());
  return boot;
}

}  // namespace ddnn
