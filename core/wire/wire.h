#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "core/nn/sample.h"

namespace ddnn {

/// Longest payload that any agent accepts; longer ones are kOversized before
/// anything else is looked at.
inline constexpr std::size_t kPayloadLimitBytes = std::size_t{256} << 10;

/// Objects per tick at most, ticks per message at most.
inline constexpr std::size_t kMaxObjectsPerTick = 256;
inline constexpr std::size_t kMaxTicksPerMessage = 256;

/// Device -> edge, topic `score/<agent>`: one message a tick, or a batch. Also
/// branch -> lead: the sums of its section, and on `relay/<device>` what its
/// devices say.
struct ScoreMessage {
  std::uint32_t sequence =
      0;  ///< counts this agent's score messages since its boot
  std::vector<TickScores> ticks;  ///< at least one, in order
};

/// Device -> edge, topic `offload/<agent>`, where devices send pixels in place
/// of scores.
struct OffloadMessage {
  /// Counts this agent's offload messages since its boot.
  std::uint16_t sequence = 0;
  Offload offload = Offload::kRaw;  ///< how the views are encoded; not kNone
  std::vector<TickScores> ticks;    ///< at least one, in order; with pixels
};

/// Edge -> devices, topic `request`, and lead -> branches, `edge-request`:
/// whose maps are wanted.
struct MapRequest {
  std::vector<SampleId> wanted;  ///< at least one
};

/// Edge -> devices, topic `decided`: every tick up to and including this one
/// is decided; its maps may be forgotten.
struct Decided {
  Tick tick = 0;
};

/// Encodes and decodes every binary message of one group (schemas/wire.fbs).
///
/// Each message carries the bundle's tag. Decoding checks, in this order: size
/// limit, file identifier, FlatBuffers verifier, tag, then counts, shapes and
/// ranges against the bundle, before anything is allocated. A decoder returns
/// kOversized, kTruncated (too short to hold an identifier), kWrongIdentifier,
/// kMalformed, kWrongBundle, kBadShape, kOutOfRange or kUnknownDevice; it
/// never throws or crashes, whatever the bytes.
/// Thread-safety: immutable after construction.
class Codec {
 public:
  /// \param bundle  borrowed; must outlive the codec.
  explicit Codec(const Bundle& bundle) : bundle_(bundle) {}

  /// Precondition of every Encode(): what the decoder checks holds, and the
  /// result fits kPayloadLimitBytes. Only batches can grow beyond: 52 bytes,
  /// 8 a tick and 2 * (1 + C) a view of scores, 4 and its bytes a view of
  /// pixels. Of an edge's scores each view has sources, of a device's none.
  std::string Encode(const ScoreMessage& message) const;
  std::string Encode(const OffloadMessage& message) const;
  std::string Encode(const MapRequest& message) const;
  /// Device -> edge and branch -> lead, topic `feature/<agent>`.
  std::string Encode(const SampleMap& message) const;
  std::string Encode(const Decided& message) const;
  std::string Encode(const CloudAsk& message) const;
  std::string Encode(const CloudAnswer& message) const;
  /// Topic `result-fb`.
  std::string Encode(const SampleResult& message) const;

  /// Sums are checked against the FC's number of inputs.
  /// \param node  whose FC the sums come from: a device or an edge.
  Result<ScoreMessage> DecodeScores(std::string_view bytes, int node) const;
  /// Views have 1 to kMaxEncodedViewBytes bytes, raw ones kViewBytes; of a JPEG
  /// nothing is looked at.
  Result<OffloadMessage> DecodeOffload(std::string_view bytes) const;
  Result<MapRequest> DecodeRequest(std::string_view bytes) const;
  /// \param node  whose map it is, a device's or an edge's: gives its shape.
  Result<SampleMap> DecodeMap(std::string_view bytes, int node) const;
  Result<Decided> DecodeDecided(std::string_view bytes) const;
  /// Of an ask that carries views, their sizes are checked as above.
  Result<CloudAsk> DecodeCloudAsk(std::string_view bytes) const;
  Result<CloudAnswer> DecodeCloudAnswer(std::string_view bytes) const;
  Result<SampleResult> DecodeResult(std::string_view bytes) const;

 private:
  const Bundle& bundle_;
};

}  // namespace ddnn
