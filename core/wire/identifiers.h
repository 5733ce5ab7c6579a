#pragma once

namespace ddnn {

/// File identifiers of schemas/wire.fbs: bytes 4..7 of each message.
inline constexpr char kScoresIdentifier[] = "DDSC";
inline constexpr char kOffloadIdentifier[] = "DDOF";
inline constexpr char kRequestIdentifier[] = "DDRQ";
inline constexpr char kMapIdentifier[] = "DDFM";
inline constexpr char kDecidedIdentifier[] = "DDDE";
inline constexpr char kAskIdentifier[] = "DDCQ";
inline constexpr char kAnswerIdentifier[] = "DDCA";
inline constexpr char kResultIdentifier[] = "DDRS";

}  // namespace ddnn
