#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/nn/view.h"

namespace ddnn {

/// A view as a baseline JPEG, as cameras make them: YCbCr, 4:2:0, but with
/// Huffman tables of its own and no marker that a decoder can do without.
/// The same bytes for the same view on every machine.
/// \param quality  1..100.
EncodedView EncodeJpeg(const View& view, int quality);

/// Whether these bytes say that they are a JPEG of a view; looks at the header
/// alone and allocates nothing of the size it claims.
/// \param bytes  from anyone; borrowed.
/// \return kOversized beyond kMaxEncodedViewBytes; kMalformed if it is no JPEG
///     or ends within its header; kBadShape if it is not 32x32 in three
///     colours.
Status CheckJpeg(std::string_view bytes);

/// \return as CheckJpeg(); kMalformed too if any of its data is cut off or
///     damaged: a decoder would fill in what is not there.
Result<View> DecodeJpeg(std::string_view bytes);

}  // namespace ddnn
