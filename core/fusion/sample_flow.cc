#include "core/fusion/sample_flow.h"

#include <cassert>
#include <cstddef>
#include <utility>

namespace ddnn {
namespace {

/// A class sum travels as int16.
constexpr int kBytesPerSum = 2;

}  // namespace

SampleFlow::SampleFlow(const Network& network, SampleId id,
                       AssociatedSample sample, DeviceSet silent,
                       Offload offload)
    : network_(network),
      id_(id),
      sums_(std::move(sample.sums)),
      offload_(offload),
      pixels_(std::move(sample.pixels)),
      silent_(silent),
      maps_(network.bundle().nodes.size()) {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    seen_.set(i, !sums_[i].empty() || !pixels_[i].empty());
  }
  if (!offloads()) {
    content_bytes_ = kBytesPerSum * network.bundle().class_count() *
                     static_cast<int>(seen_.count());
    return;
  }
  for (const EncodedView& view : pixels_) {
    content_bytes_ += static_cast<int>(view.size());
  }
}

Status SampleFlow::Reach(Tier tier, std::vector<float> logits) {
  Result<Decision> decision = network_.Decide(tier, logits);
  if (!decision) return decision.failure();
  path_.push_back({tier, decision->label, decision->eta});
  deepest_ = Reached{tier, std::move(*decision), std::move(logits)};
  return Done{};
}

bool SampleFlow::TakeLocalExit() {
  if (network_.bundle().ExitOf(Tier::kDevice) == nullptr) return false;
  std::vector<const Sums*> sums;
  sums.reserve(sums_.size());
  for (const Sums& own : sums_) sums.push_back(own.empty() ? nullptr : &own);
  Result<std::vector<float>> logits = network_.ExitLogits(Tier::kDevice, sums);
  if (!logits) return false;
  return Reach(Tier::kDevice, std::move(*logits)).ok() &&
         deepest_->decision.exits;
}

bool SampleFlow::OfferMap(int device, FeatureMap map) {
  const auto node = static_cast<std::size_t>(device);
  if (!awaited_.test(node)) return false;
  awaited_.reset(node);
  content_bytes_ += static_cast<int>(map.bits.size());
  maps_[node] = std::move(map);
  return true;
}

bool SampleFlow::CloseMaps() {
  awaited_.reset();
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    mapless_.set(i, seen_.test(i) && !maps_[i]);
  }
  return mapless_ != seen_;
}

bool SampleFlow::TakeEdgeExit() {
  const Bundle& bundle = network_.bundle();
  const std::vector<int> edges = bundle.NodesOf(Tier::kEdge);
  if (edges.empty()) return false;
  assert(edges.size() == 1);  // the coordinator's precondition
  std::vector<const FeatureMap*> children;
  for (const int child : bundle.ChildrenOf(edges[0])) {
    const auto& map = maps_[static_cast<std::size_t>(child)];
    children.push_back(map ? &*map : nullptr);
  }
  Result<NodeOutput> output = network_.RunNode(edges[0], children);
  if (!output) return false;
  maps_[static_cast<std::size_t>(edges[0])] = std::move(output->map);
  if (bundle.ExitOf(Tier::kEdge) == nullptr) return false;
  const Sums* sums = &output->sums;
  Result<std::vector<float>> logits =
      network_.ExitLogits(Tier::kEdge, {&sums, 1});
  if (!logits) return false;
  return Reach(Tier::kEdge, std::move(*logits)).ok() &&
         deepest_->decision.exits;
}

CloudAsk SampleFlow::MakeAsk() {
  if (offloads()) return {id_, {}, offload_, std::move(pixels_)};
  const Bundle& bundle = network_.bundle();
  CloudAsk ask{id_, {}};
  for (const int child : bundle.ChildrenOf(bundle.NodesOf(Tier::kCloud)[0])) {
    ask.children.push_back(std::move(maps_[static_cast<std::size_t>(child)]));
  }
  return ask;
}

Status SampleFlow::TakeCloudAnswer(const std::vector<float>& logits) {
  if (logits.size() != network_.bundle().classes.size()) {
    return Error::kBadShape;
  }
  return Reach(Tier::kCloud, logits);
}

std::optional<SampleResult> SampleFlow::Answer(bool fallback) const {
  if (!deepest_) return std::nullopt;
  SampleResult result;
  result.sample = id_;
  result.label = deepest_->decision.label;
  result.exit = deepest_->tier;
  result.eta = deepest_->decision.eta;
  result.logits = deepest_->logits;
  result.probabilities = deepest_->decision.probabilities;
  // A map that did not come is missing only from exits that read maps.
  const DeviceSet mapless =
      deepest_->tier == Tier::kDevice ? DeviceSet{} : mapless_;
  const DeviceSet missing = silent_ | mapless;
  result.views_used = Indices(seen_ & ~mapless);
  result.views_missing = Indices(missing);
  result.status = fallback        ? ResultStatus::kFallback
                  : missing.any() ? ResultStatus::kDegraded
                                  : ResultStatus::kOk;
  result.path = path_;
  result.content_bytes = content_bytes_;
  return result;
}

}  // namespace ddnn
