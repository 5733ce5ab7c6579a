#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/vision/view_source.h"

namespace ddnn {

/// Notes what it is told; the test makes the views itself.
class FakeSource final : public ViewSource {
 public:
  void Begin(const TickSchedule& schedule, Tick decided) override {
    begun.emplace_back(schedule, decided);
  }
  void OnDecided(Tick tick) override { told_decided.push_back(tick); }
  std::optional<TickViews> Next() override { return std::nullopt; }
  void Stop() override {}
  SourceStats stats() const override { return told_stats; }

  std::vector<std::pair<TickSchedule, Tick>> begun;
  std::vector<Tick> told_decided;
  SourceStats told_stats;
};

}  // namespace ddnn
