#include "cli/recording.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/command.h"
#include "cli/figure_json.h"
#include "cli/output_files.h"
#include "core/bus/topics.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> kRecorded{"config", "result", "lost",
                                                    "state", "info"};

/// Seconds since 1970, to the millisecond.
double Seconds(Instant now) {
  const auto ms = std::chrono::floor<milliseconds>(now).time_since_epoch();
  return static_cast<double>(ms.count()) / 1000.0;
}

std::string Finish(const Json& line) {
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The message's fields; nothing if it is no JSON object.
Json ContentOf(const BusMessage& message, std::string_view kind) {
  if (kind == "state" && message.payload.empty()) return {{"removed", true}};
  return Json::parse(message.payload, nullptr, /*allow_exceptions=*/false);
}

std::optional<SampleId> SampleIn(const Json& content) {
  const auto tick = content.find("tick");
  const auto object = content.find("object");
  if (tick == content.end() || !tick->is_number_unsigned() ||
      object == content.end() || !object->is_number_unsigned()) {
    return std::nullopt;
  }
  return SampleId{tick->get<Tick>(), object->get<ObjectNumber>()};
}

}  // namespace

std::string RunLine(const RunDescription& run, Instant now) {
  Json line{{"event", "run"},
            {"time_s", Seconds(now)},
            {"v", 1},
            {"input", run.input},
            {"network", run.network},
            {"hierarchy", run.hierarchy},
            {"samples", run.samples},
            {"classes", run.classes},
            {"cameras", run.cameras}};
  line["thresholds"] = Json::object();
  for (const Tier tier : kTiers) {
    const Figure& t = run.thresholds[static_cast<std::size_t>(tier)];
    if (t) line["thresholds"][std::string(ExitName(tier))] = *t;
  }
  line["map_bytes"] = ToJsonValue(run.map_bytes);
  line["jpeg_bytes"] = ToJsonValue(run.jpeg_bytes);
  return Finish(line);
}

std::optional<std::string> RecordedLine(const BusMessage& message, Instant now,
                                        const TruthOf& truth_of) {
  const auto topic = ParseTopic(message.topic);
  if (!topic || std::find(kRecorded.begin(), kRecorded.end(), topic->kind) ==
                    kRecorded.end()) {
    return std::nullopt;
  }
  const Json content = ContentOf(message, topic->kind);
  if (!content.is_object()) return std::nullopt;
  Json line{
      {"event", topic->kind}, {"time_s", Seconds(now)}, {"site", topic->site}};
  if (!topic->group.empty()) line["group"] = topic->group;
  if (!topic->agent.empty()) line["agent"] = topic->agent;
  if (truth_of && (topic->kind == "result" || topic->kind == "lost")) {
    const auto sample = SampleIn(content);
    const auto truth = sample ? truth_of(*sample) : std::nullopt;
    if (truth) line["truth"] = *truth;
  }
  // What the line says itself, a message cannot say.
  for (const auto& [key, value] : content.items()) {
    if (!line.contains(key)) line[key] = value;
  }
  return Finish(line);
}

RecordingFile::RecordingFile(const std::filesystem::path& path) : path_(path) {
  if (!wanted()) return;
  RequireFolderOf(path_);
  out_.open(path_, std::ios::binary | std::ios::trunc);
  if (!out_) {
    throw CommandError(kExitUnavailable, path_.string() + ": cannot write");
  }
}

void RecordingFile::Write(const std::string& line) {
  if (wanted()) out_ << line << '\n';
}

void RecordingFile::Close() {
  if (!wanted()) return;
  out_.close();
  if (!out_) {
    throw CommandError(kExitUnavailable,
                       path_.string() + ": not all could be written");
  }
}

}  // namespace ddnn
