#include "cli/offload_option.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <string_view>

#include "cli/command.h"

namespace ddnn {

OffloadOption ParseOffload(const std::string& text, const Bundle& bundle) {
  if (!bundle.NodesOf(Tier::kEdge).empty()) {
    throw CommandError(
        kExitUsage,
        fmt::format("--offload {}: bundle '{}' has an edge section; take one "
                    "of hierarchy b or c",
                    text, bundle.name));
  }
  if (text == Name(Offload::kRaw)) return {.offload = Offload::kRaw};
  OffloadOption option{.offload = Offload::kJpeg};
  if (text == Name(Offload::kJpeg)) return option;
  constexpr std::string_view kPrefix = "jpeg:";
  if (text.starts_with(kPrefix)) {
    const char* end = text.data() + text.size();
    const auto parsed =
        std::from_chars(text.data() + kPrefix.size(), end, option.jpeg_quality);
    if (parsed.ec == std::errc() && parsed.ptr == end &&
        option.jpeg_quality >= 1 && option.jpeg_quality <= 100) {
      return option;
    }
  }
  throw CommandError(
      kExitUsage,
      fmt::format("--offload {}: must be raw, jpeg or jpeg:Q with a quality Q "
                  "from 1 to 100",
                  text));
}

}  // namespace ddnn
