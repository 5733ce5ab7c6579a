// A sample's way for people: sample_trace.h's ToText().
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>

#include "cli/printable.h"
#include "cli/trace/sample_trace.h"

namespace ddnn {
namespace {

/// Columns of the timeline.
constexpr int kColumns = 28;

/// Whose words a line is.
enum class Teller { kEdge, kPassed };

/// Steps of a sample's way, each caused by the one before.
enum class Stage {
  kScores,
  kGathered,
  kRequest,
  kMaps,
  kJoined,
  kAsk,
  kAnswer,
  kEnd
};

struct Event {
  double at_ms = 0;
  Teller teller = Teller::kEdge;
  std::string text;
  Stage stage = Stage::kEnd;
  /// Where it stands in the way: at_ms, but not before its cause, nor behind
  /// what it caused.
  double place_ms = 0;
};

Stage StageOf(MessageKind kind) {
  switch (kind) {
    case MessageKind::kScore:
    case MessageKind::kOffload:
    case MessageKind::kRelay:
      return Stage::kScores;
    case MessageKind::kRequest:
    case MessageKind::kEdgeRequest:
      return Stage::kRequest;
    case MessageKind::kFeature:
      return Stage::kMaps;
    case MessageKind::kAsk:
      return Stage::kAsk;
    case MessageKind::kAnswer:
      return Stage::kAnswer;
    default:
      return Stage::kEnd;
  }
}

/// Messages are heard here when they are, the edge has its own clock, so that a
/// score may seem to come after the decision that it led to.
double PlaceOf(double at_ms, Stage stage, const SampleTimes& times) {
  const auto within = [at_ms](const std::optional<double>& after,
                              const std::optional<double>& before) {
    const double place = after ? std::max(at_ms, *after) : at_ms;
    return before ? std::min(place, *before) : place;
  };
  switch (stage) {
    case Stage::kScores:
      return within({}, times.gathered);
    case Stage::kRequest:
    case Stage::kMaps:
      return within(times.asked, times.maps);
    case Stage::kAsk:
    case Stage::kAnswer:
      return within(times.offered, times.answered);
    default:
      return at_ms;
  }
}

/// A device that the edge did not wait for any longer caused nothing.
bool IsMissing(const SampleTrace& trace, const SampleResult& result,
               const std::string& agent) {
  return std::ranges::any_of(result.views_missing, [&](int device) {
    const auto found = trace.devices.find(device);
    return found != trace.devices.end() && found->second == agent;
  });
}

std::string ClassName(const SampleTrace& trace, int label) {
  const auto index = static_cast<std::size_t>(label);
  return index < trace.config.classes.size()
             ? Printable(trace.config.classes[index])
             : fmt::format("class {}", label);
}

std::string GroupName(const SampleTrace& trace) {
  return Printable(trace.site + "/" + trace.group);
}

std::string DeviceList(const SampleTrace& trace,
                       const std::vector<int>& devices) {
  if (devices.empty()) return "none";
  std::string text;
  for (const int device : devices) {
    const auto agent = trace.devices.find(device);
    text += text.empty() ? "" : ", ";
    text += agent == trace.devices.end() ? fmt::format("{}", device)
                                         : Printable(agent->second);
  }
  return text;
}

/// What passed, in words; the bytes come after.
std::string Words(const SampleTrace::Message& message) {
  const std::string& agent = message.agent;
  switch (message.kind) {
    case MessageKind::kScore:
    case MessageKind::kOffload:
    case MessageKind::kRelay: {
      const char* const what = message.kind == MessageKind::kOffload ? "pixels"
                               : message.kind == MessageKind::kRelay
                                   ? "scores, by its edge"
                                   : "scores";
      return fmt::format("{} sends {}: {}", agent, what,
                         message.names_it ? "sees it" : "does not see it");
    }
    case MessageKind::kFeature:
      return agent + " sends its feature map";
    case MessageKind::kRequest:
      return "request for maps";
    case MessageKind::kEdgeScore:
      return agent + " sends its section's sums";
    case MessageKind::kEdgeFeature:
      return agent + " sends its section's map";
    case MessageKind::kEdgeRequest:
      return "request to the other edges";
    case MessageKind::kAsk:
      return agent + " asks the cloud";
    case MessageKind::kAnswer:
      return "the cloud answers " + agent;
    default:
      return fmt::format("{} of {}", Name(message.kind), agent);
  }
}

std::string Words(const SampleTrace& trace, const ExitStep& step,
                  bool answered_here) {
  const Figure& threshold =
      trace.thresholds[static_cast<std::size_t>(step.tier)];
  std::string text = fmt::format("{} exit: {}, eta {:.4f}", ExitName(step.tier),
                                 ClassName(trace, step.label), step.eta);
  if (threshold) {
    text += fmt::format(" {} T {:.4f}", step.eta <= *threshold ? "<=" : ">",
                        *threshold);
  }
  return text + (answered_here ? ", leaves here" : ", not sure enough");
}

/// What the edge itself says, in the order in which it happens.
std::vector<Event> EdgeEvents(const SampleTrace& trace,
                              const SampleResult& result) {
  const SampleTimes& times = result.times;
  std::vector<Event> events;
  const auto add = [&events](const std::optional<double>& at, Stage stage,
                             const std::string& text) {
    if (at) events.push_back({*at, Teller::kEdge, text, stage, *at});
  };
  const auto exit = [&](Tier tier, Stage stage) {
    for (std::size_t i = 0; i < result.path.size(); ++i) {
      const ExitStep& step = result.path[i];
      const bool last = i + 1 == result.path.size();
      if (step.tier == tier) {
        add(step.at_ms, stage,
            Words(trace, step,
                  last && result.status != ResultStatus::kFallback));
      }
    }
  };
  add(times.gathered, Stage::kGathered, "no more scores are awaited");
  exit(Tier::kDevice, Stage::kGathered);
  add(times.asked, Stage::kGathered, "asks for feature maps");
  add(times.maps, Stage::kJoined, "no more maps are awaited");
  exit(Tier::kEdge, Stage::kJoined);
  add(times.offered, Stage::kJoined, "hands on to the cloud");
  add(times.answered, Stage::kEnd, "has the cloud's answer");
  exit(Tier::kCloud, Stage::kEnd);
  add(result.latency_ms, Stage::kEnd,
      result.status == ResultStatus::kFallback
          ? fmt::format("deeper tiers are silent: the {} exit's class counts",
                        ExitName(result.exit))
          : fmt::format("result: {}", ClassName(trace, result.label)));
  return events;
}

std::string Heading(const SampleTrace& trace, const SampleResult& result) {
  const auto label = static_cast<std::size_t>(result.label);
  std::string text =
      fmt::format("sample {} of {}: {}", ToString(result.sample),
                  GroupName(trace), ClassName(trace, result.label));
  if (label < result.probabilities.size()) {
    text += fmt::format(" ({:.1f} %)", 100 * result.probabilities[label]);
  }
  text += fmt::format(", {} exit, {}, {:.2f} ms{}\n", ExitName(result.exit),
                      Name(result.status), result.latency_ms,
                      result.again ? ", a repeat" : "");
  if (trace.truth) {
    text += fmt::format("  it is: {}\n", Printable(*trace.truth));
  }
  text +=
      fmt::format("  answered from: {} (of {} devices)\n",
                  DeviceList(trace, result.views_used), trace.config.devices);
  if (!result.views_missing.empty()) {
    text +=
        fmt::format("  missing: {}\n", DeviceList(trace, result.views_missing));
  }
  return text + fmt::format("  content: {} B\n", result.content_bytes);
}

/// A line of `columns` with a mark where the instant is.
std::string Bar(double at_ms, double first_ms, double last_ms) {
  std::string bar(kColumns, '.');
  // Of instants too far apart to be told, NaN compares as false.
  const double share = (at_ms - first_ms) / (last_ms - first_ms);
  const double column = share > 0 ? std::min(share, 1.0) * (kColumns - 1) : 0;
  bar[static_cast<std::size_t>(std::lround(column))] = '#';
  return bar;
}

std::string Timeline(std::vector<Event> events) {
  if (events.empty()) return "  nothing is known of its way\n";
  const auto [first, last] = std::ranges::minmax(events, {}, &Event::at_ms);
  const double first_ms = std::min(0.0, first.at_ms);
  const double last_ms = last.at_ms;
  std::ranges::stable_sort(events, [](const Event& a, const Event& b) {
    return std::tie(a.place_ms, a.stage) < std::tie(b.place_ms, b.stage);
  });
  std::string text = fmt::format("\n  {:>9}\n", "ms");
  for (const Event& event : events) {
    fmt::format_to(std::back_inserter(text), "  {:>9.2f}  {}  {} {}\n",
                   event.at_ms, Bar(event.at_ms, first_ms, last_ms),
                   event.teller == Teller::kEdge ? "edge:" : "   >>",
                   event.text);
  }
  return text;
}

}  // namespace

std::string ToText(const SampleTrace& trace) {
  const auto* const result = std::get_if<SampleResult>(&trace.end);
  std::vector<Event> events;
  for (const auto& message : trace.messages) {
    std::string text =
        fmt::format("{}, {} B", Words(message), message.payload_bytes);
    if (message.ticks > 1) {
      text += fmt::format(" in a batch of {} ticks", message.ticks);
    }
    const Stage stage = StageOf(message.kind);
    const bool caused =
        result != nullptr && !IsMissing(trace, *result, message.agent);
    events.push_back({message.at_ms, Teller::kPassed, std::move(text), stage,
                      caused ? PlaceOf(message.at_ms, stage, result->times)
                             : message.at_ms});
  }
  std::string text;
  if (result != nullptr) {
    text = Heading(trace, *result);
    const auto own = EdgeEvents(trace, *result);
    events.insert(events.end(), own.begin(), own.end());
  } else {
    const auto& loss = std::get<SampleLoss>(trace.end);
    text = fmt::format("sample {} of {}: LOST, {}\n", ToString(loss.sample),
                       GroupName(trace), Name(loss.reason));
    if (trace.truth) {
      text += fmt::format("  it is: {}\n", Printable(*trace.truth));
    }
  }
  text += Timeline(std::move(events));
  if (trace.messages.empty()) return text;
  return text +
         "  edge: its own clock.  >>: messages, when they were heard here.\n";
}

}  // namespace ddnn
