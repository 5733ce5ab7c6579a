#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bus/topics.h"
#include "core/fusion/coordinator.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "edge_agent/backlog.h"
#include "edge_agent/config.h"
#include "edge_agent/metrics.h"

namespace ddnn {

/// Turns what the coordinator wants done into messages of the group, and
/// counts it.
///
/// Requests of `batch_ms` travel together; so do, in a paced group, the
/// watermarks of a second. The watermark never overtakes a result, in the bus
/// neither (so it has the same QoS): whoever follows this lead goes on behind
/// it, and devices that pace themselves by it cannot outrun the results.
/// Thread-safety: none.
class GroupPublisher {
 public:
  /// `latest` goes out no more often than this; always the newest result.
  static constexpr milliseconds kLatestPeriod{100};

  /// All but `config` are borrowed and outlive the publisher.
  GroupPublisher(const EdgeConfig& config, const Bundle& bundle,
                 Backlog* backlog, AgentCounters* counters,
                 EdgeMetrics* metrics);

  /// Publishes what devices must know, retained.
  /// \param decided  ticks up to this one are.
  void Open(const TickSchedule& schedule, std::uint32_t term, Tick decided);
  /// Publishes it again, in a new term.
  void Reopen(std::uint32_t term);
  /// Publishes what devices must know again: somebody has overwritten it.
  void Repeat();
  /// Another edge leads the group: forgets what waits.
  void Close();
  /// What a connection that ended gives back, see BusDisconnected: goes out
  /// flagged `again`, since the broker may have it; but for what an
  /// opening says anew, and leases. Or is withdrawn if closed.
  void TakeBack(std::vector<OutgoingMessage> unsent);
  /// Of the config that was published last; empty = closed.
  const std::string& config() const { return config_; }
  /// The watermark that was published last.
  Tick sent_decided() const { return sent_decided_; }

  /// OnTime() belongs behind it: results go out here, the watermark and
  /// `latest` there.
  void CarryOut(const std::vector<Action>& actions);

  /// Sends what had to wait.
  void OnTime(Instant now);
  std::optional<Instant> NextDeadline() const;
  /// From now on nothing waits for its time.
  void Finish() { decided_due_ = latest_due_ = unheard_due_ = {}; }
  /// Nothing waits any more.
  bool idle() const {
    return backlog_->empty() && !decided_waits_ && !latest_ && !unheard_;
  }

 private:
  /// Samples whose maps are wanted and not asked for yet.
  struct Request {
    std::string topic;
    std::vector<SampleId> wanted{};
    std::optional<Instant> due{};
  };

  void Do(const AskForMaps& ask);
  void Do(const AskForEdgeMaps& ask);
  void Do(const OfferToCloud& offer);
  void Do(const PublishResult& publish);
  void Do(const PublishLoss& publish);
  void Do(const PublishUnheard& unheard);
  void Do(const PublishDecided& decided);
  void FlagAgain(OutgoingMessage* answer) const;
  void Want(const std::vector<SampleId>& wanted, Request* request);
  void Send(Request* request);
  void SendUnheard();
  /// What went unheard comes before it: nobody tells that once more.
  void SendDecided();
  void CountResult(const SampleResult& result);

  const Bundle& bundle_;
  Codec codec_;
  Backlog* backlog_;
  AgentCounters& counters_;
  EdgeMetrics& metrics_;
  std::string group_;
  GroupTopics topics_;
  Request of_devices_;
  Request of_branches_;
  const milliseconds batch_;
  std::string ask_topic_;
  std::chrono::seconds ask_expiry_;
  std::optional<TickSchedule> schedule_;
  std::string config_;
  Tick decided_ = 0;
  bool decided_waits_ = false;
  Instant decided_due_{};
  Tick sent_decided_ = 0;
  std::optional<std::string> latest_;  // not published yet
  Instant latest_due_{};
  std::optional<TicksUnheard> unheard_;  // not published yet
  Instant unheard_due_{};
  Instant flush_due_{};
};

}  // namespace ddnn
