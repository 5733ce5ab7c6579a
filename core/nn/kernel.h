#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/nn/bundle.h"
#include "core/nn/feature_map.h"
#include "core/nn/view.h"

namespace ddnn {

/// A ConvP that knows the shape of its input, and where the fast kernel finds
/// what its weights ask for. Immutable; `layer` is borrowed.
struct PreparedConvP {
  PreparedConvP(const ConvP& conv, const MapShape& input_shape);

  const ConvP* layer;
  MapShape input;  ///< height and width: 1 .. kViewSide
  /// [filters][in_channels][3]: for each row of three weights, the offset of
  /// its sums in an input plane's patterns; see kernel_fast.cc.
  std::vector<std::uint32_t> offsets;
};

/// One binary plane of the input's height and width, packed as FeatureMap packs
/// them, and the input channel whose weights it meets. Borrowed.
///
/// A convolution sums over a list of them. A channel may occur several times
/// (AP: the sum of the present maps) or not at all (CC: a masked child), so all
/// three map aggregators are one convolution.
struct InputPlane {
  const std::uint8_t* bits = nullptr;
  int channel = 0;
};

/// The most planes of one convolution; keeps every sum within int16. AP of a
/// full group has kMaxDevices * kMaxFilters = 2048.
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
  /// Precondition: 1 to kMaxPlanes planes.
  FeatureMap (*convolve_planes)(const PreparedConvP& conv,
                                std::span<const InputPlane> planes, int table);

  /// \return class sums [C]. Precondition: fc.inputs = the map's valid bits.
  std::vector<std::int32_t> (*connect)(const BinaryFc& fc,
                                       const FeatureMap& map);
};

/// Plain loops over integers: the definition. Stays for ever.
const LayerKernel& ReferenceKernel();

/// Highway SIMD; each call takes the best target that this CPU has.
const LayerKernel& FastKernel();

/// Bytes that the fast kernel works in while it runs one layer, beside input
/// and output: patterns, sums and padding, on the stack or the heap.
std::size_t FastScratchBytes(const ConvP& layer, const MapShape& input);

}  // namespace ddnn
