#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/nn/sample.h"
#include "core/nn/tier.h"

namespace ddnn {

/// What became of a group's samples.
struct AuditFigures {
  std::uint64_t mentioned = 0;  ///< samples that a score message named
  /// First results, by exit and status.
  std::array<std::array<std::uint64_t, 3>, kTiers.size()> results{};
  /// Of those, by the edge's own word, later than AuditOptions::deadline: no
  /// fault if it was away meanwhile, or its devices were.
  std::uint64_t late_answers = 0;
  std::map<std::string, std::uint64_t> losses;  ///< first losses, by reason
  std::uint64_t covered = 0;       ///< mentioned; no event but a range loss
  std::uint64_t range_losses = 0;  ///< heard; each may cover nothing
  std::uint64_t repeats = 0;       ///< events after the first, flagged `again`
  /// Of those, of another exit or to other views than every earlier answer:
  /// they may differ from it.
  std::uint64_t repeats_other_views = 0;
  /// Of the same exit and to the same views as an earlier answer, and yet with
  /// another class or other logits.
  std::uint64_t repeats_differ = 0;
  std::uint64_t duplicates = 0;   ///< events after the first, not flagged
  std::uint64_t unaccounted = 0;  ///< mentioned, and nothing else
  std::uint64_t unexpected = 0;   ///< a result or loss, never mentioned
  /// One of the last two, but something may have been missed: the auditor had
  /// lost its broker, had just come, or had no room.
  std::uint64_t unjudged = 0;
  std::uint64_t in_flight = 0;    ///< mentioned just before the audit's end
  std::uint64_t forgotten = 0;    ///< unflagged events of samples long judged
  std::uint64_t implausible = 0;  ///< mentions that no edge would believe
  std::uint64_t foreign = 0;      ///< score messages of another bundle
  std::uint64_t schedules = 0;    ///< that the group has had
  milliseconds longest_pause{};   ///< between two first results

  std::uint64_t answered() const;
  /// Of those, degraded ones and fallbacks.
  std::uint64_t not_in_full() const;
  std::uint64_t lost() const;
  /// Every sample is accounted for, and no event was one too many.
  bool clean() const {
    return unaccounted + duplicates + repeats_differ + unexpected + forgotten ==
           0;
  }
};

/// In a few words; also what makes a clean audit worth little.
std::string Verdict(const AuditFigures& figures);
/// For people, a line each; the verdict is the last.
std::string ToTable(const AuditFigures& figures);
/// The same for programs.
std::string ToJson(const AuditFigures& figures);

}  // namespace ddnn
