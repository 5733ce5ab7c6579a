#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/summary.h"
#include "core/base/message_kind.h"
#include "core/nn/sample.h"
#include "core/wire/json.h"

namespace ddnn {

/// Which sample to trace.
struct TraceQuery {
  std::optional<SampleId> sample;  ///< none: the next one
  std::optional<Tier> exit;        ///< of the next one: answered there
  std::string site = "+";          ///< "+" = any
  std::string group = "+";
};

/// \param text  "<tick>-<object>" as results name samples, or "next".
/// \return kMalformed with what it must be.
Result<std::optional<SampleId>> ParseSample(std::string_view text);

/// One sample's way: what was heard of it, and how it ended.
struct SampleTrace {
  /// A message that passed, as a subscriber heard it.
  struct Message {
    MessageKind kind = MessageKind::kOther;
    std::string agent;  ///< sender, or of an answer whom it is for
    std::size_t payload_bytes = 0;
    std::size_t ticks = 1;  ///< that the message speaks of: more in a batch
    bool names_it = true;   ///< scores: the device lists the sample
    /// Milliseconds, counted as the result's; as near as clocks agree.
    double at_ms = 0;
  };

  std::string site;
  std::string group;
  GroupConfig config;
  std::variant<SampleResult, SampleLoss> end;
  std::vector<Message> messages;       ///< as they were heard
  std::map<int, std::string> devices;  ///< agents by index, if known
  PerExit<Figure> thresholds;          ///< T, if known
  std::optional<std::string> truth;    ///< class that it really has

  const SampleId& sample() const;
};

/// For people: the sample's end, then its way as a timeline.
std::string ToText(const SampleTrace& trace);

}  // namespace ddnn
