#include "core/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ddnn {
namespace {

/// %*: the message as a JSON string.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string text(message.payload.data(), message.payload.size());
    const std::string quoted = nlohmann::json(text).dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
    out.append(quoted.data(), quoted.data() + quoted.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return spdlog::details::make_unique<JsonMessage>();
  }
};

/// %*: the line's syslog priority, which journald reads from a leading <N>.
class JournalPriority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string_view priority =
        message.level >= spdlog::level::err    ? "<3>"
        : message.level == spdlog::level::warn ? "<4>"
        : message.level == spdlog::level::info ? "<6>"
                                               : "<7>";
    out.append(priority.data(), priority.data() + priority.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return spdlog::details::make_unique<JournalPriority>();
  }
};

template <typename Flag>
std::unique_ptr<spdlog::pattern_formatter> Formatter(
    const std::string& pattern) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<Flag>('*').set_pattern(pattern);
  return formatter;
}

}  // namespace

void InitLog(const LogOptions& options) {
  auto logger = std::make_shared<spdlog::logger>(
      options.name, std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  if (options.format == "json") {
    logger->set_formatter(Formatter<JsonMessage>(
        R"({"timestamp":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","agent":"%n","msg":%*})"));
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread starts
  } else if (std::getenv("JOURNAL_STREAM") != nullptr) {
    logger->set_formatter(Formatter<JournalPriority>("%*%n %l %v"));
  } else {
    logger->set_pattern("%H:%M:%S.%e %^%-7l%$ %n  %v");
  }
  logger->set_level(spdlog::level::from_str(options.level));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace ddnn
