#pragma once

#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"

namespace ddnn {

/// Examples of every message, for the bundles of MakeTestBundle() with three
/// classes and the default filters. docs/wire_format.md shows these.

/// `views` views of tick 1000, objects 0, 1, ...
ScoreMessage ExampleScores(int views);
/// Ticks 1000 (one view), 1001 (none) and 1002 (two).
ScoreMessage ExampleBatch();
/// The same ticks with views of 5 and of 2 bytes, as JPEG.
OffloadMessage ExampleOffload(int views);
OffloadMessage ExampleOffloadBatch();
MapRequest ExampleRequest();
/// A map of 4x16x16 with a pattern.
SampleMap ExampleMap();
/// Asks with the maps of `present` of the cloud's children.
CloudAsk ExampleAsk(const Bundle& bundle, std::initializer_list<int> present);
/// Asks with the views of devices 0 and 2.
CloudAsk ExampleOffloadAsk(const Bundle& bundle);
CloudAnswer ExampleAnswer();
SampleResult ExampleResult();
GroupConfig ExampleConfig(const Bundle& bundle);
AgentState ExampleState(const Bundle& bundle);
AgentCounters ExampleCounters();
Leave ExampleLeave();
SampleLoss ExampleLoss();
TicksUnheard ExampleUnheard();
Lease ExampleLease();

/// A binary message as the tests over all of them see it.
struct ExampleKind {
  const char* name;
  std::string (*encode)(const Codec& codec, const Bundle& bundle);
  /// Decodes and encodes again; the decoder's failure if there is one.
  Result<std::string> (*reencode)(const Codec& codec, std::string_view bytes);
};
std::span<const ExampleKind> MessageKinds();
inline void PrintTo(const ExampleKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// The same for JSON.
struct JsonKind {
  const char* name;
  std::string (*encode)(const Bundle& bundle);
  Result<std::string> (*reencode)(const Bundle& bundle, std::string_view text);
};
std::span<const JsonKind> JsonKinds();
inline void PrintTo(const JsonKind& kind, std::ostream* out) {
  *out << kind.name;
}

}  // namespace ddnn
