#pragma once

#include <string>
#include <string_view>

#include "cli/serve/page_state.h"
#include "core/base/clock.h"

namespace ddnn {

/// What the process that serves the page has to say about itself.
struct ServeCounts {
  std::uint64_t inbox_dropped = 0;  ///< bus messages that came too fast
  std::uint64_t slow_clients = 0;   ///< browsers that were cut off
};

/// The state of the page of one group, as page.js takes it: JSON on one line,
/// valid UTF-8 whatever came from the bus. README.md lists its fields.
///
/// \param group  "SITE/GROUP", from anyone; the first group if there is no
/// such.
std::string PageJson(const PageState& state, std::string_view group,
                     const ServeCounts& counts, Instant now);

}  // namespace ddnn
