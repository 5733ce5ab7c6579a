#include "core/offload/encoded_view.h"

#include <algorithm>
#include <string>

#include "core/offload/jpeg.h"

namespace ddnn {

EncodedView EncodeView(const View& view, Offload offload, int jpeg_quality) {
  if (offload == Offload::kJpeg) return EncodeJpeg(view, jpeg_quality);
  return {view.begin(), view.end()};
}

Status CheckEncodedView(std::string_view bytes, Offload offload) {
  if (offload == Offload::kJpeg) return CheckJpeg(bytes);
  if (bytes.size() == kViewBytes) return Done{};
  return Failure{Error::kBadShape, "view: " + std::to_string(bytes.size()) +
                                       " bytes, not " +
                                       std::to_string(kViewBytes)};
}

Result<View> DecodeView(std::string_view bytes, Offload offload) {
  if (offload == Offload::kJpeg) return DecodeJpeg(bytes);
  if (auto s = CheckEncodedView(bytes, offload); !s) return s.failure();
  View view;
  std::ranges::copy(bytes, view.begin());
  return view;
}

Result<std::vector<std::optional<View>>> DecodeViews(const CloudAsk& ask) {
  std::vector<std::optional<View>> views;
  for (const EncodedView& bytes : ask.views) {
    views.emplace_back();
    if (bytes.empty()) continue;
    auto view = DecodeView(bytes, ask.offload);
    if (!view) return view.failure();
    views.back() = *view;
  }
  return views;
}

}  // namespace ddnn
