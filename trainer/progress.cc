#include "trainer/progress.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace ddnn {
namespace {

constexpr int kBarWidth = 24;
constexpr auto kPlainInterval = std::chrono::seconds(5);

std::string Bar(double share) {
  const int filled = static_cast<int>(kBarWidth * std::clamp(share, 0.0, 1.0));
  return std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(kBarWidth - filled), '.');
}

}  // namespace

Progress::Progress(bool terminal, Print print)
    : terminal_(terminal), print_(std::move(print)) {}

void Progress::Show(const ProgressState& state, Clock::time_point now) {
  if (start_ == Clock::time_point{}) start_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  std::string text = fmt::format("{} epoch {}/{}  loss {:.3f}", state.phase,
                                 state.epoch, state.epochs, state.loss);
  if (!state.validation.empty()) text += "  " + state.validation;
  if (state.done > 1) {
    text += fmt::format("  {:.0f} s left",
                        elapsed / (state.done - 1) * (state.most - state.done));
  }
  ShowBar(state.most == 0 ? 0 : static_cast<double>(state.done) / state.most,
          text, state.epoch == state.epochs, now);
}

void Progress::ShowBar(double share, const std::string& text, bool last,
                       Clock::time_point now) {
  if (!terminal_) {
    if (text == last_text_) return;
    if (!last && last_shown_ && now - *last_shown_ < kPlainInterval) return;
  }
  last_shown_ = now;
  last_text_ = text;
  if (terminal_) {
    print_("\r\033[K[" + Bar(share) + "] " + text);
    bar_open_ = true;
  } else {
    print_(text + "\n");
  }
}

void Progress::Say(const std::string& line) {
  print_((bar_open_ ? "\n" : "") + line + "\n");
  bar_open_ = false;
}

}  // namespace ddnn
