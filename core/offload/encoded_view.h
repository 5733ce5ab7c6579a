#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/sample.h"
#include "core/nn/tree.h"
#include "core/nn/view.h"

namespace ddnn {

/// A view as it leaves a device.
/// \param offload       kRaw or kJpeg.
/// \param jpeg_quality  of kJpeg; 1..100.
EncodedView EncodeView(const View& view, Offload offload, int jpeg_quality);

/// Whether these bytes can be a view: size, and of a JPEG its header. Cheap.
/// \param offload  kRaw or kJpeg.
/// \param bytes    from anyone; borrowed.
/// \return kBadShape if raw bytes are too few or too many; else as CheckJpeg().
Status CheckEncodedView(std::string_view bytes, Offload offload);

/// \return as CheckEncodedView(), or as DecodeJpeg().
Result<View> DecodeView(std::string_view bytes, Offload offload);

/// Decodes the views of an ask that carries them.
/// \return by device; the failure of the first that cannot be decoded.
Result<std::vector<std::optional<View>>> DecodeViews(const CloudAsk& ask);

}  // namespace ddnn
