#pragma once

#include <string>

#include "cli/replay.h"
#include "cli/scoreboard.h"
#include "core/nn/bundle.h"
#include "core/nn/sample.h"
#include "tests/support/test_bundle.h"
#include "tests/support/tiny_data_set.h"

namespace ddnn {

/// A bundle that fits the tiny data set: its cameras and its classes.
inline Bundle TinyBundle(int edges = 0) {
  Bundle bundle = MakeTestBundle({.devices = 2, .edges = edges, .classes = 2});
  bundle.classes = {"car", "person"};
  return bundle;
}

/// The tiny data set's time:test, replayed: ticks {11 person, 14 car} and
/// {10 car, 12 person}.
struct TinyReplay {
  explicit TinyReplay(int samples = 0)
      : replay(bundle, ReadReplayRows(data.root(), "time:test"), samples) {}

  TinyDataSet data;
  Bundle bundle = TinyBundle();
  Replay replay;
};

/// An answer, as if the sample left at the local exit.
inline SampleResult ResultOf(Tick tick, ObjectNumber object, int label) {
  SampleResult result;
  result.sample = {tick, object};
  result.label = label;
  result.eta = 0.25F;
  result.logits = {0.1F, -2.5F};
  result.probabilities = {0.75, 0.25};
  result.views_used = {0, 1};
  result.path = {{Tier::kDevice, label, 0.25F}};
  result.content_bytes = 8;
  result.latency_ms = 2.0;
  return result;
}

}  // namespace ddnn
