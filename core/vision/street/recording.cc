#include "core/vision/street/recording.h"

#include "core/vision/street/survey.h"

namespace ddnn {

Result<std::vector<TickViews::ObjectView>> StreetRecording::ReadViews(
    std::size_t tick) const {
  return StreetViews(renderer_.Render(tick));
}

}  // namespace ddnn
