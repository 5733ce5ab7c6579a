#pragma once

#include <span>
#include <vector>

#include "core/base/result.h"

namespace ddnn {

/// What an exit says about one sample.
struct Decision {
  int label = 0;       ///< argmax of the logits; the lowest index wins ties
  float eta = 0;       ///< normalised entropy in [0, 1]
  bool exits = false;  ///< eta <= T
  std::vector<double> probabilities;  ///< softmax of logits / temperature, [C]
};

/// Decides whether a sample may leave the network at an exit.
///
/// The confidence test of DDNN (Teerapittayanon et al. 2017, III-D):
///
///     eta(p) = -sum_i p_i ln p_i / ln C        exit when eta <= T
///
/// A lower T sends more samples up the hierarchy: accuracy rises, and so do
/// the bytes of III-E. Softmax and eta are computed in double with the maximum
/// subtracted; eta is rounded to float before it is compared.
/// Thread-safety: immutable after construction; share one gate freely.
class ExitGate {
 public:
  /// \param threshold    T, in [0, 1]; 1 exits every sample.
  /// \param temperature  > 0; divides the logits.
  /// \throws std::invalid_argument  NaN or out of range.
  explicit ExitGate(float threshold, float temperature = 1.0F);

  float threshold() const { return threshold_; }

  /// \param logits  [C], 2 <= C <= kMaxClasses; borrowed for the call.
  /// \return the decision; kBadShape if C is out of range; kNotADistribution
  ///     if a logit is NaN or infinite: logits may come from a peer.
  Result<Decision> Decide(std::span<const float> logits) const;

 private:
  float threshold_;
  float temperature_;
};

}  // namespace ddnn
