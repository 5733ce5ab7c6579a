#include "trainer/pixels.h"

#include <torch/torch.h>

#include <algorithm>

namespace ddnn {

PixelTensors PixelsOf(const Examples& examples) {
  const std::int64_t rows = examples.size();
  const std::int64_t devices = examples.devices();
  PixelTensors out{
      torch::zeros({rows, devices, kViewChannels, kViewSide, kViewSide},
                   torch::kUInt8),
      torch::ones({rows, devices}), torch::zeros({rows, devices}),
      torch::zeros({rows}, torch::kLong)};
  auto* bytes = out.bytes.data_ptr<std::uint8_t>();
  auto scale = out.scale.accessor<float, 2>();
  auto present = out.present.accessor<float, 2>();
  auto labels = out.labels.accessor<std::int64_t, 1>();
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto& views = examples.views[static_cast<std::size_t>(i)];
    labels[i] = examples.label(static_cast<int>(i));
    for (std::int64_t d = 0; d < devices; ++d) {
      const auto& view = views[static_cast<std::size_t>(d)];
      if (!view) continue;
      std::copy(view->begin(), view->end(),
                bytes + (i * devices + d) * kViewBytes);
      const int largest = *std::max_element(view->begin(), view->end());
      scale[i][d] = static_cast<float>(std::max(1, largest));
      present[i][d] = 1;
    }
  }
  return out;
}

}  // namespace ddnn
