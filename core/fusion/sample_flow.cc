#include "core/fusion/sample_flow.h"

#include <cassert>
#include <cstddef>
#include <utility>

namespace ddnn {
namespace {

/// A class sum travels as int16.
constexpr int kBytesPerSum = 2;

}  // namespace

SampleFlow::SampleFlow(const Network& network, const EdgeSplit& split,
                       SampleId id, AssociatedSample sample, DeviceSet silent,
                       Offload offload)
    : network_(network),
      split_(split),
      id_(id),
      sums_(std::move(sample.sums)),
      offload_(offload),
      pixels_(std::move(sample.pixels)),
      silent_(silent),
      edges_(split.edges()),
      maps_(network.bundle().nodes.size()) {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    seen_.set(i, !sums_[i].empty() || !pixels_[i].empty());
  }
  used_ = seen_;
  if (!offloads()) {
    content_bytes_ = kBytesPerSum * network.bundle().class_count() *
                     static_cast<int>(seen_.count());
    return;
  }
  for (const EncodedView& view : pixels_) {
    content_bytes_ += static_cast<int>(view.size());
  }
}

Status SampleFlow::Reach(Tier tier, std::vector<float> logits, double at_ms) {
  Result<Decision> decision = network_.Decide(tier, logits);
  if (!decision) return decision.failure();
  path_.push_back({tier, decision->label, decision->eta, at_ms});
  deepest_ = Reached{tier, std::move(*decision), std::move(logits), used_};
  return Done{};
}

bool SampleFlow::TakeLocalExit(double at_ms) {
  if (network_.bundle().ExitOf(Tier::kDevice) == nullptr) return false;
  std::vector<const Sums*> sums;
  sums.reserve(sums_.size());
  for (const Sums& own : sums_) sums.push_back(own.empty() ? nullptr : &own);
  Result<std::vector<float>> logits = network_.ExitLogits(Tier::kDevice, sums);
  if (!logits) return false;
  return Reach(Tier::kDevice, std::move(*logits), at_ms).ok() &&
         deepest_->decision.exits;
}

void SampleFlow::Await(const DeviceSet& alive, const EdgeSet& edges_alive) {
  const DeviceSet there = seen_ & alive;
  awaited_ = there & ~split_.Below(split_.remote());
  for (std::size_t e = 0; e < split_.edges(); ++e) {
    awaited_edges_.set(e, split_.remote().test(e) && edges_alive.test(e) &&
                              (there & split_.Below(e)).any());
  }
}

void SampleFlow::AwaitOnly(const DeviceSet& alive) {
  awaited_ &= alive;
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    if (!edges_[e].sums && (seen_ & alive & split_.Below(e)).none()) {
      awaited_edges_.reset(e);
    }
  }
}

bool SampleFlow::OfferMap(int device, FeatureMap map) {
  const auto node = static_cast<std::size_t>(device);
  if (!awaited_.test(node)) return false;
  awaited_.reset(node);
  content_bytes_ += static_cast<int>(map.bits.size());
  maps_[node] = std::move(map);
  return true;
}

bool SampleFlow::OfferSums(std::size_t edge, Sums sums,
                           const DeviceSet& sources) {
  if (!awaited_edges_.test(edge)) return false;
  awaited_edges_.reset(edge);
  for (const int device : Indices(sources)) {
    content_bytes_ +=
        static_cast<int>(network_.bundle().OutputShape(device).bytes());
  }
  edges_[edge] = {std::move(sums), sources};
  return true;
}

bool SampleFlow::CloseMaps() {
  awaited_.reset();
  awaited_edges_.reset();
  used_.reset();
  if (edges_.empty()) {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      used_.set(i, maps_[i].has_value());
    }
  }
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    if (!split_.remote().test(e)) RunEdge(e);
    used_ |= edges_[e].sources;
  }
  return used_.any();
}

void SampleFlow::RunEdge(std::size_t edge) {
  const int node = split_.NodeOf(edge);
  const std::vector<int> devices = network_.bundle().ChildrenOf(node);
  EdgePart& part = edges_[edge];
  std::vector<const FeatureMap*> children;
  for (const int device : devices) {
    const auto& map = MapOf(device);
    children.push_back(map ? &*map : nullptr);
    part.sources.set(static_cast<std::size_t>(device), map.has_value());
  }
  if (part.sources.none()) return;
  Result<NodeOutput> output = network_.RunNode(node, children);
  assert(output);  // OnMap() let in maps of the right shape only
  MapOf(node) = std::move(output->map);
  part.sums = std::move(output->sums);
  for (const int device : devices) MapOf(device).reset();
}

bool SampleFlow::TakeEdgeExit(double at_ms) {
  if (network_.bundle().ExitOf(Tier::kEdge) == nullptr) return false;
  std::vector<const Sums*> sums;
  sums.reserve(edges_.size());
  for (const EdgePart& part : edges_) {
    sums.push_back(part.sums ? &*part.sums : nullptr);
  }
  Result<std::vector<float>> logits = network_.ExitLogits(Tier::kEdge, sums);
  if (!logits) return false;
  return Reach(Tier::kEdge, std::move(*logits), at_ms).ok() &&
         deepest_->decision.exits;
}

void SampleFlow::AwaitEdgeMaps(const EdgeSet& edges_alive) {
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    awaited_edges_.set(e, split_.remote().test(e) && edges_alive.test(e) &&
                              edges_[e].sums.has_value());
  }
}

bool SampleFlow::OfferEdgeMap(std::size_t edge, FeatureMap map) {
  if (!awaited_edges_.test(edge)) return false;
  awaited_edges_.reset(edge);
  MapOf(split_.NodeOf(edge)) = std::move(map);
  return true;
}

bool SampleFlow::CloseEdgeMaps() {
  awaited_edges_.reset();
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    if (!MapOf(split_.NodeOf(e))) used_ &= ~edges_[e].sources;
  }
  return used_.any();
}

CloudAsk SampleFlow::MakeAsk() const {
  if (offloads()) return {id_, {}, offload_, pixels_};
  const Bundle& bundle = network_.bundle();
  CloudAsk ask{id_, {}};
  for (const int child : bundle.ChildrenOf(bundle.NodesOf(Tier::kCloud)[0])) {
    ask.children.push_back(maps_[static_cast<std::size_t>(child)]);
  }
  return ask;
}

Status SampleFlow::TakeCloudAnswer(const std::vector<float>& logits,
                                   double at_ms) {
  if (logits.size() != network_.bundle().classes.size()) {
    return Error::kBadShape;
  }
  return Reach(Tier::kCloud, logits, at_ms);
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
  const DeviceSet missing = (seen_ | silent_) & ~deepest_->used;
  result.views_used = Indices(deepest_->used);
  result.views_missing = Indices(missing);
  result.status = fallback        ? ResultStatus::kFallback
                  : missing.any() ? ResultStatus::kDegraded
                                  : ResultStatus::kOk;
  result.path = path_;
  result.content_bytes = content_bytes_;
  result.times = times_;
  return result;
}

}  // namespace ddnn
