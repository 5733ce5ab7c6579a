#pragma once

#include <torch/types.h>

#include <vector>

#include "trainer/layers.h"
#include "trainer/recipe.h"
#include "trainer/trained.h"

namespace ddnn {

/// Some samples, ready for the network.
struct Batch {
  torch::Tensor pixels;   ///< [N, D, 3, 32, 32] float in [0, 1]; absent: zeros
  torch::Tensor present;  ///< [N, D] float, 1 or 0
  torch::Tensor labels;   ///< [N] int64
};

/// Class scores of every exit.
struct ModelLogits {
  torch::Tensor device;  ///< [N, D, C]; rows of absent views mean nothing
  torch::Tensor local;   ///< [N, C]
  torch::Tensor edge;    ///< [N, C]; undefined without edges
  torch::Tensor cloud;   ///< [N, C]
};

/// The whole network with real-valued weights, as LibTorch trains it.
///
/// Devices share nothing but the exits' losses; edges and the cloud are
/// sections over the aggregated maps of what lies below them.
/// Thread-safety: none.
class Model {
 public:
  /// \param generator  draws the initial weights, N(0, 1 / sqrt(fan in)).
  Model(const Recipe& recipe, int devices, int classes,
        torch::Generator generator);

  ModelLogits Forward(const Batch& batch, Statistics statistics);

  /// Sum of the cross entropies of all exits, with one exit for each device on
  /// the views that it has.
  torch::Tensor Loss(const ModelLogits& logits, const Batch& batch) const;

  /// All that is learnt, and all that must be kept to come back to a state.
  std::vector<torch::Tensor*> Parameters();
  std::vector<torch::Tensor*> State();

  TrainedNetwork Export() const;

 private:
  struct Fc {
    torch::Tensor weight;  ///< [groups, C, inputs]
    BatchNorm norm;        ///< [groups, C]
  };
  struct Conv {
    torch::Tensor weight;  ///< [groups, filters, channels, 3, 3]
    BatchNorm norm;        ///< [groups, filters]
    int stride = 1;
  };
  struct Section {
    std::vector<Conv> layers;
    Fc head;
  };
  struct SectionOutput {
    torch::Tensor map;     ///< [N, groups, filters, H, W], +-1
    torch::Tensor scores;  ///< [N, groups, C]
  };

  Conv MakeConv(int groups, int channels, int filters, int stride);
  Fc MakeFc(int groups, int inputs);
  /// \param filters  of each layer.
  Section MakeSection(int groups, int channels, int side,
                      const std::vector<int>& filters, int stride);
  /// Each edge reads an even share of the devices, in order.
  SectionOutput RunEdges(const torch::Tensor& maps, const torch::Tensor& mask,
                         const torch::Tensor& edge_mask, Statistics statistics);
  static SectionOutput Run(Section* section, const torch::Tensor& x,
                           const torch::Tensor& mask, Statistics statistics);
  static torch::Tensor RunFc(Fc* fc, const torch::Tensor& x,
                             const torch::Tensor& mask, Statistics statistics);
  torch::Tensor AggregateMaps(const torch::Tensor& maps,
                              const torch::Tensor& mask) const;
  torch::Tensor AggregateLocal(const torch::Tensor& scores,
                               const torch::Tensor& mask,
                               Statistics statistics);
  std::vector<Section*> Sections();
  static TrainedSection ExportSection(const Section& section, int group);
  static TrainedFc ExportFc(const Fc& fc, int group);

  Recipe recipe_;
  int classes_;
  torch::Generator generator_;
  Section devices_;
  Section edges_;
  Section cloud_;
  Fc local_concat_;
};

}  // namespace ddnn
