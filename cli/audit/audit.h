#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "cli/audit/audit_figures.h"
#include "cli/audit/heard_event.h"
#include "core/base/clock.h"
#include "core/fusion/device_set.h"

namespace ddnn {

struct AuditOptions {
  /// So long after the watermark has passed it, a sample's event may come.
  milliseconds grace{3000};
  /// An answer is late if it took longer from its tick on: an edge's last
  /// deadline, unless it is told another, and what it takes to act on it.
  milliseconds deadline{2100};
  /// So long a judged sample is remembered, to tell what comes after.
  std::chrono::seconds memory{60};
  /// What was first mentioned less than this before the end, and has no event,
  /// is in flight.
  milliseconds in_flight{5000};
  /// Remembered at most; beyond, the oldest go.
  std::size_t max_samples = 300'000;
};

/// Holds a group to its promise: every sample that a score message at the
/// broker names ends in exactly one of
///
///     a result | a loss | covered by a range loss
///
/// and whatever comes after that is flagged `again`. A result of those has the
/// same class and logits as each earlier answer of the same exit to the
/// same views; one of another exit or to other views is an answer of its own,
/// and counted as such. A range loss covers a sample that has no event of its
/// own, if all devices that named it are listed for its tick (by one range loss
/// or by several).
///
/// A sample is judged `grace` after the watermark has passed its tick and it
/// was mentioned, or at Finish(). What comes later still mends the verdict, as
/// long as the sample is remembered. No clock, no I/O: it is told what was
/// heard, and when. Ticks may wrap around, edges may begin new schedules.
/// Memory: see AuditOptions. Thread-safety: none.
class Audit {
 public:
  explicit Audit(const AuditOptions& options = {}) : options_(options) {}

  /// The auditor hears all from now on.
  void OnConnected(Instant now);
  /// It hears nothing until OnConnected().
  void OnDisconnected(Instant now);
  void OnHeard(const HeardEvent& event, Instant now);
  /// Judges what is due; OnHeard() does so too.
  void OnTime(Instant now);

  /// Judges all that is left; nothing may follow.
  void Finish(Instant now);

  const AuditFigures& figures() const { return figures_; }
  /// Samples that may still be in flight: neither judged, nor with an event,
  /// nor covered.
  std::size_t open() const;
  /// Samples remembered.
  std::size_t size() const { return samples_.size(); }

 private:
  /// A tick that does not wrap around.
  using Position = std::int64_t;
  struct Key {
    Position position;
    ObjectNumber object;
    // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm about `= default`
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  enum class Verdict {
    kOpen,
    kEnded,
    kCovered,
    kUnaccounted,
    kUnexpected,
    kUnjudged
  };
  struct Answer {
    Tier exit;
    std::vector<int> views;
    int label;
    std::vector<float> logits;
    bool SameSource(const Answer& other) const {
      return exit == other.exit && views == other.views;
    }
    friend bool operator==(const Answer&, const Answer&) = default;
  };
  struct Sample {
    std::optional<Instant> mentioned;  // first
    DeviceSet devices;                 // that mentioned it, as far as known
    std::optional<Instant> ended;      // first event
    std::vector<Answer> answers;       // each of another exit or other views
    Verdict verdict = Verdict::kOpen;
    Instant judge_at{};  // not before, whatever the watermark
  };
  struct Range {
    Position first;
    Position last;
    DeviceSet devices;
  };
  /// Every sample up to a position falls due.
  struct Due {
    Position position;
    Instant at;
  };
  /// The auditor heard nothing.
  struct Deafness {
    Instant from;
    Instant to;
  };

  void On(const GroupConfig& config, Instant now);
  void On(const HeardScores& scores, Instant now);
  void On(const SampleResult& result, Instant now);
  void On(const SampleLoss& loss, Instant now);
  void On(const TicksUnheard& unheard, Instant now);
  void On(const HeardWatermark& watermark, Instant now);

  Position PositionOf(Tick tick) const;
  bool Believable(Tick tick, Instant now) const;
  /// \return nothing if the sample is no longer remembered.
  Sample* Find(const SampleId& id, Instant now);
  /// A result or loss of a sample that is not remembered.
  void OnForgotten(bool again);
  void NoteFirst(const SampleResult& result, Instant now);
  void NoteRepeat(Sample* sample, Answer answer);
  void JudgeUpTo(Position position, Instant now);
  void ForgetUpTo(Position position, Instant now);
  void MakeRoom(Instant now);
  void Judge(const Key& key, Sample* sample, Instant now);
  /// Once judged, a sample is judged again at whatever comes.
  void JudgeAgain(const Key& key, Sample* sample, Instant now);
  Verdict VerdictOn(const Key& key, const Sample& sample, Instant now) const;
  bool Covered(const Key& key, const Sample& sample) const;
  bool WasDeaf(Instant from, Instant to) const;
  std::uint64_t* CounterOf(Verdict verdict);

  const AuditOptions options_;
  AuditFigures figures_;
  std::optional<GroupConfig> config_;
  Position newest_ = 0;                // mentioned and believed
  std::optional<Position> decided_;    // the watermark
  std::optional<Position> judged_;     // up to here
  std::optional<Position> forgotten_;  // up to here
  std::map<Key, Sample> samples_;
  std::deque<Range> ranges_;
  std::deque<Due> passed_;                    // to be judged
  std::deque<std::pair<Key, Instant>> late_;  // the same, one by one
  std::deque<Due> kept_;                      // to be forgotten
  std::deque<Deafness> deaf_;
  std::optional<Instant> deaf_since_{Instant::min()};
  std::optional<Instant> last_result_;
};

}  // namespace ddnn
