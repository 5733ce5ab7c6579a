#pragma once

#include <string>
#include <vector>

#include "core/nn/bundle.h"
#include "trainer/recipe.h"
#include "trainer/trained.h"

namespace ddnn {

/// Folds a batch norm and its sign into one threshold per filter.
///
///     bit = gamma (z - mean) / std + beta >= 0,    t = mean - beta std / gamma
///
///     gamma > 0:  z >= ceil(t)       gamma < 0:  z <= floor(t)
///     gamma = 0:  a threshold that is always (beta >= 0) or never met
///
/// \param reads_pixels  the first layer of a device: t in Q16.
/// \param tables        after an AP aggregator of D maps, D tables: the network
///     saw the mean of the m present maps, the bundle sums them, so table m - 1
///     is m t. Else 1.
ConvP FoldConv(const TrainedConv& conv, bool reads_pixels, int tables);

/// Signs of the weights as bits, each class from a whole byte on.
BinaryFc FoldFc(const TrainedFc& fc);

/// Batch norm as logit = sum scale + bias.
struct FoldedNorm {
  std::vector<float> scale;
  std::vector<float> bias;
};
FoldedNorm FoldNorm(const TrainedNorm& norm);

/// What a bundle says beside the weights.
struct BundleNames {
  std::vector<std::string> classes;
  std::vector<std::string> cameras;  ///< device i watches cameras[i]
};

/// The trained network as a bundle; T is 1 at every exit.
Bundle FoldNetwork(const TrainedNetwork& network, const Recipe& recipe,
                   const BundleNames& names);

}  // namespace ddnn
