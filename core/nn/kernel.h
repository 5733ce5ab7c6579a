#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/nn/bundle.h"
#include "core/nn/feature_map.h"
#include "core/nn/view.h"

namespace ddnn {

/// A ConvP together with its weights as the fast kernel wants them.
/// Immutable; `layer` is borrowed and must outlive it.
struct PreparedConvP {
  explicit PreparedConvP(const ConvP& conv);

  const ConvP* layer;
  /// [filters][in_channels][3]: the three weights of row ky; bit kx set = +1.
  std::vector<std::uint8_t> rows;
};

/// One binary plane of [height][width] bits, packed as FeatureMap packs them,
/// and the input channel whose weights it meets. Borrowed.
struct InputPlane {
  const std::uint8_t* bits = nullptr;
  int channel = 0;
};

/// What a binary convolution sums over. A channel may occur several times (AP:
/// the sum of the present maps) or not at all (CC: the child is masked), so
/// all three map aggregators are one convolution.
struct InputPlanes {
  int height = 0;                  ///< 1 .. kViewSide
  int width = 0;                   ///< 1 .. kViewSide
  std::vector<InputPlane> planes;  ///< at most kMaxPlanes
};

/// Keeps every sum within int16: the most that AP of a full group can have is
/// kMaxDevices * kMaxFilters = 2048 planes.
inline constexpr int kMaxPlanes = 32767 / 9;

/// The arithmetic of the layers, twice: see ReferenceKernel and FastKernel.
///
/// All sums are integers, so both give the same bits on every CPU. Taps beyond
/// the border contribute 0, pooling ignores what lies beyond the border, and
/// pooling comes before the threshold.
/// Thread-safety: pure functions.
struct LayerKernel {
  /// A device's first layer.
  ///
  ///     z = sum of +-pixel over 3x3x3 taps, pooled
  ///     bit = 65536 * z >= m * k (at_least), 65536 * z <= m * k (otherwise)
  ///     m = max(1, largest pixel)
  ///
  /// Precondition: conv.layer->reads_pixels.
  FeatureMap (*convolve_view)(const PreparedConvP& conv, const View& view);

  /// Any other ConvP: z = sum of +-1 * +-1 over all planes and their taps,
  /// pooled, compared with the thresholds of table `table`.
  FeatureMap (*convolve_planes)(const PreparedConvP& conv,
                                const InputPlanes& input, int table);

  /// \return class sums [C]. Precondition: fc.inputs = the map's valid bits.
  std::vector<std::int32_t> (*connect)(const BinaryFc& fc,
                                       const FeatureMap& map);
};

/// Plain loops over integers: the definition. Stays for ever.
const LayerKernel& ReferenceKernel();

/// Highway SIMD; each call takes the best target that this CPU has.
const LayerKernel& FastKernel();

}  // namespace ddnn
