#include "cli/trace/trace_command.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <system_error>

#include "cli/command.h"
#include "cli/known_agents.h"
#include "cli/recording_reader.h"
#include "cli/stop_flag.h"
#include "cli/subscriber.h"
#include "cli/trace/sample_trace.h"
#include "cli/trace/trace_listener.h"
#include "core/nn/bundle.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

/// Results and the watermark travel on different topics: how long an end may
/// come after the watermark.
constexpr milliseconds kStragglers{1000};

TraceQuery QueryOf(const TraceOptions& options) {
  TraceQuery query;
  query.site = options.site;
  query.group = options.group;
  const auto sample = ParseSample(options.sample);
  if (!sample) {
    throw CommandError(kExitUsage, fmt::format("SAMPLE {}: {}", options.sample,
                                               sample.message()));
  }
  query.sample = *sample;
  for (const Tier tier : kTiers) {
    if (ExitName(tier) == options.exit) query.exit = tier;
  }
  if (query.exit && query.sample) {
    throw CommandError(kExitUsage,
                       "--exit chooses among the next samples: "
                       "use it with next");
  }
  return query;
}

PerExit<Figure> ThresholdsOf(const std::filesystem::path& file) {
  PerExit<Figure> thresholds;
  if (file.empty()) return thresholds;
  const Bundle bundle = ValueOrThrow(ReadBundle(file));
  for (const Tier tier : kTiers) {
    const Exit* exit = bundle.ExitOf(tier);
    if (exit == nullptr) continue;
    thresholds[static_cast<std::size_t>(tier)] = exit->threshold;
  }
  return thresholds;
}

std::string WhyNone(const TraceListener& listener, const TraceQuery& query,
                    double timeout_s) {
  if (listener.over()) {
    return fmt::format(
        "sample {} is over: its tick was decided before; a "
        "recording may have it, see --from",
        ToString(*query.sample));
  }
  if (listener.groups() == 0) {
    return fmt::format(
        "no group was heard of within {} s: look at --site and "
        "--group, and whether the edge runs",
        timeout_s);
  }
  return fmt::format("no such sample ended within {} s; {} others did",
                     timeout_s, listener.others());
}

/// Waits for the sample. \return nothing if a signal ended that.
std::optional<SampleTrace> Listen(const TraceOptions& options,
                                  const TraceQuery& query) {
  const StopFlag stop;
  TraceListener listener(query);
  MqttConfig mqtt = options.mqtt;
  mqtt.url = options.broker;
  const SystemClock clock;
  Subscriber subscriber(MakeCommandBus("trace", mqtt), clock,
                        [&listener](Bus* bus) { listener.Subscribe(bus); });
  std::string trouble = mqtt.url + ": no broker answers there";
  const auto last_end =
      steady_clock::now() + milliseconds(std::lround(1000 * options.timeout_s));
  for (auto not_over = steady_clock::now(); !stop.raised();) {
    const auto now = steady_clock::now();
    if (!listener.over()) not_over = now;
    const auto deadline =
        listener.over() ? std::min(last_end, not_over + kStragglers) : last_end;
    if (now >= deadline) {
      std::cerr << MissedText("trace", 0, subscriber.dropped());
      throw CommandError(kExitUnavailable,
                         trouble.empty()
                             ? WhyNone(listener, query, options.timeout_s)
                             : trouble);
    }
    const auto heard = subscriber.Next(deadline);
    if (!heard) continue;
    if (const auto* message = std::get_if<BusMessage>(&heard->event)) {
      auto trace = listener.OnMessage(*message, heard->at);
      if (trace) return trace;
    } else if (const auto* lost = std::get_if<BusDisconnected>(&heard->event)) {
      trouble = mqtt.url + ": " + lost->reason;
      if (lost->final) throw CommandError(kExitRefused, trouble);
    } else {
      trouble.clear();
    }
  }
  return std::nullopt;
}

/// Looks for the sample in a recording; of the messages that led to its end it
/// knows nothing.
class Search {
 public:
  Search(const TraceQuery& query, const RecordingReader& reader)
      : query_(query), reader_(reader) {}

  /// \return true once it is found.
  bool Add(RecordedEvent event) {
    if (const auto* run = std::get_if<RunDescription>(&event.what)) {
      trace_.thresholds = run->thresholds;
    } else if (const auto* state = std::get_if<AgentState>(&event.what)) {
      agents_.Add(event.site, event.agent, *state);
    } else if (Fits(event)) {
      if (auto* answer = std::get_if<RecordedEvent::Answer>(&event.what)) {
        return Ended(event, answer->result, answer->truth, answer->result.exit);
      }
      if (auto* loss = std::get_if<RecordedEvent::Loss>(&event.what)) {
        return Ended(event, loss->loss, loss->truth, std::nullopt);
      }
    }
    return false;
  }

  SampleTrace& trace() { return trace_; }
  std::size_t others() const { return others_; }

 private:
  bool Fits(const RecordedEvent& event) const {
    return (query_.site == "+" || event.site == query_.site) &&
           (query_.group == "+" || event.group == query_.group);
  }
  template <typename End>
  bool Ended(const RecordedEvent& event, const End& end,
             std::optional<int> truth, std::optional<Tier> exit) {
    const bool wanted = query_.sample ? end.sample == *query_.sample
                                      : !query_.exit || exit == query_.exit;
    if (!wanted) {
      ++others_;
      return false;
    }
    trace_.site = event.site;
    trace_.group = event.group;
    trace_.config = *reader_.ConfigOf(event.site, event.group);
    trace_.devices = agents_.DevicesOf(event.site, event.group);
    trace_.end = end;
    if (truth) {
      trace_.truth = trace_.config.classes[static_cast<std::size_t>(*truth)];
    }
    return true;
  }

  const TraceQuery query_;
  const RecordingReader& reader_;  // has read what is added
  KnownAgents agents_;
  SampleTrace trace_;
  std::size_t others_ = 0;
};

SampleTrace FindIn(const std::filesystem::path& file, const TraceQuery& query) {
  std::ifstream in(file, std::ios::binary);
  std::error_code error;
  if (!in || std::filesystem::is_directory(file, error)) {
    throw CommandError(kExitUnavailable, file.string() + ": cannot be read");
  }
  RecordingReader reader;
  Search search(query, reader);
  std::size_t malformed = 0;
  for (std::string line; ReadRecordedLine(in, &line);) {
    auto event = reader.Read(line);
    if (!event) {
      malformed += line.empty() ? 0 : 1;
    } else if (search.Add(std::move(*event))) {
      return std::move(search.trace());
    }
  }
  throw CommandError(
      kExitData, fmt::format("{}: no such sample; {} others, {} lines were not "
                             "understood",
                             file.string(), search.others(), malformed));
}

}  // namespace

int RunTrace(const TraceOptions& options) {
  const TraceQuery query = QueryOf(options);
  if (options.recording.empty() == options.broker.empty()) {
    throw CommandError(kExitUsage, "name --broker URL, or --from FILE");
  }
  const PerExit<Figure> thresholds = ThresholdsOf(options.bundle);
  std::optional<SampleTrace> trace;
  if (options.recording.empty()) {
    trace = Listen(options, query);
  } else {
    trace = FindIn(options.recording, query);
  }
  if (!trace) return kExitOk;
  if (!options.bundle.empty()) trace->thresholds = thresholds;
  std::cout << ToText(*trace);
  return kExitOk;
}

}  // namespace ddnn
