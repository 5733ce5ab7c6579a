#include "trainer/verify.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>

namespace ddnn {
namespace {

/// Runs one sample through the whole tree.
class SampleRun {
 public:
  explicit SampleRun(const Network& network)
      : network_(network), outputs_(network.bundle().nodes.size()) {}

  Status RunNodes(const std::vector<std::optional<View>>& views) {
    const Bundle& bundle = network_.bundle();
    const int devices = bundle.device_count();
    for (int i = 0; i < static_cast<int>(outputs_.size()); ++i) {
      auto& output = outputs_[static_cast<std::size_t>(i)];
      output.reset();
      if (i < devices) {
        const auto& view = views[static_cast<std::size_t>(i)];
        if (view) output = network_.RunDevice(i, *view);
        continue;
      }
      std::vector<const FeatureMap*> children;
      for (const int child : bundle.ChildrenOf(i)) {
        const auto& below = outputs_[static_cast<std::size_t>(child)];
        children.push_back(below ? &below->map : nullptr);
      }
      // An edge none of whose devices has a view is absent itself.
      if (std::ranges::count(children, nullptr) == std::ssize(children)) {
        continue;
      }
      auto result = network_.RunNode(i, children);
      if (!result) return result.failure();
      output = std::move(result).value();
    }
    return Done{};
  }

  Result<std::vector<float>> Logits(Tier tier) const {
    std::vector<const Sums*> sums;
    for (const int node : network_.bundle().NodesOf(tier)) {
      const auto& output = outputs_[static_cast<std::size_t>(node)];
      sums.push_back(output ? &output->sums : nullptr);
    }
    return network_.ExitLogits(tier, sums);
  }

 private:
  const Network& network_;
  std::vector<std::optional<NodeOutput>> outputs_;
};

std::string SampleName(const Examples& examples, int row) {
  return fmt::format("sample {}",
                     examples.data.samples[static_cast<std::size_t>(row)].id);
}

Failure Named(const Failure& failure, const Examples& examples, int row) {
  return {failure.error, fmt::format("{}: {}", SampleName(examples, row),
                                     Status(failure).message())};
}

}  // namespace

Result<ExitLogits> EvaluateBundle(const Bundle& bundle,
                                  const Examples& examples, Kernel kernel) {
  const Network network(bundle, kernel);
  ExitLogits out;
  for (const Exit& exit : bundle.exits) out.tiers.push_back(exit.tier);
  out.logits.resize(out.tiers.size());
  SampleRun run(network);
  for (int row = 0; row < examples.size(); ++row) {
    const auto done =
        run.RunNodes(examples.views[static_cast<std::size_t>(row)]);
    if (!done) return Named(done.failure(), examples, row);
    for (std::size_t exit = 0; exit < out.tiers.size(); ++exit) {
      auto logits = run.Logits(out.tiers[exit]);
      if (!logits) return Named(logits.failure(), examples, row);
      out.logits[exit].push_back(std::move(logits).value());
    }
  }
  return out;
}

Result<std::vector<Count>> EvaluateEachCamera(const Bundle& bundle,
                                              const Examples& examples) {
  const Network network(bundle);
  const auto devices = static_cast<std::size_t>(bundle.device_count());
  std::vector<Count> counts(devices);
  for (int row = 0; row < examples.size(); ++row) {
    const auto& views = examples.views[static_cast<std::size_t>(row)];
    for (std::size_t i = 0; i < devices; ++i) {
      ++counts[i].total;
      if (!views[i]) continue;
      const Sums sums = network.RunDevice(static_cast<int>(i), *views[i]).sums;
      std::vector<const Sums*> alone(devices, nullptr);
      alone[i] = &sums;
      const auto logits = network.ExitLogits(Tier::kDevice, alone);
      if (!logits) return Named(logits.failure(), examples, row);
      const auto best = std::max_element(logits->begin(), logits->end());
      counts[i].correct +=
          best - logits->begin() == examples.label(row) ? 1 : 0;
    }
  }
  return counts;
}

Status CheckEqual(const ExitLogits& torch, const ExitLogits& network,
                  const Examples& examples) {
  for (int row = 0; row < examples.size(); ++row) {
    const auto r = static_cast<std::size_t>(row);
    for (std::size_t exit = 0; exit < torch.tiers.size(); ++exit) {
      const auto& expected = torch.logits[exit][r];
      const auto& actual = network.logits[exit][r];
      for (std::size_t c = 0; c < expected.size(); ++c) {
        if (expected[c] == actual[c]) continue;
        return Failure{
            Error::kMalformed,
            fmt::format("{}, {} exit, class {}: LibTorch says {:.9g}, core/nn "
                        "says {:.9g}; the export is wrong, nothing was written",
                        SampleName(examples, row), ExitName(torch.tiers[exit]),
                        c, expected[c], actual[c])};
      }
    }
  }
  return Done{};
}

}  // namespace ddnn
