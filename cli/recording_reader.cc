#include "cli/recording_reader.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace ddnn {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxGroups = 1000;
/// Until the year 2255, as everywhere.
constexpr double kMaxSeconds = 9e9;
/// Of a view or a map.
constexpr double kMaxBytes = 1e6;

Failure Malformed(std::string message) {
  return {Error::kMalformed, std::move(message)};
}

std::string TextOf(const Json& line, const char* key) {
  const auto value = line.find(key);
  return value != line.end() && value->is_string() ? value->get<std::string>()
                                                   : std::string();
}

Figure FigureOf(const Json& line, const char* key) {
  const auto value = line.find(key);
  if (value == line.end() || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

/// What makes no sense is not known.
Figure Between(double low, Figure figure, double high) {
  const bool sane = figure && *figure >= low && *figure <= high;
  return sane ? figure : std::nullopt;
}

std::vector<std::string> TextsOf(const Json& line, const char* key,
                                 std::size_t most) {
  std::vector<std::string> texts;
  const auto list = line.find(key);
  if (list == line.end() || !list->is_array()) return texts;
  for (const Json& text : *list) {
    if (texts.size() == most) break;
    texts.push_back(text.is_string() ? text.get<std::string>() : "");
  }
  return texts;
}

Result<RunDescription> ToRun(const Json& line) {
  RunDescription run;
  run.input = TextOf(line, "input");
  run.network = TextOf(line, "network");
  run.hierarchy = TextOf(line, "hierarchy");
  const auto samples = line.find("samples");
  if (samples == line.end() || !samples->is_number_unsigned() ||
      *samples > std::numeric_limits<int>::max()) {
    return Malformed("run: `samples` is not a count");
  }
  run.samples = samples->get<int>();
  run.classes = TextsOf(line, "classes", kMaxClasses);
  run.cameras = TextsOf(line, "cameras", kMaxDevices);
  if (const auto thresholds = line.find("thresholds");
      thresholds != line.end() && thresholds->is_object()) {
    for (const Tier tier : kTiers) {
      run.thresholds[static_cast<std::size_t>(tier)] = Between(
          0, FigureOf(*thresholds, std::string(ExitName(tier)).c_str()), 1);
    }
  }
  run.map_bytes = Between(0, FigureOf(line, "map_bytes"), kMaxBytes);
  run.jpeg_bytes = Between(0, FigureOf(line, "jpeg_bytes"), kMaxBytes);
  return run;
}

std::optional<int> TruthIn(const Json& line,
                           const std::vector<std::string>& classes) {
  const auto found =
      std::find(classes.begin(), classes.end(), TextOf(line, "truth"));
  if (found == classes.end()) return std::nullopt;
  return static_cast<int>(found - classes.begin());
}

/// The event with `what` from a decoder, or its failure.
template <typename T, typename Into>
Result<RecordedEvent> With(RecordedEvent event, Result<T> what, Into into) {
  if (!what) return what.failure();
  event.what = into(std::move(what).value());
  return event;
}
template <typename T>
Result<RecordedEvent> With(RecordedEvent event, Result<T> what) {
  return With(std::move(event), std::move(what), [](T value) { return value; });
}

}  // namespace

bool ReadRecordedLine(std::istream& in, std::string* line) {
  line->clear();
  std::streambuf& bytes = *in.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  int c = bytes.sbumpc();
  if (c == kEnd) return false;
  for (; c != kEnd && c != '\n'; c = bytes.sbumpc()) {
    if (line->size() <= RecordingReader::kLineLimitBytes) {
      line->push_back(static_cast<char>(c));
    }
  }
  return true;
}

const GroupConfig* RecordingReader::ConfigOf(const std::string& site,
                                             const std::string& group) const {
  const auto found = configs_.find(site + "/" + group);
  return found == configs_.end() ? nullptr : &found->second;
}

Result<RecordedEvent> RecordingReader::Read(std::string_view line) {
  if (line.size() > kLineLimitBytes) {
    return Failure{Error::kOversized,
                   fmt::format("a line of {} bytes, at most "
                               "{}",
                               line.size(), kLineLimitBytes)};
  }
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Malformed("not a JSON object");
  const Figure time = FigureOf(json, "time_s");
  if (!time || !(*time >= 0 && *time <= kMaxSeconds)) {
    return Malformed("`time_s` is missing or no time");
  }
  RecordedEvent event{.time_s = *time,
                      .site = TextOf(json, "site"),
                      .group = TextOf(json, "group"),
                      .agent = TextOf(json, "agent"),
                      .what = {}};
  const std::string kind = TextOf(json, "event");
  if (kind == "run") return With(std::move(event), ToRun(json));
  if (kind == "info") return With(std::move(event), DecodeAgentInfo(line));
  if (kind == "state") {
    if (json.contains("removed")) {
      event.what = AgentState{};
      return event;
    }
    return With(std::move(event), DecodeAgentState(line));
  }
  if (kind == "config") {
    Result<GroupConfig> config = DecodeGroupConfig(line);
    const std::string group = event.site + "/" + event.group;
    if (config && (configs_.size() < kMaxGroups || configs_.contains(group))) {
      configs_[group] = *config;
    }
    return With(std::move(event), std::move(config));
  }
  if (kind != "result" && kind != "lost") {
    return Malformed("`event` is none of the known names");
  }
  const GroupConfig* config = ConfigOf(event.site, event.group);
  if (config == nullptr) {
    return Failure{Error::kNotFound, "a result before its group's config"};
  }
  const std::optional<int> truth = TruthIn(json, config->classes);
  if (kind == "lost") {
    return With(std::move(event), DecodeLossJson(line),
                [truth](const Loss& loss) -> RecordedEvent::What {
                  if (const auto* sample = std::get_if<SampleLoss>(&loss)) {
                    return RecordedEvent::Loss{*sample, truth};
                  }
                  return std::get<TicksUnheard>(loss);
                });
  }
  return With(std::move(event), DecodeResultJson(line, config->classes),
              [truth](SampleResult result) {
                return RecordedEvent::Answer{std::move(result), truth};
              });
}

}  // namespace ddnn
