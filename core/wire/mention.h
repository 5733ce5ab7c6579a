#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/sample.h"

namespace ddnn {

/// What a binary message speaks of, as far as that shows without the group's
/// bundle; for tools that follow samples on their way. What it says of them is
/// for a Codec.
struct Mention {
  std::uint32_t bundle_tag = 0;
  /// Of scores and offloads, those without a view too; of a watermark, its own.
  std::vector<Tick> ticks;
  std::vector<SampleId> samples;
};

/// Reads scores, offloads, requests, maps, watermarks, asks and answers.
/// \param bytes    a payload, from anyone.
/// \param classes  C of the group that it belongs to, from its configuration.
/// \return kOversized, kTruncated, kWrongIdentifier, kMalformed, kBadShape,
///     kOutOfRange; never throws.
Result<Mention> ReadMention(std::string_view bytes, int classes);

}  // namespace ddnn
