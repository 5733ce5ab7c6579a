#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/device_bytes.h"
#include "cli/recording_reader.h"
#include "cli/report/figures.h"
#include "cli/report/latency_buckets.h"
#include "cli/report/time_bins.h"
#include "cli/seen_samples.h"

namespace ddnn {

/// The figures of one group's run from its recorded stream, event by event, in
/// memory that does not grow with the stream's length. Thread-safety: none.
class RecordedRun {
 public:
  /// Samples remembered, so that a repeat does not count twice; agents, and
  /// changes of an agent's state, at most.
  static constexpr std::size_t kRememberedSamples = 1 << 17;
  static constexpr std::size_t kMaxAgents = 256;
  static constexpr std::size_t kMaxChanges = 4096;

  /// \param site, group  whose run; empty = the only one in the stream.
  RecordedRun(std::string site, std::string group);

  /// \return Done; kRefused: a second group comes, and none was chosen.
  Status Add(const RecordedEvent& event);
  /// A line that means nothing, with what is wrong about it.
  void AddMalformed(const std::string& why);
  std::uint64_t malformed() const { return malformed_; }
  /// Results and losses; 0: there is nothing to report.
  std::int64_t samples() const { return figures_.samples(); }

  /// \param source  where the stream comes from, for people.
  RunFigures Finish(const std::string& source) const;

 private:
  struct Change {
    double time_s = 0;  // since 1970
    RunFigures::Presence presence = RunFigures::Presence::kThere;
  };
  struct AgentStory {
    AgentState state;
    std::vector<Change> changes;
    std::optional<DeviceBytes> counted;  // when it last told
    DeviceBytes sent;                    // while the stream was recorded
  };

  bool Chosen(const RecordedEvent& event) const;
  Status Choose(const RecordedEvent& event);
  void AddConfig(const GroupConfig& config);
  void AddAnswer(double time_s, const RecordedEvent::Answer& answer);
  void AddLoss(double time_s, const RecordedEvent::Loss& loss);
  void AddState(const RecordedEvent& event, const AgentState& state);
  void AddCounters(const RecordedEvent& event, const AgentCounters& counters);
  void AddTruth(double time_s, int truth, std::optional<int> label);
  /// \return false if the sample has ended before.
  bool Remember(const SampleId& sample);
  AgentStory* StoryOf(const RecordedEvent& event);

  void FillBytes(RunFigures* figures) const;
  void FillLatency(RunFigures* figures) const;
  void FillAgents(RunFigures* figures) const;
  void FillNotes(RunFigures* figures) const;

  const std::string wanted_site_;
  const std::string wanted_group_;
  std::string site_;  // of the run; empty until known
  std::string group_;
  std::optional<RunDescription> run_;
  std::vector<std::string> classes_;
  std::optional<double> start_s_;
  double end_s_ = 0;          // of all that was heard
  double last_sample_s_ = 0;  // since 1970, as the others

  RunFigures figures_;  // what adds up
  TimeBins<RunFigures::Interval> bins_;
  PerOutcome<LatencyBuckets> latency_;
  LatencyBuckets all_latency_;
  std::vector<std::int64_t> seen_;  // [devices]
  std::vector<std::int64_t> missing_;
  std::int64_t content_bytes_ = 0;
  std::int64_t views_ = 0;
  SeenSamples seen_samples_{kRememberedSamples};
  std::map<std::string, AgentStory> agents_;  // by "site/agent"
  std::uint64_t agents_left_out_ = 0;
  std::uint64_t malformed_ = 0;
  std::string first_fault_;
};

}  // namespace ddnn
