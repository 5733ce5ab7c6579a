#include "cli/demo_recording.h"

namespace ddnn {

DemoRecording::DemoRecording(const std::filesystem::path& file,
                             const Replay& replay, const Bundle& bundle,
                             const Tree& tree, double jpeg_bytes,
                             const DemoMonitor& monitor)
    : replay_(replay), bundle_(bundle), monitor_(monitor), file_(file) {
  RunDescription run{.input = replay_.name(),
                     .network = bundle_.name,
                     .hierarchy = std::string(1, tree.Hierarchy()),
                     .samples = static_cast<int>(replay_.expected().size()),
                     .classes = bundle_.classes,
                     .cameras = {},
                     .thresholds = {},
                     .map_bytes = {},
                     .jpeg_bytes = jpeg_bytes};
  for (const int node : bundle_.NodesOf(Tier::kDevice)) {
    run.cameras.push_back(bundle_.nodes[static_cast<std::size_t>(node)].camera);
  }
  // Where devices offload, no early exit is decided, and the formula is mute.
  if (tree.offload() == Offload::kNone) {
    run.map_bytes = FormulaBytes(bundle_, 0) - FormulaBytes(bundle_, 1);
    for (const Tier tier : kTiers) {
      const Exit* exit = bundle_.ExitOf(tier);
      if (exit == nullptr) continue;
      run.thresholds[static_cast<std::size_t>(tier)] = exit->threshold;
    }
  }
  file_.Write(RunLine(run, clock_.Now()));
}

void DemoRecording::OnMessage(const BusMessage& message) {
  if (!file_.wanted()) return;
  const auto line =
      RecordedLine(message, clock_.Now(),
                   [this](const SampleId& sample) { return TruthOf(sample); });
  if (line) file_.Write(*line);
}

std::optional<std::string> DemoRecording::TruthOf(
    const SampleId& sample) const {
  const auto index = monitor_.Find(sample);
  if (!index) return std::nullopt;
  const int label = replay_.RowOf(*index).label;
  return bundle_.classes[static_cast<std::size_t>(label)];
}

}  // namespace ddnn
