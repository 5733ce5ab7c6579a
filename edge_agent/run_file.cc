#include "edge_agent/run_file.h"

#include <spdlog/spdlog.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "core/base/file.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

/// The run as `config` tells it, a line; the watermark, a line.
std::optional<RetainedRun::Run> Parse(std::string_view text,
                                      std::uint32_t tag) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const Result<GroupConfig> config = DecodeGroupConfig(text.substr(0, end));
  if (!config || config->bundle_tag != tag) return std::nullopt;
  const std::string_view number = text.substr(end + 1);
  RetainedRun::Run run{config->schedule};
  const auto read = std::from_chars(number.data(),
                                    number.data() + number.size(), run.decided);
  if (read.ec != std::errc{}) return std::nullopt;
  return run;
}

}  // namespace

RunFile::RunFile(std::filesystem::path path, const Bundle& bundle)
    : path_(std::move(path)),
      config_{bundle.tag, bundle.device_count(), bundle.classes, {}, 0},
      thread_([this](const std::stop_token& stop) { Work(stop); }) {}

RunFile::~RunFile() {
  thread_.request_stop();
  thread_.join();
  if (next_) Write(*next_);
}

std::optional<RetainedRun::Run> RunFile::Read() const {
  const Result<std::string> text = ReadFile(path_);
  if (!text) {
    if (text.error() != Error::kNotFound) {
      spdlog::warn("run_file_unreadable file={} {}", path_.string(),
                   text.message());
    }
    return std::nullopt;
  }
  auto run = Parse(*text, config_.bundle_tag);
  if (!run) {
    spdlog::warn(
        "run_file_of_no_use file={} reason=\"garbage, or of another "
        "network\"",
        path_.string());
  }
  return run;
}

void RunFile::Keep(const RetainedRun::Run& run) {
  {
    const std::lock_guard lock(mutex_);
    next_ = run;
  }
  changed_.notify_one();
}

void RunFile::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return next_.has_value(); })) {
    const RetainedRun::Run run = *std::exchange(next_, std::nullopt);
    lock.unlock();
    Write(run);
    lock.lock();
    changed_.wait_for(lock, stop, kPeriod, [] { return false; });
  }
}

void RunFile::Write(const RetainedRun::Run& run) {
  GroupConfig config = config_;
  config.schedule = run.schedule;
  const Status written =
      WriteFileAtomically(path_, EncodeGroupConfig(config) + "\n" +
                                     std::to_string(run.decided) + "\n");
  if (written) return;
  if (const auto times = failures_.Admit(std::chrono::steady_clock::now())) {
    spdlog::warn("run_file_not_written file={} times={} {}", path_.string(),
                 *times, written.message());
  }
}

}  // namespace ddnn
