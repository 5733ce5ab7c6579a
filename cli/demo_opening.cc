#include "cli/demo_opening.h"

#include <spdlog/fmt/fmt.h>

namespace ddnn {
namespace {

/// "300 things of street 2, 10 of them in nobody's sight".
std::string WhatIsShown(const DemoOptions& options, const Replay& replay) {
  if (options.endless) {
    return fmt::format("{} until Ctrl-C, from the start again after {} things",
                       replay.name(), replay.data().samples.size());
  }
  const std::size_t seen = replay.expected().size();
  const auto blind = static_cast<std::size_t>(replay.blind());
  std::string text =
      fmt::format("{} things of {}", seen + blind, replay.name());
  if (blind > 0) text += fmt::format(", {} of them in nobody's sight", blind);
  return text;
}

}  // namespace

std::string DemoOpening(const DemoOptions& options, const Bundle& bundle,
                        const Replay& replay, const DemoSetup& setup,
                        const std::filesystem::path& folder) {
  return fmt::format(
      "{}\nthrough {} ({}), hierarchy {}: {} devices, broker {}, site {}, "
      "group {}, folder {}\n"
      "see it live: ddnn serve --broker {} --bundle {}\n",
      WhatIsShown(options, replay), bundle.name, options.bundle.string(),
      setup.tree.Hierarchy(), replay.device_count(), setup.broker_url,
      kDemoSite, kDemoGroup, folder.string(), setup.broker_url,
      setup.bundle.string());
}

StreetLook::StreetLook(std::ostream* out, bool terminal, int seed, int samples)
    : out_(out),
      terminal_(terminal),
      words_(fmt::format("looking at {} things of street {}", samples, seed)) {
  *out_ << words_ << (terminal_ ? "" : "\n") << std::flush;
}

StreetLook::~StreetLook() {
  if (terminal_) *out_ << "\r\x1b[K" << std::flush;
}

void StreetLook::Update(std::size_t tick, std::size_t ticks) {
  const auto percent = static_cast<int>(100 * tick / ticks);
  if (!terminal_ || percent == percent_) return;
  percent_ = percent;
  *out_ << fmt::format("\r{}: {} %", words_, percent) << std::flush;
}

}  // namespace ddnn
