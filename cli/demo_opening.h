#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>

#include "cli/demo.h"
#include "cli/demo_config.h"
#include "cli/replay.h"
#include "core/nn/bundle.h"

namespace ddnn {

/// A demo's first lines, for people: what it shows through which network, where
/// it can be heard, and how to look at it live.
/// \param folder  with its configuration and logs.
std::string DemoOpening(const DemoOptions& options, const Bundle& bundle,
                        const Replay& replay, const DemoSetup& setup,
                        const std::filesystem::path& folder);

/// Tells that a street is looked at before a demo starts, and on a terminal how
/// far. Thread-safety: none.
class StreetLook {
 public:
  /// Says it at once.
  /// \param out  borrowed.
  StreetLook(std::ostream* out, bool terminal, int seed, int samples);
  /// Takes the picture away.
  ~StreetLook();
  StreetLook(const StreetLook&) = delete;
  StreetLook& operator=(const StreetLook&) = delete;

  void Update(std::size_t tick, std::size_t ticks);

 private:
  std::ostream* const out_;
  const bool terminal_;
  const std::string words_;
  int percent_ = 0;
};

}  // namespace ddnn
