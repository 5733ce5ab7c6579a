#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "core/nn/sample.h"

namespace ddnn {

/// Reads the flat [views][1 + C] of a score message, and its sources; for
/// wire_decode.cc.
/// Thread-safety: none.
class ScoreReader {
 public:
  /// \param node  whose message it is: a device or an edge of the bundle.
  ScoreReader(std::vector<std::int16_t> scores,
              std::vector<std::uint32_t> sources, const Bundle& bundle,
              int node);

  /// Whole views, and their sources: a device has none, an edge one a view, of
  /// devices below it.
  /// \return Done; kBadShape; kOutOfRange.
  Status Check(const Bundle& bundle, int node) const;

  std::size_t views_left() const {
    return (scores_.size() - next_) / (1 + classes_);
  }

  /// Takes the next `views` views, which are there, as one tick's.
  /// \return kOversized, kOutOfRange, or kBadShape: an object is there twice.
  Result<TickScores> Take(Tick tick, std::size_t views);

 private:
  Result<TickScores::ViewScores> TakeView();

  std::vector<std::int16_t> scores_;
  std::vector<std::uint32_t> sources_;
  std::size_t classes_;
  int inputs_;
  std::size_t next_ = 0;
};

}  // namespace ddnn
