#include "cli/every_exit.h"

#include <stdexcept>
#include <utility>

#include "core/fusion/run_tree.h"

namespace ddnn {
namespace {

// Nothing here comes from outside, so a refusal is a bug of ours.
template <typename T>
T ValueOf(Result<T> result) {
  if (!result) throw std::logic_error(result.message());
  return std::move(result).value();
}

}  // namespace

std::vector<Decision> AskEveryExit(const Network& network,
                                   const NodeOutputs& devices) {
  const Bundle& bundle = network.bundle();
  const NodeOutputs outputs = ValueOf(RunTree(network, devices));
  std::vector<Decision> decisions;
  for (const Exit& exit : bundle.exits) {
    std::vector<const Sums*> sums;
    for (const int node : bundle.NodesOf(exit.tier)) {
      const auto& output = outputs[static_cast<std::size_t>(node)];
      sums.push_back(output ? &output->sums : nullptr);
    }
    const auto logits = ValueOf(network.ExitLogits(exit.tier, sums));
    decisions.push_back(ValueOf(network.Decide(exit.tier, logits)));
  }
  return decisions;
}

}  // namespace ddnn
