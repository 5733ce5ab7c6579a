// The device section on one view: fast kernel, on each SIMD target of this CPU,
// against the reference kernel and OpenCV DNN; and the sections of edge and
// cloud. Prints Google Benchmark's table, then medians and ratios.

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/nn/network.h"

namespace ddnn {
namespace {

using Random = std::mt19937_64;

constexpr int kFilters = 4;
constexpr int kClasses = 3;
constexpr int kDevices = 6;

std::vector<std::uint8_t> RandomBits(Random& random, int count) {
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(count + 7) / 8);
  for (int i = 0; i < count; ++i) {
    bits[static_cast<std::size_t>(i / 8)] |=
        static_cast<std::uint8_t>((random() & 1U) << (i % 8));
  }
  return bits;
}

ConvP RandomConvP(Random& random, int in_channels, int filters, int stride) {
  ConvP layer;
  layer.in_channels = in_channels;
  layer.filters = filters;
  layer.pool_stride = stride;
  layer.weights = RandomBits(random, filters * in_channels * 9);
  layer.at_least = RandomBits(random, filters);
  for (int f = 0; f < filters; ++f) {
    layer.thresholds.push_back(static_cast<std::int32_t>(random() % 30));
  }
  return layer;
}

BinaryFc RandomHead(Random& random, const MapShape& shape) {
  // Rows end with whole bytes here.
  const auto inputs = static_cast<int>(shape.bytes() * 8);
  const int bits = inputs * kClasses;
  return {.inputs = inputs,
          .classes = kClasses,
          .weights = RandomBits(random, bits)};
}

Node MakeNode(Tier tier, int parent, std::vector<ConvP> layers) {
  Node node;
  node.tier = tier;
  node.parent = parent;
  node.section.layers = std::move(layers);
  return node;
}

/// Six devices of four filters, CC; edge: one layer of 16 filters; cloud: two.
Bundle MakeBundle(bool with_edge) {
  Random random(1);
  Bundle bundle;
  bundle.classes.assign(kClasses, "");
  for (int i = 0; i < kDevices; ++i) {
    ConvP layer = RandomConvP(random, kViewChannels, kFilters, 2);
    layer.reads_pixels = true;
    for (std::int32_t& k : layer.thresholds) {
      k = static_cast<std::int32_t>(random() % (4 * 65536)) | 1;
    }
    bundle.nodes.push_back(MakeNode(Tier::kDevice, kDevices, {layer}));
  }
  const ConvP joining = RandomConvP(random, kDevices * kFilters, 16, 1);
  const ConvP second = RandomConvP(random, 16, 16, 1);
  if (with_edge) {
    bundle.nodes.push_back(MakeNode(Tier::kEdge, kDevices + 1, {joining}));
    bundle.nodes.push_back(MakeNode(Tier::kCloud, -1, {second}));
  } else {
    bundle.nodes.push_back(MakeNode(Tier::kCloud, -1, {joining, second}));
  }
  for (std::size_t i = 0; i < bundle.nodes.size(); ++i) {
    bundle.nodes[i].section.head =
        RandomHead(random, bundle.OutputShape(static_cast<int>(i)));
  }
  return bundle;
}

View RandomView() {
  Random random(2);
  View view;
  for (std::uint8_t& pixel : view) {
    pixel = static_cast<std::uint8_t>(random());
  }
  return view;
}

/// A device section in float: 3x3 convolution, 3x3 max pooling, batch norm
/// (folded: +-1 and the threshold), sign, fully connected.
class OpenCvSection {
 public:
  explicit OpenCvSection(const Section& section) {
    AddConvolution(section.layers[0]);
    AddPooling();
    AddScaleAndSign(section.layers[0]);
    AddHead(section.head);
    net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    net_.setInputsNames({"view"});
  }

  cv::Mat Run(const cv::Mat& pixels) {
    net_.setInput(pixels);
    return net_.forward();
  }

 private:
  void AddConvolution(const ConvP& layer) {
    cv::Mat weights({layer.filters, layer.in_channels, 3, 3}, CV_32F);
    float* to = weights.ptr<float>();
    for (int f = 0; f < layer.filters; ++f) {
      for (int c = 0; c < layer.in_channels; ++c) {
        for (int tap = 0; tap < 9; ++tap) {
          *to++ = layer.Weight(f, c, tap / 3, tap % 3) ? 1.0F : -1.0F;
        }
      }
    }
    cv::dnn::LayerParams params;
    params.set("kernel_size", 3);
    params.set("pad", 1);
    params.set("num_output", layer.filters);
    params.set("bias_term", false);
    params.blobs = {weights};
    net_.addLayerToPrev("convolution", "Convolution", params);
  }
  void AddPooling() {
    cv::dnn::LayerParams params;
    params.set("pool", "max");
    params.set("kernel_size", 3);
    params.set("stride", 2);
    params.set("pad", 1);
    params.set("ceil_mode", false);
    net_.addLayerToPrev("pooling", "Pooling", params);
  }
  void AddScaleAndSign(const ConvP& layer) {
    cv::Mat scale(1, layer.filters, CV_32F);
    cv::Mat shift(1, layer.filters, CV_32F);
    for (int f = 0; f < layer.filters; ++f) {
      const float sign = layer.AtLeast(f) ? 1.0F : -1.0F;
      const auto k = static_cast<float>(layer.Threshold(f));
      scale.at<float>(f) = sign;
      shift.at<float>(f) = -sign * k / 65536.0F;
    }
    cv::dnn::LayerParams params;
    params.set("bias_term", true);
    params.blobs = {scale, shift};
    net_.addLayerToPrev("scale", "Scale", params);
    cv::dnn::LayerParams none;
    net_.addLayerToPrev("sign", "Sign", none);
  }
  void AddHead(const BinaryFc& head) {
    cv::Mat weights(head.classes, head.inputs, CV_32F);
    for (int c = 0; c < head.classes; ++c) {
      const std::size_t row = static_cast<std::size_t>(c) * head.row_bytes();
      for (int i = 0; i < head.inputs; ++i) {
        const unsigned byte =
            head.weights[row + static_cast<std::size_t>(i / 8)];
        weights.at<float>(c, i) = ((byte >> (i % 8)) & 1U) != 0 ? 1.0F : -1.0F;
      }
    }
    cv::dnn::LayerParams params;
    params.set("num_output", head.classes);
    params.set("bias_term", false);
    params.blobs = {weights};
    net_.addLayerToPrev("head", "InnerProduct", params);
  }

  cv::dnn::Net net_;
};

/// Pixels / m as [1][3][32][32].
cv::Mat FloatPixels(const View& view) {
  cv::Mat pixels({1, kViewChannels, kViewSide, kViewSide}, CV_32F);
  const float most = *std::max_element(view.begin(), view.end());
  for (std::size_t i = 0; i < view.size(); ++i) {
    pixels.ptr<float>()[i] = static_cast<float>(view[i]) / most;
  }
  return pixels;
}

void RunDevice(benchmark::State& state, Kernel kernel, std::int64_t target) {
  hwy::GetChosenTarget().Update(target);
  const Network network(MakeBundle(false), kernel);
  const View view = RandomView();
  while (state.KeepRunning())
    benchmark::DoNotOptimize(network.RunDevice(0, view));
  hwy::GetChosenTarget().DeInit();
}

void RunOpenCv(benchmark::State& state) {
  const Network network(MakeBundle(false));
  const View view = RandomView();
  const Sums sums = network.RunDevice(0, view).sums;
  const cv::Mat pixels = FloatPixels(view);
  OpenCvSection section(network.bundle().nodes[0].section);
  const cv::Mat answer = section.Run(pixels);
  for (int c = 0; c < kClasses; ++c) {
    if (answer.at<float>(c) !=
        static_cast<float>(sums[static_cast<std::size_t>(c)])) {
      state.SkipWithError("OpenCV's network is not the same as ours");
      return;
    }
  }
  while (state.KeepRunning()) benchmark::DoNotOptimize(section.Run(pixels));
}

void RunJoining(benchmark::State& state, Kernel kernel, bool with_edge) {
  const Network network(MakeBundle(with_edge), kernel);
  std::array<FeatureMap, kDevices> maps;
  std::array<const FeatureMap*, kDevices> children{};
  for (std::size_t i = 0; i < kDevices; ++i) {
    maps[i] = network.RunDevice(static_cast<int>(i), RandomView()).map;
    children[i] = &maps[i];
  }
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(network.RunNode(kDevices, children));
  }
}

/// Prints and keeps the medians alone. CPU time: other work on the machine then
/// counts least.
class MedianReporter : public benchmark::ConsoleReporter {
 public:
  MedianReporter() : ConsoleReporter(OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> medians;
    for (const Run& run : runs) {
      if (run.error_occurred) medians.push_back(run);
      if (run.aggregate_name != "median") continue;
      medians.push_back(run);
      medians_[run.run_name.function_name] = run.GetAdjustedCPUTime() / 1000;
    }
    if (!medians.empty()) ConsoleReporter::ReportRuns(medians);
  }

  void PrintRatio(const std::string& slow, const std::string& fast,
                  const std::string& wanted) const {
    const auto of_slow = medians_.find(slow);
    const auto of_fast = medians_.find(fast);
    if (of_slow == medians_.end() || of_fast == medians_.end()) return;
    std::printf("%-22s %8.2f us   %-22s %8.2f us   %6.1f x%s\n", slow.c_str(),
                of_slow->second, fast.c_str(), of_fast->second,
                of_slow->second / of_fast->second, wanted.c_str());
  }

 private:
  std::map<std::string, double> medians_;  ///< microseconds
};

void RegisterAll() {
  const auto add = [](const std::string& name, const auto& function) {
    benchmark::RegisterBenchmark(name.c_str(), function);
  };
  const std::int64_t best = hwy::SupportedTargets();
  add("device/opencv_dnn", RunOpenCv);
  add("device/reference", [best](benchmark::State& state) {
    RunDevice(state, Kernel::kReference, best);
  });
  add("device/fast", [best](benchmark::State& state) {
    RunDevice(state, Kernel::kFast, best);
  });
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    add(std::string("device/fast_") + hwy::TargetName(target),
        [target](benchmark::State& state) {
          RunDevice(state, Kernel::kFast, target);
        });
  }
  for (const Kernel kernel : {Kernel::kReference, Kernel::kFast}) {
    const std::string name = kernel == Kernel::kFast ? "fast" : "reference";
    add("edge/" + name,
        [kernel](benchmark::State& state) { RunJoining(state, kernel, true); });
    add("cloud/" + name, [kernel](benchmark::State& state) {
      RunJoining(state, kernel, false);
    });
  }
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  ddnn::RegisterAll();
  // The machine's other work shows in single runs: repeat in random order and
  // compare medians. Flags on the command line come later and win.
  std::vector<std::string> flags{argv[0], "--benchmark_repetitions=15",
                                 "--benchmark_min_time=0.02",
                                 "--benchmark_enable_random_interleaving=true"};
  flags.insert(flags.end(), argv + 1, argv + argc);
  std::vector<char*> arguments(flags.size());
  std::ranges::transform(flags, arguments.begin(),
                         [](std::string& flag) { return flag.data(); });
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) {
    return EXIT_FAILURE;
  }
  ddnn::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::printf("\nMedians; the last column is how many times faster.\n");
  reporter.PrintRatio("device/opencv_dnn", "device/fast", "  (at least 10)");
  reporter.PrintRatio("device/reference", "device/fast", "  (at least 2)");
  reporter.PrintRatio("edge/reference", "edge/fast", "");
  reporter.PrintRatio("cloud/reference", "cloud/fast", "");
  return EXIT_SUCCESS;
}
