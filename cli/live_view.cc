#include "cli/live_view.h"

#include <spdlog/fmt/fmt.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "core/nn/view.h"

namespace ddnn {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{250};
constexpr std::chrono::milliseconds kPlainLineEvery{10'000};
constexpr int kBarColumns = 30;

double Share(int part, int whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / whole;
}

std::string Bar(double share) {
  const auto filled = static_cast<std::size_t>(share * kBarColumns);
  return '[' + std::string(filled, '#') +
         std::string(kBarColumns - filled, '.') + ']';
}

std::string Exits(const DemoProgress& progress) {
  const auto& scores = progress.scores;
  std::string text;
  for (const Tier tier : kTiers) {
    text +=
        fmt::format("{} {:.1f} %   ", ExitName(tier),
                    100 * Share(scores.exits[static_cast<std::size_t>(tier)],
                                scores.results));
  }
  return text + fmt::format("fallback {:.1f} %",
                            100 * Share(scores.fallbacks, scores.results));
}

/// How many samples have ended, of how many.
std::string Ended(const DemoProgress& progress) {
  const int done = progress.scores.results + progress.scores.lost;
  if (progress.expected == 0) return fmt::format("{}", done);
  return fmt::format("{}/{}", done, progress.expected);
}

std::string Right(const Scoreboard::Running& scores) {
  if (scores.results == 0) return "-";
  return fmt::format("{:.4f}", Share(scores.correct, scores.results));
}

std::string Bytes(const DemoProgress& progress) {
  const auto& scores = progress.scores;
  const double device_samples =
      std::max(1.0, static_cast<double>(scores.results) * progress.devices);
  return fmt::format("content {:.1f}   as JPEG {:.1f}   raw {}",
                     static_cast<double>(scores.content_bytes) / device_samples,
                     progress.jpeg_bytes, kViewBytes);
}

}  // namespace

std::vector<std::string> RenderLines(const DemoProgress& progress) {
  const auto& scores = progress.scores;
  const std::string bar =
      progress.expected == 0
          ? ""
          : Bar(Share(scores.results + scores.lost, progress.expected)) + ' ';
  return {
      fmt::format("{:<9} {:6.1f} s   devices {}/{}   edge {}   cloud {}",
                  progress.phase, progress.seconds, progress.devices_online,
                  progress.devices, progress.edge_online ? "up" : "-",
                  progress.cloud_online ? "up" : "-"),
      fmt::format("samples   {}{}   {:.1f} results/s", bar, Ended(progress),
                  progress.results_per_s),
      fmt::format("exits     {}", Exits(progress)),
      fmt::format("answers   right {}   degraded {}   lost {}   "
                  "duplicates {}",
                  Right(scores), scores.degraded, scores.lost,
                  scores.duplicates),
      fmt::format("bytes per device-sample   {}", Bytes(progress)),
  };
}

std::string RenderPlain(const DemoProgress& progress) {
  const auto& scores = progress.scores;
  return fmt::format(
      "{} {:.1f} s: {} samples, {:.1f} results/s, right {}, lost {}; "
      "exits {}; bytes per device-sample {}; devices {}/{}",
      progress.phase, progress.seconds, Ended(progress), progress.results_per_s,
      Right(scores), scores.lost, Exits(progress), Bytes(progress),
      progress.devices_online, progress.devices);
}

LiveView::LiveView(std::ostream* out, bool terminal, std::size_t width)
    : out_(out), terminal_(terminal), width_(width) {}

LiveView::~LiveView() {
  if (cursor_hidden_) *out_ << "\x1b[?25h" << std::flush;
}

void LiveView::Update(const DemoProgress& progress, TimePoint now) {
  if (now < next_ && progress.phase == phase_) return;
  next_ = now + (terminal_ ? kRedrawEvery : kPlainLineEvery);
  Draw(progress);
}

void LiveView::Draw(const DemoProgress& progress) {
  phase_ = progress.phase;
  if (!terminal_) {
    *out_ << RenderPlain(progress) << '\n' << std::flush;
    return;
  }
  Clear();
  if (!cursor_hidden_) *out_ << "\x1b[?25l";
  cursor_hidden_ = true;
  for (const auto& line : RenderLines(progress)) {
    *out_ << line.substr(0, width_) << '\n';
    ++drawn_lines_;
  }
  out_->flush();
}

void LiveView::Clear() {
  if (drawn_lines_ == 0) return;
  *out_ << fmt::format("\x1b[{}A\x1b[J", drawn_lines_) << std::flush;
  drawn_lines_ = 0;
}

std::size_t TerminalWidth() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return size.ws_col;
}

}  // namespace ddnn
