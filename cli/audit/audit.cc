#include "cli/audit/audit.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/fusion/tick_limit.h"

namespace ddnn {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostRanges = 10'000;
constexpr std::size_t kMostDeafness = 16;
/// Remembered of a sample; repeats of yet other views are only counted.
constexpr std::size_t kMostAnswers = 8;
/// A device's word of a sample may come so long after another's: who was deaf
/// just before the first one that he heard may have missed the others.
constexpr seconds kBetweenMentions{1};
/// The longest way from a sample's mention to its result or loss.
constexpr seconds kLongestWay{10};

bool SameSchedule(const GroupConfig& a, const GroupConfig& b) {
  return a.schedule == b.schedule;
}

}  // namespace

void Audit::OnConnected(Instant now) {
  if (!deaf_since_) return;
  if (deaf_.size() == kMostDeafness) {
    deaf_[1].from = deaf_[0].from;
    deaf_.pop_front();
  }
  deaf_.push_back({*std::exchange(deaf_since_, std::nullopt), now});
  last_result_.reset();
}

void Audit::OnDisconnected(Instant now) {
  if (!deaf_since_) deaf_since_ = now;
}

void Audit::OnHeard(const HeardEvent& event, Instant now) {
  std::visit([this, now](const auto& item) { On(item, now); }, event);
  OnTime(now);
}

Audit::Position Audit::PositionOf(Tick tick) const {
  return newest_ + static_cast<std::int32_t>(tick - static_cast<Tick>(newest_));
}

void Audit::On(const GroupConfig& config, Instant now) {
  const bool begins = !config_ || !SameSchedule(*config_, config);
  if (begins) ++figures_.schedules;
  if (!config_) newest_ = Position{config.schedule.first_tick};
  config_ = config;
  if (!begins) return;
  const Position first = PositionOf(config.schedule.first_tick);
  if (first <= newest_ && !samples_.empty()) {
    // Its ticks come again: they must not meet those of the old schedule.
    JudgeUpTo(samples_.rbegin()->first.position, now);
    samples_.clear();
    ranges_.clear();
    passed_.clear();
    late_.clear();
    kept_.clear();
    decided_ = judged_ = forgotten_ = std::nullopt;
  }
  newest_ = first;
}

bool Audit::Believable(Tick tick, Instant now) const {
  const TickSchedule& schedule = config_->schedule;
  const auto decided =
      static_cast<Tick>(decided_.value_or(PositionOf(schedule.first_tick) - 1));
  return !Before(LastTickBelieved(schedule, decided, now), tick);
}

Audit::Sample* Audit::Find(const SampleId& id, Instant now) {
  const Key key{PositionOf(id.tick), id.object};
  if (forgotten_ && key.position <= *forgotten_) return nullptr;
  const auto [at, is_new] = samples_.try_emplace(key);
  if (is_new && decided_ && key.position <= *decided_) {
    at->second.judge_at = now + options_.grace;
    late_.emplace_back(key, at->second.judge_at);
  }
  return &at->second;
}

void Audit::On(const HeardScores& scores, Instant now) {
  if (!config_) return;
  if (scores.mention.bundle_tag != config_->bundle_tag) {
    ++figures_.foreign;
    return;
  }
  for (const SampleId& id : scores.mention.samples) {
    if (!Believable(id.tick, now)) {
      ++figures_.implausible;
      continue;
    }
    newest_ = std::max(newest_, PositionOf(id.tick));
    Sample* sample = Find(id, now);
    if (sample == nullptr) continue;  // offered again, long after
    if (scores.device >= 0) {
      sample->devices.set(static_cast<std::size_t>(scores.device));
    }
    if (sample->mentioned) continue;
    sample->mentioned = now;
    ++figures_.mentioned;
    JudgeAgain({PositionOf(id.tick), id.object}, sample, now);
  }
  MakeRoom(now);
}

void Audit::OnForgotten(bool again) {
  ++(again ? figures_.repeats : figures_.forgotten);
}

void Audit::NoteFirst(const SampleResult& result, Instant now) {
  ++figures_.results[static_cast<std::size_t>(result.exit)]
                    [static_cast<std::size_t>(result.status)];
  if (result.latency_ms > static_cast<double>(options_.deadline.count())) {
    ++figures_.late_answers;
  }
  if (last_result_) {
    figures_.longest_pause =
        std::max(figures_.longest_pause,
                 std::chrono::duration_cast<milliseconds>(now - *last_result_));
  }
  last_result_ = now;
}

void Audit::NoteRepeat(Sample* sample, Answer answer) {
  ++figures_.repeats;
  std::vector<Answer>& answers = sample->answers;
  const auto same = std::ranges::find_if(
      answers, [&](const Answer& a) { return a.SameSource(answer); });
  if (same != answers.end()) {
    if (*same != answer) ++figures_.repeats_differ;
    return;
  }
  if (!answers.empty()) ++figures_.repeats_other_views;  // else it was lost
  if (answers.size() < kMostAnswers) answers.push_back(std::move(answer));
}

void Audit::On(const SampleResult& result, Instant now) {
  if (!config_) return;
  Sample* sample = Find(result.sample, now);
  if (sample == nullptr) return OnForgotten(result.again);
  Answer answer{result.exit, result.views_used, result.label, result.logits};
  if (!sample->ended) {
    sample->ended = now;
    sample->answers.push_back(std::move(answer));
    NoteFirst(result, now);
  } else if (!result.again) {
    ++figures_.duplicates;
  } else {
    NoteRepeat(sample, std::move(answer));
  }
  JudgeAgain({PositionOf(result.sample.tick), result.sample.object}, sample,
             now);
  MakeRoom(now);
}

void Audit::On(const SampleLoss& loss, Instant now) {
  if (!config_) return;
  Sample* sample = Find(loss.sample, now);
  if (sample == nullptr) return OnForgotten(loss.again);
  if (sample->ended) {
    ++(loss.again ? figures_.repeats : figures_.duplicates);
  } else {
    sample->ended = now;
    ++figures_.losses[std::string(Name(loss.reason))];
  }
  JudgeAgain({PositionOf(loss.sample.tick), loss.sample.object}, sample, now);
  MakeRoom(now);
}

void Audit::On(const TicksUnheard& unheard, Instant now) {
  if (!config_) return;
  ++figures_.range_losses;
  Range range{PositionOf(unheard.first), PositionOf(unheard.last), {}};
  for (const int device : unheard.devices) {
    if (device >= 0 && device < kMaxDevices) {
      range.devices.set(static_cast<std::size_t>(device));
    }
  }
  ranges_.push_back(range);
  if (ranges_.size() > kMostRanges) ranges_.pop_front();
  for (auto at = samples_.lower_bound({range.first, 0});
       at != samples_.end() && at->first.position <= range.last; ++at) {
    JudgeAgain(at->first, &at->second, now);
  }
}

void Audit::On(const HeardWatermark& watermark, Instant now) {
  if (!config_) return;
  const Position position = PositionOf(watermark.tick);
  if (decided_ && position <= *decided_) return;
  decided_ = position;
  passed_.push_back({position, now + options_.grace});
}

void Audit::OnTime(Instant now) {
  while (!passed_.empty() && passed_.front().at <= now) {
    const Due due = passed_.front();
    passed_.pop_front();
    JudgeUpTo(due.position, now);
    kept_.push_back({due.position, due.at + options_.memory});
  }
  while (!late_.empty() && late_.front().second <= now) {
    const auto at = samples_.find(late_.front().first);
    late_.pop_front();
    if (at != samples_.end()) Judge(at->first, &at->second, now);
  }
  while (!kept_.empty() && kept_.front().at <= now) {
    ForgetUpTo(kept_.front().position, now);
    kept_.pop_front();
  }
}

void Audit::JudgeUpTo(Position position, Instant now) {
  auto at =
      judged_ ? samples_.lower_bound({*judged_ + 1, 0}) : samples_.begin();
  for (; at != samples_.end() && at->first.position <= position; ++at) {
    if (at->second.judge_at <= now) Judge(at->first, &at->second, now);
  }
  judged_ = std::max(judged_.value_or(position), position);
}

void Audit::ForgetUpTo(Position position, Instant now) {
  forgotten_ = std::max(forgotten_.value_or(position), position);
  while (!samples_.empty() && samples_.begin()->first.position <= position) {
    Judge(samples_.begin()->first, &samples_.begin()->second, now);
    samples_.erase(samples_.begin());
  }
  std::erase_if(ranges_, [&](const Range& r) { return r.last <= position; });
}

void Audit::MakeRoom(Instant now) {
  while (samples_.size() > options_.max_samples) {
    const Key oldest = samples_.begin()->first;
    const bool decided = decided_ && oldest.position <= *decided_;
    // What nobody has decided yet may still be answered.
    if (!decided) OnDisconnected(now);
    ForgetUpTo(oldest.position, now);
    if (!decided) OnConnected(now);
  }
}

void Audit::Judge(const Key& key, Sample* sample, Instant now) {
  if (std::uint64_t* counter = CounterOf(sample->verdict)) --*counter;
  sample->verdict = VerdictOn(key, *sample, now);
  if (std::uint64_t* counter = CounterOf(sample->verdict)) ++*counter;
}

void Audit::JudgeAgain(const Key& key, Sample* sample, Instant now) {
  if (sample->verdict != Verdict::kOpen) Judge(key, sample, now);
}

Audit::Verdict Audit::VerdictOn(const Key& key, const Sample& sample,
                                Instant now) const {
  if (!sample.mentioned) {
    const Instant ended = *sample.ended;  // an event, or there was no sample
    return WasDeaf(ended - kLongestWay, ended) ? Verdict::kUnjudged
                                               : Verdict::kUnexpected;
  }
  if (sample.ended) return Verdict::kEnded;
  if (Covered(key, sample)) return Verdict::kCovered;
  return WasDeaf(*sample.mentioned - kBetweenMentions, now)
             ? Verdict::kUnjudged
             : Verdict::kUnaccounted;
}

bool Audit::Covered(const Key& key, const Sample& sample) const {
  bool covered = false;
  DeviceSet open = sample.devices;
  for (const Range& range : ranges_) {
    if (key.position < range.first || range.last < key.position) continue;
    covered = true;
    open &= ~range.devices;
  }
  return covered && open.none();
}

bool Audit::WasDeaf(Instant from, Instant to) const {
  if (deaf_since_ && *deaf_since_ <= to) return true;
  return std::ranges::any_of(deaf_, [&](const Deafness& deaf) {
    return deaf.from <= to && from <= deaf.to;
  });
}

std::uint64_t* Audit::CounterOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCovered:
      return &figures_.covered;
    case Verdict::kUnaccounted:
      return &figures_.unaccounted;
    case Verdict::kUnexpected:
      return &figures_.unexpected;
    case Verdict::kUnjudged:
      return &figures_.unjudged;
    default:
      return nullptr;
  }
}

std::size_t Audit::open() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(samples_, [this](const auto& item) {
        const auto& [key, sample] = item;
        return sample.verdict == Verdict::kOpen && !sample.ended &&
               !Covered(key, sample);
      }));
}

void Audit::Finish(Instant now) {
  OnTime(now);
  for (auto& [key, sample] : samples_) {
    if (sample.verdict != Verdict::kOpen) continue;
    const bool young =
        sample.mentioned && now - *sample.mentioned < options_.in_flight;
    if (young && !sample.ended && !Covered(key, sample)) {
      ++figures_.in_flight;
    } else {
      Judge(key, &sample, now);
    }
  }
}

}  // namespace ddnn
