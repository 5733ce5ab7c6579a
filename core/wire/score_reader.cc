#include "core/wire/score_reader.h"

#include <bit>
#include <cstdlib>
#include <utility>

#include "core/wire/decode.h"

namespace ddnn {

ScoreReader::ScoreReader(std::vector<std::int16_t> scores,
                         std::vector<std::uint32_t> sources,
                         const Bundle& bundle, int node)
    : scores_(std::move(scores)),
      sources_(std::move(sources)),
      classes_(bundle.classes.size()),
      inputs_(
          bundle.nodes[static_cast<std::size_t>(node)].section.head.inputs) {}

Status ScoreReader::Check(const Bundle& bundle, int node) const {
  if (scores_.size() % (1 + classes_) != 0) {
    return Fault(Error::kBadShape, "score message: {} values, not n x {}",
                 scores_.size(), 1 + classes_);
  }
  std::uint32_t below = 0;
  for (const int child : bundle.ChildrenOf(node)) {
    below |= std::uint32_t{1} << child;
  }
  if (sources_.size() != (below == 0 ? 0 : views_left())) {
    return Fault(Error::kBadShape,
                 "score message: {} sources for {} views of node {}",
                 sources_.size(), views_left(), node);
  }
  for (const std::uint32_t source : sources_) {
    if (source != 0 && (source & ~below) == 0) continue;
    return Fault(Error::kOutOfRange,
                 "score message: sources {:#x} of node {}, not of {:#x}",
                 source, node, below);
  }
  return Done{};
}

Result<TickScores> ScoreReader::Take(Tick tick, std::size_t views) {
  TickScores taken{.tick = tick, .views = {}};
  taken.views.reserve(views);
  for (std::size_t i = 0; i < views; ++i) {
    auto view = TakeView();
    if (!view) return view.failure();
    taken.views.push_back(std::move(*view));
  }
  if (auto s = CheckTick(taken, "score message"); !s) return s.failure();
  return taken;
}

Result<TickScores::ViewScores> ScoreReader::TakeView() {
  TickScores::ViewScores view;
  if (!sources_.empty()) view.sources = sources_[next_ / (1 + classes_)];
  view.object = std::bit_cast<ObjectNumber>(scores_[next_++]);
  for (std::size_t c = 0; c < classes_; ++c) {
    view.sums.push_back(scores_[next_++]);
    if (std::abs(view.sums.back()) > inputs_) {
      return Fault(Error::kOutOfRange,
                   "score message: a sum of {} from {} inputs",
                   view.sums.back(), inputs_);
    }
  }
  return view;
}

}  // namespace ddnn
