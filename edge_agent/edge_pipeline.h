#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bus/bus.h"
#include "core/fusion/coordinator.h"
#include "core/nn/tree.h"
#include "core/wire/wire.h"
#include "edge_agent/config.h"
#include "edge_agent/edge_presence.h"
#include "edge_agent/group_intake.h"
#include "edge_agent/group_publisher.h"
#include "edge_agent/leadership.h"
#include "edge_agent/membership.h"
#include "edge_agent/metrics.h"
#include "edge_agent/run_file.h"

namespace ddnn {

/// What the group's lead does with each event of its bus, and when time passes:
/// messages become calls of the coordinator, its actions become messages.
///
/// It leads only while it holds the group's lease, and sends nothing of the
/// group's otherwise; when another edge takes the lease it forgets what it has
/// gathered, since that one will answer it.
///
/// The group opens when every device and every branch has an agent, or
/// `open_after_ms` after the first connection: then the schedule is made and
/// published, and the coordinator begins. Where a former edge has left its
/// schedule, it goes on with that, if it is paced at once. After a lost
/// connection, or what was one for the lease, it opens again, in a new term.
/// What devices below a branch say comes relayed by it, also what they said
/// before they went; their own messages are the branch's to hear. Nothing that
/// arrives can stop the pipeline: what is wrong is counted as
/// `rejected_<kind>_<reason>` and dropped. Thread-safety: none; one thread
/// feeds it.
class EdgePipeline {
 public:
  /// Adds its subscriptions and its will to the bus, which starts afterwards.
  ///
  /// \param tree  of the network's bundle; this agent takes its lead's place.
  ///     What devices send otherwise than it says is counted as
  ///     `rejected_<kind>_wrong_offload`.
  /// \param bus, metrics  borrowed; outlive the pipeline.
  /// \param boot  tells this run from others, see CountBoot().
  /// \param run_file  keeps how far the run is; may be nullptr, else borrowed.
  EdgePipeline(EdgeConfig config, std::shared_ptr<const Network> network,
               Tree tree, Bus* bus, EdgeMetrics* metrics, std::uint32_t boot,
               RunFile* run_file = nullptr);

  void OnEvent(const BusEvent& event, Instant now);
  void OnTime(Instant now);
  /// When OnTime() must be called, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// Ends what is in flight and publishes that, and the last counters. What the
  /// bus has no room for goes out by OnTime(), until idle().
  void Stop(Instant now);
  /// Nothing waits to be sent.
  bool idle() const { return publisher_.idle(); }

  /// Messages that the inbox had to drop until now.
  void SetInboxDropped(std::uint64_t dropped) {
    presence_.counters()["inbox_dropped"] = dropped;
  }

  /// Why there is no point in going on; nothing while there is.
  const std::optional<Failure>& gave_up() const { return presence_.gave_up(); }
  const AgentCounters& counters() const { return presence_.counters(); }
  bool open() const { return coordinator_ != nullptr; }

 private:
  void On(const BusMessage& message, Instant now);
  void On(const BusConnected& connected, Instant now);
  void On(const BusDisconnected& disconnected, Instant now);
  void OnBrokerStats(const BusMessage& message);
  void OnClock(std::string_view agent, const std::string& payload, Instant now);
  void Apply(const std::vector<Membership::Change>& changes, Instant now);
  void NoteResults(const std::vector<Action>& actions, Instant now);
  /// "gone": it has no agent; "camera": that delivers nothing; "silent".
  std::string WhyMissing(int device) const;
  void OnConfig(const std::string& payload, Instant now);
  void OpenIfDue(Instant now);
  void OpenAgain(Instant now);
  void StepDown();
  void KeepRun();
  /// Ends what is in flight and publishes that.
  /// \param spoken_of  devices may speak of ticks up to this one; nothing = up
  ///     to the watermark, since they will offer the others again.
  void EndAll(std::optional<Tick> spoken_of, Instant now);
  /// Acts if the clock was set back, so that ticks would not fall due for as
  /// long, or if the schedule is worn out.
  void FollowClock(Instant now);
  void BeginAnew(Instant now);
  void Begin(const TickSchedule& schedule, std::optional<Tick> resume_after,
             Instant now);

  const EdgeConfig config_;
  const std::shared_ptr<const Network> network_;
  const Tree tree_;
  Codec codec_;
  EdgeMetrics& metrics_;
  std::vector<int> branches_;  // nodes whose sections branches run
  EdgePresence presence_;
  Leadership leadership_;
  Backlog answers_;  // what only the lead may say
  GroupPublisher publisher_;
  Membership members_;
  GroupIntake intake_;
  std::unique_ptr<Coordinator> coordinator_;  // once the group is open
  std::uint32_t opened_term_ = 0;             // of the last opening
  RunFile* const run_file_;
  std::optional<Instant> open_at_;  // without those who are missing
  std::optional<Tick> kept_;        // the watermark in the file
  Instant repair_due_{};
  Instant last_time_{};
};

}  // namespace ddnn
