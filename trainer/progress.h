#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace ddnn {

/// Where training is.
struct ProgressState {
  std::string phase;  ///< "choose" or "refit"
  int epoch = 0;      ///< of this phase, 1 .. epochs
  int epochs = 0;
  int done = 0;  ///< epochs of all phases so far
  int most = 0;  ///< and at most
  double loss = 0;
  std::string validation;  ///< "" before the first evaluation
};

/// Shows a bar that moves in place on a terminal; elsewhere, e.g. in a log, a
/// plain line every few seconds, if there is news.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  using Print = std::function<void(const std::string&)>;

  Progress(bool terminal, Print print);

  void Show(const ProgressState& state, Clock::time_point now);
  /// The bar by itself.
  /// \param share  of the work that is done, in [0, 1].
  /// \param last   shown in any case.
  void ShowBar(double share, const std::string& text, bool last,
               Clock::time_point now);
  /// A line of its own, not overwritten by the bar.
  void Say(const std::string& line);

 private:
  bool terminal_;
  Print print_;
  bool bar_open_ = false;
  Clock::time_point start_{};
  std::optional<Clock::time_point> last_shown_;
  std::string last_text_;
};

}  // namespace ddnn
