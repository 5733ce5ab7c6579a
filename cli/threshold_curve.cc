#include "cli/threshold_curve.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

#include "cli/command.h"

namespace ddnn {
namespace {

/// An early exit's answer and the one behind it, to the same sample.
struct Choice {
  ExitAnswer here;
  bool correct_behind = false;
};

/// T, exits and correct of every way to divide the samples.
std::vector<CurvePoint> Divide(std::vector<Choice> samples) {
  std::ranges::sort(samples, {}, [](const Choice& c) { return c.here.eta; });
  CurvePoint point;
  for (const Choice& c : samples) point.correct += c.correct_behind ? 1 : 0;
  std::vector<CurvePoint> points;
  float below = 0;
  for (const Choice& c : samples) {
    // Samples of eta 0 leave at any T; halfway may round to the upper eta.
    const float halfway = below + (c.here.eta - below) / 2;
    if (halfway < c.here.eta) {
      point.threshold = point.exits == 0 ? 0 : halfway;
      points.push_back(point);
    }
    point.correct += (c.here.correct ? 1 : 0) - (c.correct_behind ? 1 : 0);
    ++point.exits;
    below = c.here.eta;
  }
  point.threshold = 1;
  points.push_back(point);
  return points;
}

/// \param behind  for each sample, whether what lies behind answers rightly.
std::vector<Choice> ChoicesAt(const ExitAnswers& answers, std::size_t exit,
                              const std::vector<bool>& behind) {
  std::vector<Choice> choices;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    choices.push_back({answers[i][exit], behind[i]});
  }
  return choices;
}

std::vector<bool> LastAnswers(const ExitAnswers& answers) {
  std::vector<bool> correct;
  for (const auto& sample : answers) correct.push_back(sample.back().correct);
  return correct;
}

/// Replaces the answers of samples that leave at `exit`.
void LeaveAt(const ExitAnswers& answers, std::size_t exit, float threshold,
             std::vector<bool>* correct) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const ExitAnswer& here = answers[i][exit];
    if (here.eta <= threshold) (*correct)[i] = here.correct;
  }
}

constexpr std::array<std::pair<std::string_view, TuneTarget::Kind>, 3> kKinds{
    {{"accuracy", TuneTarget::Kind::kAccuracy},
     {"bytes", TuneTarget::Kind::kBytes},
     {"local_exit", TuneTarget::Kind::kLocalExit}}};

std::string PointLine(const CurvePoint& p, bool picked) {
  return fmt::format("{:>10.4f} {:>12.1f} {:>10.1f} {:>8.1f}{}\n", p.threshold,
                     100 * p.exit_share, 100 * p.accuracy, p.bytes,
                     picked ? "  <- taken" : "");
}

}  // namespace

std::vector<float> ChooseDeeperThresholds(const ExitAnswers& answers) {
  const std::size_t exits = answers.front().size();
  std::vector<float> chosen;
  std::vector<bool> behind = LastAnswers(answers);
  for (std::size_t exit = exits - 1; exit-- > 1;) {
    const auto points = Divide(ChoicesAt(answers, exit, behind));
    CurvePoint best = points.front();
    for (const CurvePoint& point : points) {
      if (point.correct >= best.correct) best = point;
    }
    LeaveAt(answers, exit, best.threshold, &behind);
    chosen.insert(chosen.begin(), best.threshold);
  }
  return chosen;
}

std::vector<CurvePoint> CurveOf(const Bundle& bundle,
                                const ExitAnswers& answers,
                                const std::vector<float>& deeper) {
  std::vector<bool> behind = LastAnswers(answers);
  for (std::size_t i = deeper.size(); i-- > 0;) {
    LeaveAt(answers, i + 1, deeper[i], &behind);
  }
  auto points = Divide(ChoicesAt(answers, 0, behind));
  const bool local = bundle.exits.front().tier == Tier::kDevice;
  const auto total = static_cast<double>(answers.size());
  for (CurvePoint& point : points) {
    point.exit_share = point.exits / total;
    point.accuracy = point.correct / total;
    point.bytes = FormulaBytes(bundle, local ? point.exit_share : 0);
  }
  return points;
}

bool TuneTarget::MetBy(const CurvePoint& point) const {
  const double figure = FigureOf(point);
  return kind == Kind::kBytes ? figure <= value : figure >= value;
}

double TuneTarget::FigureOf(const CurvePoint& point) const {
  switch (kind) {
    case Kind::kAccuracy:
      return point.accuracy;
    case Kind::kBytes:
      return point.bytes;
    case Kind::kLocalExit:
      break;
  }
  return point.exit_share;
}

TuneTarget ParseTuneTarget(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  for (const auto& [known, kind] : kKinds) {
    if (name != known || equals == std::string_view::npos) continue;
    TuneTarget target{kind, -1, std::string(text)};
    const char* end = text.data() + text.size();
    const auto parsed =
        std::from_chars(text.data() + equals + 1, end, target.value);
    const double most = kind == TuneTarget::Kind::kBytes ? 1e9 : 1;
    const bool number = parsed.ptr == end && parsed.ec == std::errc();
    // Negated, so that NaN fails too.
    if (number && target.value >= 0 && target.value <= most) return target;
  }
  throw CommandError(
      kExitUsage,
      fmt::format("--target {}: must be accuracy=A or local_exit=L with a "
                  "share from 0 to 1, or bytes=B with B from 0 to 1e9, e.g. "
                  "accuracy=0.98",
                  text));
}

std::size_t PickPoint(const std::vector<CurvePoint>& curve,
                      const TuneTarget& target) {
  const auto rank = [&](const CurvePoint& p) {
    const bool met = target.MetBy(p);
    const double miss = met ? 0 : std::abs(target.FigureOf(p) - target.value);
    const double worth =
        met && target.kind == TuneTarget::Kind::kAccuracy ? 0 : p.accuracy;
    return std::tuple(-miss, worth, p.exits);
  };
  const auto best = std::ranges::max_element(curve, {}, rank);
  return static_cast<std::size_t>(best - curve.begin());
}

std::string CurveCsv(const std::vector<CurvePoint>& curve) {
  std::string csv =
      "threshold,exits,correct,exit_share,accuracy,formula_bytes\n";
  for (const CurvePoint& p : curve) {
    csv += fmt::format("{},{},{},{},{},{}\n", p.threshold, p.exits, p.correct,
                       p.exit_share, p.accuracy, p.bytes);
  }
  return csv;
}

std::string CurveTable(const std::vector<CurvePoint>& curve,
                       std::size_t picked) {
  constexpr double kStep = 0.1;
  std::string table = fmt::format("{:>10} {:>12} {:>10} {:>8}\n", "T",
                                  "exit early %", "accuracy %", "bytes");
  double next = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const bool last = i + 1 == curve.size();
    if (i != picked && !last && curve[i].exit_share < next) continue;
    table += PointLine(curve[i], i == picked);
    while (next <= curve[i].exit_share) next += kStep;
  }
  return table;
}

}  // namespace ddnn
