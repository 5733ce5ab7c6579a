#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/nn/bundle.h"

namespace ddnn {

/// What an exit answered to one sample.
struct ExitAnswer {
  float eta = 0;
  bool correct = false;
};
/// [samples][exits], in the order of Bundle::exits.
using ExitAnswers = std::vector<std::vector<ExitAnswer>>;

/// What a network does at one T of its first exit.
struct CurvePoint {
  float threshold = 0;
  int exits = 0;          ///< samples that leave there
  int correct = 0;        ///< samples answered rightly, wherever they leave
  double exit_share = 0;  ///< of all samples
  double accuracy = 0;    ///< of all samples
  double bytes = 0;       ///< per device-sample, by the paper's formula
};

/// T of every early exit but the first, in order: each the largest T at which
/// most samples are answered rightly if all of them get there, the deepest
/// first. A sample that leaves at an edge saves no byte that devices send, so
/// nothing is traded here.
std::vector<float> ChooseDeeperThresholds(const ExitAnswers& answers);

/// Every different way to set T of the first exit: 0, halfway between each two
/// neighbouring etas, and 1, with rising T.
/// \param deeper  T of the early exits behind it.
/// Precondition: there is an early exit and a sample.
std::vector<CurvePoint> CurveOf(const Bundle& bundle,
                                const ExitAnswers& answers,
                                const std::vector<float>& deeper);

/// What T must achieve.
struct TuneTarget {
  enum class Kind { kAccuracy, kBytes, kLocalExit };
  Kind kind = Kind::kAccuracy;
  double value = 0;
  std::string text;  ///< as it was given

  bool MetBy(const CurvePoint& point) const;
  /// The point's figure that the target limits.
  double FigureOf(const CurvePoint& point) const;
};
/// Parses "accuracy=0.98", "bytes=40" or "local_exit=0.7".
/// \throws CommandError  kExitUsage: another form, or out of range.
TuneTarget ParseTuneTarget(std::string_view text);

/// The point to take, an index into the curve.
///
/// Of the points that meet the target: for accuracy the one at which most
/// samples leave early; for bytes and local exits the most accurate one, of
/// equals that at which most leave early. Without any, the nearest: the one
/// whose figure misses the target least, of equals the most accurate.
std::size_t PickPoint(const std::vector<CurvePoint>& curve,
                      const TuneTarget& target);

/// `threshold,exits,correct,exit_share,accuracy,formula_bytes`, a line a point.
std::string CurveCsv(const std::vector<CurvePoint>& curve);

/// For people: about a dozen points, evenly spread over the share that leaves
/// early, and the picked one, marked.
std::string CurveTable(const std::vector<CurvePoint>& curve,
                       std::size_t picked);

}  // namespace ddnn
