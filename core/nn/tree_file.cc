#include "core/nn/tree_file.h"

#include <spdlog/fmt/fmt.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/config.h"
#include "core/base/file.h"
#include "core/base/names.h"

namespace ddnn {
namespace {

constexpr std::size_t kTreeLimitBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxPlaces = kMaxDevices + kMaxEdges + 1;

/// Reads one file, so that every message can name it.
class Reader {
 public:
  Reader(const std::filesystem::path& file, const Bundle& bundle)
      : file_(file), bundle_(bundle) {}

  ParsedTree Read() const;

 private:
  template <typename... Args>
  [[noreturn]] void Fail(const YAML::Node& at,
                         fmt::format_string<Args...> format,
                         Args&&... args) const {
    throw ConfigError(fmt::format(
        "{}:{}: {}", file_.string(), std::max(at.Mark().line, 0) + 1,
        fmt::format(format, std::forward<Args>(args)...)));
  }

  /// The keys of a map, each once and each allowed.
  std::map<std::string, YAML::Node> Keys(
      const YAML::Node& map, std::string_view what,
      const std::vector<std::string>& allowed) const;
  std::string Scalar(const YAML::Node& node, std::string_view key) const;
  int Integer(const YAML::Node& node, std::string_view key, int min,
              int max) const;
  std::vector<std::string> Words(const YAML::Node& node,
                                 std::string_view key) const;
  ParsedPlace ReadPlace(const std::string& name, const YAML::Node& node) const;
  int Section(const YAML::Node& at, const std::string& name) const;
  Tier ExitNamed(const YAML::Node& at, const std::string& name) const;

  const std::filesystem::path& file_;
  const Bundle& bundle_;
};

std::map<std::string, YAML::Node> Reader::Keys(
    const YAML::Node& map, std::string_view what,
    const std::vector<std::string>& allowed) const {
  if (!map.IsMap()) Fail(map, "{} must hold `key: value`", what);
  std::map<std::string, YAML::Node> keys;
  for (const auto& item : map) {
    const auto key = item.first.as<std::string>();
    if (!allowed.empty() && std::ranges::find(allowed, key) == allowed.end()) {
      Fail(item.first, "{}: unknown key '{}'; known are {}", what, key,
           fmt::join(allowed, ", "));
    }
    if (!keys.emplace(key, item.second).second) {
      Fail(item.first, "{}: '{}' is given twice", what, key);
    }
    if (keys.size() > kMaxPlaces) {
      Fail(item.first, "{}: more than {} keys", what, kMaxPlaces);
    }
  }
  return keys;
}

std::string Reader::Scalar(const YAML::Node& node, std::string_view key) const {
  if (!node.IsScalar()) Fail(node, "{} must be one word", key);
  return node.Scalar();
}

int Reader::Integer(const YAML::Node& node, std::string_view key, int min,
                    int max) const {
  const std::string text = Scalar(node, key);
  int value = 0;
  if (!YAML::convert<int>::decode(node, value) || value < min || value > max) {
    Fail(node, "{} = '{}': must be a whole number from {} to {}", key, text,
         min, max);
  }
  return value;
}

std::vector<std::string> Reader::Words(const YAML::Node& node,
                                       std::string_view key) const {
  if (!node.IsSequence() || node.size() > kMaxPlaces) {
    Fail(node, "{} must be a list of at most {} names, e.g. [a, b]", key,
         kMaxPlaces);
  }
  std::vector<std::string> words;
  for (const YAML::Node& item : node) words.push_back(Scalar(item, key));
  return words;
}

int Reader::Section(const YAML::Node& at, const std::string& name) const {
  const auto found = std::ranges::find(bundle_.nodes, name, &Node::name);
  if (found == bundle_.nodes.end()) {
    std::vector<std::string> names;
    for (const Node& node : bundle_.nodes) names.push_back(node.name);
    Fail(at, "no section '{}'; bundle '{}' has {}", name, bundle_.name,
         fmt::join(names, ", "));
  }
  return static_cast<int>(found - bundle_.nodes.begin());
}

Tier Reader::ExitNamed(const YAML::Node& at, const std::string& name) const {
  std::vector<std::string_view> names;
  for (const Exit& exit : bundle_.exits) {
    names.push_back(ExitName(exit.tier));
    if (names.back() == name) return exit.tier;
  }
  Fail(at, "no exit '{}'; bundle '{}' has {}", name, bundle_.name,
       fmt::join(names, ", "));
}

ParsedPlace Reader::ReadPlace(const std::string& name,
                              const YAML::Node& node) const {
  if (!IsValidId(name)) Fail(node, "a place's name must be {}", kIdRule);
  const std::string what = fmt::format("place '{}'", name);
  auto keys =
      Keys(node, what, {"tier", "device", "sections", "exits", "children"});
  ParsedPlace parsed{
      .place = {.name = name}, .children = {}, .line = node.Mark().line + 1};
  if (!keys.contains("tier")) {
    Fail(node, "{}: tier is missing; set it to device, edge or cloud", what);
  }
  const std::string tier = Scalar(keys["tier"], "tier");
  const auto known = std::ranges::find(kTiers, tier, TierName);
  if (known == kTiers.end()) {
    Fail(keys["tier"], "{}: tier = '{}': must be device, edge or cloud", what,
         tier);
  }
  Place& place = parsed.place;
  place.tier = *known;
  if (keys.contains("device")) {
    place.device =
        Integer(keys["device"], "device", 0, bundle_.device_count() - 1);
  }
  if ((place.tier == Tier::kDevice) != (place.device >= 0)) {
    Fail(node,
         "{}: a device names its index in the group (device: 0), no "
         "other place does",
         what);
  }
  if (keys.contains("sections")) {
    for (const auto& section : Words(keys["sections"], "sections")) {
      place.sections.push_back(Section(keys["sections"], section));
    }
  }
  if (keys.contains("exits")) {
    for (const auto& exit : Words(keys["exits"], "exits")) {
      place.exits.push_back(ExitNamed(keys["exits"], exit));
    }
  }
  if (keys.contains("children")) {
    parsed.children = Words(keys["children"], "children");
  }
  std::ranges::sort(place.sections);
  std::ranges::sort(place.exits);
  return parsed;
}

ParsedTree Reader::Read() const {
  const auto content = ReadFile(file_, kTreeLimitBytes);
  if (!content) throw ConfigError("tree: " + content.message());
  ParsedTree parsed;
  parsed.file = file_.string();
  try {
    const YAML::Node root = YAML::Load(*content);
    auto keys = Keys(root, "the tree", {"offload", "jpeg_quality", "places"});
    if (keys.contains("offload")) {
      const std::string word = Scalar(keys["offload"], "offload");
      for (const Offload offload : {Offload::kRaw, Offload::kJpeg}) {
        if (word == Name(offload)) parsed.offload = offload;
      }
      if (word != Name(parsed.offload)) {
        Fail(keys["offload"], "offload = '{}': must be none, raw or jpeg",
             word);
      }
    }
    if (keys.contains("jpeg_quality")) {
      parsed.jpeg_quality =
          Integer(keys["jpeg_quality"], "jpeg_quality", 1, 100);
    }
    if (!keys.contains("places")) Fail(root, "places is missing");
    for (const auto& [name, node] : Keys(keys["places"], "places", {})) {
      parsed.places.push_back(ReadPlace(name, node));
    }
  } catch (const YAML::Exception& e) {
    throw ConfigError(fmt::format("{}:{}: not valid YAML: {}", file_.string(),
                                  e.mark.line + 1, e.msg));
  }
  return parsed;
}

}  // namespace

ParsedTree ReadTreeFile(const std::filesystem::path& file,
                        const Bundle& bundle) {
  return Reader(file, bundle).Read();
}

}  // namespace ddnn
