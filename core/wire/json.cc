#include "core/wire/json.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/listen_address.h"
#include "core/base/names.h"
#include "core/nn/bundle.h"
#include "core/wire/json_numbers.h"
#include "core/wire/json_reader.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMaxUint32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
/// Until the year 2255: nanoseconds since 1970 still fit in 63 bits.
constexpr std::int64_t kMaxStartSeconds = 9'000'000'000;
constexpr double kMaxTicksPerSecond = 1e6;
constexpr int kMaxDeviceIndex = 65535;
constexpr std::size_t kMaxCounters = 1024;
constexpr std::size_t kMaxReasonBytes = 4096;
constexpr std::size_t kMaxAddressBytes = 64;
constexpr double kMaxFloat = std::numeric_limits<float>::max();
/// Longest time that a sample can take: more than a month.

bool IsHostPort(std::string_view text) {
  const auto split = SplitHostPort(text);
  return split && split->port.value_or(0) > 0 &&
         (split->host == "localhost" || IsAddress(split->host));
}

Json Start() { return Json{{"v", 1}}; }

std::string Finish(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string TagText(std::uint32_t tag) { return fmt::format("{:08x}", tag); }

Json ShortestOf(const std::vector<float>& values) {
  Json list = Json::array();
  for (const float value : values) list.push_back(Shortest(value));
  return list;
}

void AddSample(Json& json, const SampleId& sample) {
  json["sample"] = ToString(sample);
  json["tick"] = sample.tick;
  json["object"] = sample.object;
}

SampleId ReadSample(JsonReader& in) {
  const SampleId sample{
      static_cast<Tick>(in.Integer("tick", 0, kMaxUint32)),
      static_cast<ObjectNumber>(
          in.Integer("object", 0, std::numeric_limits<ObjectNumber>::max()))};
  if (in.Text("sample", 0, 32) != ToString(sample)) {
    in.Fail(Error::kMalformed, "sample", "is not <tick>-<object>");
  }
  return sample;
}

/// The one of `values` whose name the field holds.
template <typename Enum, typename NameOf>
Enum ReadName(JsonReader& in, const char* key,
              std::initializer_list<Enum> values, NameOf name_of) {
  const std::string text = in.Text(key, 0, kMaxNameBytes);
  for (const Enum value : values) {
    if (name_of(value) == text) return value;
  }
  in.Fail(Error::kOutOfRange, key, "is none of the known names");
  return *values.begin();
}

Tier ReadTier(JsonReader& in, const char* key,
              std::string_view (*name_of)(Tier)) {
  return ReadName(in, key, {Tier::kDevice, Tier::kEdge, Tier::kCloud}, name_of);
}

int ReadLabel(JsonReader& in, const std::vector<std::string>& classes) {
  const int last = static_cast<int>(classes.size()) - 1;
  const auto label = static_cast<int>(in.Integer("label", 0, last));
  if (in.Text("class", 0, kMaxNameBytes) !=
      classes[static_cast<std::size_t>(label)]) {
    in.Fail(Error::kMalformed, "class", "is not the label's");
  }
  return label;
}

float ReadEta(JsonReader& in) {
  return static_cast<float>(in.Real("eta", 0, 1));
}

/// Indices of devices, each once and in order.
std::vector<int> ReadDevices(JsonReader& in, const char* key, std::size_t low) {
  std::vector<int> devices =
      in.Integers(key, low, kMaxDevices, 0, kMaxDevices - 1);
  if (std::ranges::adjacent_find(devices, std::greater_equal<>()) !=
      devices.end()) {
    in.Fail(Error::kOutOfRange, key, "does not ascend");
  }
  return devices;
}

/// The reason of TicksUnheard.
constexpr std::string_view kUnheard = "unheard";

TicksUnheard ReadTicksUnheard(JsonReader& in) {
  TicksUnheard ticks{static_cast<Tick>(in.Integer("tick", 0, kMaxUint32)),
                     static_cast<Tick>(in.Integer("last_tick", 0, kMaxUint32)),
                     ReadDevices(in, "devices", 1)};
  if (Before(ticks.last, ticks.first)) {
    in.Fail(Error::kOutOfRange, "last_tick", "comes before tick");
  }
  return ticks;
}

/// The instants of a sample's way by their names.
constexpr std::pair<const char*, std::optional<double> SampleTimes::*>
    kInstants[] = {{"gathered", &SampleTimes::gathered},
                   {"asked", &SampleTimes::asked},
                   {"maps", &SampleTimes::maps},
                   {"offered", &SampleTimes::offered},
                   {"answered", &SampleTimes::answered}};

void AddTimes(Json& json, const SampleTimes& times) {
  json["times_ms"] = Json::object();
  for (const auto& [name, member] : kInstants) {
    if (times.*member) {
      json["times_ms"][name] = ToMicrosecond(*(times.*member));
    }
  }
}

SampleTimes ReadTimes(JsonReader& in) {
  SampleTimes times;
  auto object = in.ObjectIfThere("times_ms");
  if (!object) return times;
  for (const auto& [name, member] : kInstants) {
    times.*member = object->RealIfThere(name, 0, kMaxLatencyMs);
  }
  in.Adopt(*object);
  return times;
}

Json ToJson(const ExitStep& step, const std::string& class_name) {
  Json json{{"exit", ExitName(step.tier)},
            {"class", class_name},
            {"label", step.label},
            {"eta", Shortest(step.eta)}};
  if (step.at_ms) json["at_ms"] = ToMicrosecond(*step.at_ms);
  return json;
}

template <typename T>
Result<T> Finished(const JsonReader& in, T value) {
  if (!in.ok()) return in.failure();
  return value;
}

}  // namespace

std::string EncodeGroupConfig(const GroupConfig& config) {
  const auto since_1970 = config.schedule.start.time_since_epoch().count();
  Json json = Start();
  json["bundle"] = TagText(config.bundle_tag);
  json["devices"] = config.devices;
  json["classes"] = config.classes;
  json["ticks_per_s"] = config.schedule.ticks_per_second;
  json["start_s"] = since_1970 / kNanosecondsPerSecond;
  json["start_ns"] = since_1970 % kNanosecondsPerSecond;
  json["first_tick"] = config.schedule.first_tick;
  json["term"] = config.term;
  return Finish(json);
}

Result<GroupConfig> DecodeGroupConfig(std::string_view text) {
  JsonReader in(text, "config");
  GroupConfig config;
  config.bundle_tag = in.Tag("bundle");
  config.devices = static_cast<int>(in.Integer("devices", 1, kMaxDevices));
  config.classes = in.Texts("classes", 2, kMaxClasses, kMaxNameBytes);
  config.schedule.ticks_per_second =
      in.Real("ticks_per_s", 0, kMaxTicksPerSecond);
  const auto seconds = in.Integer("start_s", 0, kMaxStartSeconds);
  const auto rest = in.Integer("start_ns", 0, kNanosecondsPerSecond - 1);
  config.schedule.start =
      Instant(std::chrono::nanoseconds(seconds * kNanosecondsPerSecond + rest));
  config.schedule.first_tick =
      static_cast<Tick>(in.Integer("first_tick", 0, kMaxUint32));
  config.term =
      static_cast<std::uint32_t>(in.IntegerOr("term", 0, 0, kMaxUint32));
  return Finished(in, std::move(config));
}

std::string EncodeAgentState(const AgentState& state) {
  Json json = Start();
  json["online"] = state.online;
  json["tier"] = state.tier;
  json["group"] = state.group;
  json["device"] = state.device;
  json["boot"] = state.boot;
  json["bundle"] = TagText(state.bundle_tag);
  if (state.tier == TierName(Tier::kDevice)) {
    json["camera_up"] = state.camera_up;
  }
  if (!state.metrics.empty()) json["metrics"] = state.metrics;
  if (!state.place.empty()) json["place"] = state.place;
  if (state.standby) json["standby"] = true;
  return Finish(json);
}

Result<AgentState> DecodeAgentState(std::string_view text) {
  JsonReader in(text, "state");
  AgentState state;
  state.online = in.Flag("online");
  const Tier tier = ReadTier(in, "tier", TierName);
  state.tier = TierName(tier);
  state.group = in.Text("group", 0, kMaxNameBytes);
  const bool is_device = tier == Tier::kDevice;
  state.device = static_cast<int>(in.Integer("device", is_device ? 0 : -1,
                                             is_device ? kMaxDeviceIndex : -1));
  state.boot = static_cast<std::uint32_t>(in.Integer("boot", 0, kMaxUint32));
  state.bundle_tag = in.Tag("bundle");
  state.camera_up = in.FlagOr("camera_up", true);
  state.metrics = in.TextOr("metrics", "", 0, kMaxAddressBytes);
  state.place = in.TextOr("place", "", 0, kMaxNameBytes);
  state.standby = in.FlagOr("standby", false);
  if (!state.metrics.empty() && !IsHostPort(state.metrics)) {
    in.Fail(Error::kOutOfRange, "metrics",
            "is not ADDRESS:PORT with a port from 1 to 65535");
  }
  for (const auto& [key, id] :
       {std::pair{"group", &state.group}, std::pair{"place", &state.place}}) {
    if (!id->empty() && !IsValidId(*id)) {
      in.Fail(Error::kOutOfRange, key,
              "must be empty or " + std::string(kIdRule));
    }
  }
  return Finished(in, std::move(state));
}

std::string EncodeAgentInfo(const AgentCounters& counters) {
  Json json = Start();
  json["counters"] = Json::object();
  for (const auto& [name, count] : counters) json["counters"][name] = count;
  return Finish(json);
}

Result<AgentCounters> DecodeAgentInfo(std::string_view text) {
  JsonReader in(text, "info");
  AgentCounters counters = in.Counters("counters", kMaxCounters);
  return Finished(in, std::move(counters));
}

std::string EncodeLeave(const Leave& leave) {
  Json json = Start();
  json["error"] = Name(leave.error);
  json["reason"] = leave.reason;
  return Finish(json);
}

Result<Leave> DecodeLeave(std::string_view text) {
  JsonReader in(text, "leave");
  Leave leave;
  leave.error =
      ReadName(in, "error",
               {Error::kRefused, Error::kWrongBundle, Error::kUnknownDevice},
               [](Error error) { return Name(error); });
  leave.reason = in.Text("reason", 0, kMaxReasonBytes);
  return Finished(in, std::move(leave));
}

std::string EncodeResultJson(const SampleResult& result, std::string_view group,
                             const std::vector<std::string>& classes) {
  const auto name_of = [&classes](int label) {
    return classes[static_cast<std::size_t>(label)];
  };
  Json json = Start();
  json["group"] = group;
  AddSample(json, result.sample);
  json["class"] = name_of(result.label);
  json["label"] = result.label;
  json["exit"] = ExitName(result.exit);
  json["status"] = Name(result.status);
  json["again"] = result.again;
  json["eta"] = Shortest(result.eta);
  json["probabilities"] = result.probabilities;
  json["logits"] = ShortestOf(result.logits);
  json["views"] = result.views_used;
  json["missing"] = result.views_missing;
  json["path"] = Json::array();
  for (const ExitStep& step : result.path) {
    json["path"].push_back(ToJson(step, name_of(step.label)));
  }
  json["content_bytes"] = result.content_bytes;
  json["latency_ms"] = ToMicrosecond(result.latency_ms);
  AddTimes(json, result.times);
  return Finish(json);
}

Result<SampleResult> DecodeResultJson(std::string_view text,
                                      const std::vector<std::string>& classes) {
  JsonReader in(text, "result");
  SampleResult result;
  result.sample = ReadSample(in);
  result.label = ReadLabel(in, classes);
  result.exit = ReadTier(in, "exit", ExitName);
  result.status = ReadName(
      in, "status",
      {ResultStatus::kOk, ResultStatus::kDegraded, ResultStatus::kFallback},
      [](ResultStatus status) { return Name(status); });
  result.again = in.Flag("again");
  result.eta = ReadEta(in);
  result.probabilities =
      in.Reals("probabilities", classes.size(), classes.size(), 0, 1);
  for (const double logit : in.Reals("logits", classes.size(), classes.size(),
                                     -kMaxFloat, kMaxFloat)) {
    result.logits.push_back(static_cast<float>(logit));
  }
  result.views_used = ReadDevices(in, "views", 0);
  result.views_missing = ReadDevices(in, "missing", 0);
  for (JsonReader& step : in.Objects("path", kTiers.size())) {
    const Tier exit = ReadTier(step, "exit", ExitName);
    const int label = ReadLabel(step, classes);
    const float eta = ReadEta(step);
    result.path.push_back(
        {exit, label, eta, step.RealIfThere("at_ms", 0, kMaxLatencyMs)});
    in.Adopt(step);
  }
  result.content_bytes = static_cast<int>(
      in.Integer("content_bytes", 0, std::numeric_limits<int>::max()));
  result.latency_ms = in.Real("latency_ms", 0, kMaxLatencyMs);
  result.times = ReadTimes(in);
  return Finished(in, std::move(result));
}

std::string EncodeLossJson(const SampleLoss& loss, std::string_view group) {
  Json json = Start();
  json["group"] = group;
  AddSample(json, loss.sample);
  json["reason"] = Name(loss.reason);
  if (loss.again) json["again"] = true;
  return Finish(json);
}

std::string EncodeLossJson(const TicksUnheard& ticks, std::string_view group) {
  Json json = Start();
  json["group"] = group;
  json["tick"] = ticks.first;
  json["last_tick"] = ticks.last;
  json["devices"] = ticks.devices;
  json["reason"] = kUnheard;
  return Finish(json);
}

Result<Loss> DecodeLossJson(std::string_view text) {
  JsonReader in(text, "lost");
  if (in.Text("reason", 0, kMaxNameBytes) == kUnheard) {
    return Finished<Loss>(in, ReadTicksUnheard(in));
  }
  SampleLoss loss;
  loss.sample = ReadSample(in);
  loss.reason = ReadName(in, "reason",
                         {LossReason::kLate, LossReason::kOverload,
                          LossReason::kShutdown, LossReason::kSilent},
                         [](LossReason reason) { return Name(reason); });
  loss.again = in.FlagOr("again", false);
  return Finished<Loss>(in, loss);
}

std::string EncodeLease(const Lease& lease) {
  Json json = Start();
  json["holder"] = lease.holder;
  json["term"] = lease.term;
  json["beat"] = lease.beat;
  return Finish(json);
}

Result<Lease> DecodeLease(std::string_view text) {
  JsonReader in(text, "lease");
  Lease lease;
  lease.holder = in.Text("holder", 0, kMaxNameBytes);
  lease.term = static_cast<std::uint32_t>(in.Integer("term", 0, kMaxUint32));
  lease.beat = static_cast<std::uint32_t>(in.Integer("beat", 0, kMaxUint32));
  if (!lease.holder.empty() && !IsValidId(lease.holder)) {
    in.Fail(Error::kOutOfRange, "holder",
            "must be empty or " + std::string(kIdRule));
  }
  return Finished(in, std::move(lease));
}

}  // namespace ddnn
