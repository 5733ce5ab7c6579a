#pragma once

#include <spdlog/fmt/fmt.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/tick.h"
#include "core/nn/bundle.h"
#include "core/nn/flat_buffer.h"
#include "core/nn/sample.h"
#include "core/wire/wire.h"
#include "wire_generated.h"

namespace ddnn {

/// What the decoders of core/wire share; for its sources alone.

template <typename... Args>
Failure Fault(Error error, fmt::format_string<Args...> format, Args&&... args) {
  return {error, fmt::format(format, std::forward<Args>(args)...)};
}

/// Opens a message of our bundle.
/// \param what  for messages, here and below: "score message".
template <typename Root>
Result<FlatBuffer<Root>> OpenMessage(std::string_view bytes,
                                     const char* identifier, const char* what,
                                     const Bundle& bundle) {
  auto message =
      FlatBuffer<Root>::Open(bytes, identifier, kPayloadLimitBytes, what);
  if (!message) return message;
  const std::uint32_t tag = (*message)->header()->bundle_tag();
  if (tag != bundle.tag) {
    return Fault(Error::kWrongBundle, "{}: of bundle {:08x}, ours is {:08x}",
                 what, tag, bundle.tag);
  }
  return message;
}

/// A batch's ticks are in order, start with `first` and have `views` in all.
Status CheckBatch(const std::vector<fb::BatchTick>& batch, Tick first,
                  std::size_t views, const char* what);
/// A tick has no more views than it may, and no object twice.
Status CheckTick(const TickScores& tick, const char* what);

/// The views of an ask that carries them, by device.
/// \param bits  one view after another, each after its size.
Result<std::vector<EncodedView>> ToAskViews(const fb::AskHeader& header,
                                            std::span<const std::uint8_t> bits,
                                            const Bundle& bundle);

}  // namespace ddnn
