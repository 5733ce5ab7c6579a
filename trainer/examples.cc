#include "trainer/examples.h"

#define XXH_INLINE_ALL
#include <spdlog/fmt/fmt.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <type_traits>
#include <utility>

namespace ddnn {
namespace {

using Votes = std::map<int, int>;

int Winner(const Votes& votes) {
  return std::max_element(
             votes.begin(), votes.end(),
             [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

std::uint64_t Presence(const Examples& examples, int row) {
  std::uint64_t pattern = 0;
  for (const auto& view : examples.views[static_cast<std::size_t>(row)]) {
    pattern = pattern * 2 + (view.has_value() ? 1 : 0);
  }
  return pattern;
}

}  // namespace

Examples KeepSeen(DataSet data, SampleViews views) {
  Examples examples;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (std::none_of(views[i].begin(), views[i].end(),
                     [](const auto& view) { return view.has_value(); })) {
      ++examples.blind;
      continue;
    }
    examples.data.samples.push_back(std::move(data.samples[i]));
    examples.views.push_back(std::move(views[i]));
  }
  data.samples.swap(examples.data.samples);
  examples.data = std::move(data);
  return examples;
}

Result<Examples> LoadExamples(const std::filesystem::path& root,
                              const std::string& split) {
  auto data = ReadRows(root, split);
  if (!data) return data.failure();
  auto views = ReadAllViews(*data);
  if (!views) return views.failure();
  Examples examples =
      KeepSeen(std::move(data).value(), std::move(views).value());
  if (examples.size() == 0) {
    return Failure{
        Error::kNotFound,
        fmt::format("{}: no camera sees any sample{}{}", root.string(),
                    split.empty() ? "" : " of ", split)};
  }
  return examples;
}

Result<Examples> KeepCameras(Examples examples, const std::string& names) {
  if (names == "all") return examples;
  std::vector<std::string>& cameras = examples.data.cameras;
  std::set<std::size_t> kept;
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');) {
    const int index = examples.data.CameraIndex(name);
    if (index < 0) {
      return Failure{Error::kNotFound,
                     fmt::format("{}: no camera '{}'; there are {}",
                                 examples.data.root.string(), name,
                                 fmt::join(cameras, ", "))};
    }
    if (!kept.insert(static_cast<std::size_t>(index)).second) {
      return Failure{Error::kOutOfRange,
                     fmt::format("camera '{}' is named twice", name)};
    }
  }
  const auto keep = [&kept](auto* values) {
    std::remove_reference_t<decltype(*values)> some;
    for (const std::size_t i : kept) some.push_back(std::move((*values)[i]));
    values->swap(some);
  };
  keep(&cameras);
  for (auto& views : examples.views) keep(&views);
  for (DataSample& sample : examples.data.samples) keep(&sample.boxes);
  const int blind = examples.blind;
  Examples seen = KeepSeen(std::move(examples.data), std::move(examples.views));
  seen.blind += blind;
  return seen;
}

std::string DigestOf(const Examples& examples) {
  std::uint64_t hash = 0;
  const auto add = [&hash](const void* bytes, std::size_t size) {
    hash = XXH3_64bits_withSeed(bytes, size, hash);
  };
  for (int row = 0; row < examples.size(); ++row) {
    const int label = examples.label(row);
    add(&label, sizeof label);
    for (const auto& view : examples.views[static_cast<std::size_t>(row)]) {
      const bool seen = view.has_value();
      add(&seen, sizeof seen);
      if (seen) add(view->data(), view->size());
    }
  }
  return fmt::format("{:016x}", hash);
}

Status CheckTrainable(const Examples& examples, int least_cameras) {
  const DataSet& data = examples.data;
  const auto fail = [&](const std::string& what) {
    return Failure{Error::kOutOfRange, data.root.string() + ": " + what};
  };
  if (examples.devices() < least_cameras) {
    return fail(
        "has one camera; a network over several devices needs two "
        "or more camera columns in samples.csv");
  }
  if (examples.classes() < 2) return fail("classes.txt names fewer than two");
  std::vector<int> of_class(data.classes.size(), 0);
  std::vector<int> of_camera(data.cameras.size(), 0);
  for (int i = 0; i < examples.size(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    ++of_class[static_cast<std::size_t>(examples.label(i))];
    for (std::size_t d = 0; d < of_camera.size(); ++d) {
      of_camera[d] += examples.views[row][d].has_value() ? 1 : 0;
    }
  }
  for (std::size_t c = 0; c < of_class.size(); ++c) {
    if (of_class[c] == 0) {
      return fail("no training sample of class '" + data.classes[c] +
                  "'; choose a split that has some, or take the class out of "
                  "classes.txt");
    }
  }
  for (std::size_t d = 0; d < of_camera.size(); ++d) {
    if (of_camera[d] == 0) {
      return fail("camera '" + data.cameras[d] +
                  "' sees no training sample; choose a split where it does, "
                  "or take its columns out of samples.csv");
    }
  }
  return Done{};
}

InnerSplit SplitInner(const Examples& examples, const std::string& source,
                      double last_frames) {
  std::set<int> frames;
  for (const DataSample& sample : examples.data.samples) {
    frames.insert(sample.frame);
  }
  auto held = static_cast<std::size_t>(
      std::floor(last_frames * static_cast<double>(frames.size())));
  std::set<int> last;
  for (auto it = frames.rbegin(); held > 0; ++it, --held) last.insert(*it);

  InnerSplit split;
  for (int i = 0; i < examples.size(); ++i) {
    const DataSample& sample =
        examples.data.samples[static_cast<std::size_t>(i)];
    const bool held_out = (source != "none" && sample.source == source) ||
                          last.contains(sample.frame);
    (held_out ? split.held_out : split.fit).push_back(i);
  }
  return split;
}

double PresenceLookupAccuracy(const Examples& train, const Examples& test) {
  std::map<std::uint64_t, Votes> by_pattern;
  Votes overall;
  for (int i = 0; i < train.size(); ++i) {
    ++by_pattern[Presence(train, i)][train.label(i)];
    ++overall[train.label(i)];
  }
  int correct = 0;
  for (int i = 0; i < test.size(); ++i) {
    const auto votes = by_pattern.find(Presence(test, i));
    const int answer =
        Winner(votes == by_pattern.end() ? overall : votes->second);
    correct += answer == test.label(i) ? 1 : 0;
  }
  return static_cast<double>(correct) / test.size();
}

}  // namespace ddnn
