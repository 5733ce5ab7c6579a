#include "cli/watch.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <iostream>
#include <system_error>
#include <utility>

#include "cli/command.h"
#include "cli/printable.h"
#include "cli/recording.h"
#include "cli/stop_flag.h"
#include "cli/subscriber.h"
#include "core/base/exit_code.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

constexpr std::size_t kMaxGroups = 1000;

std::string TimeOfDay(Instant now) {
  const auto ms = std::chrono::floor<milliseconds>(now);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::floor<std::chrono::seconds>(now));
  return fmt::format("{:%H:%M:%S}.{:03}", fmt::localtime(seconds),
                     ms.time_since_epoch().count() % 1000);
}

std::string GroupOf(const ParsedTopic& topic) {
  return fmt::format("{}/{}", topic.site, topic.group);
}

std::string Join(const std::vector<int>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

}  // namespace

void WatchPrinter::Subscribe(Bus* bus) const {
  const GroupTopics group(options_.site, options_.group);
  const AgentTopics agents(options_.site, "+");
  for (const auto& filter :
       {group.Config(), group.Result(), group.Lost(), agents.State()}) {
    bus->Subscribe(filter, Qos::kAtLeastOnce);
  }
  if (options_.json) bus->Subscribe(agents.Info(), Qos::kAtLeastOnce);
}

std::string WatchPrinter::OnMessage(const BusMessage& message, Instant now) {
  if (options_.json) {
    const auto line = RecordedLine(message, now);
    return line ? *line + '\n' : Rejected();
  }
  const auto topic = ParseTopic(message.topic);
  if (!topic) return Rejected();
  std::string text = AsText(*topic, message);
  if (text.empty()) return text;
  return TimeOfDay(now) + "  " + Printable(std::move(text)) + '\n';
}

std::string WatchPrinter::Rejected() {
  ++rejected_;
  return {};
}

std::string WatchPrinter::AsText(const ParsedTopic& topic,
                                 const BusMessage& message) {
  if (topic.kind == "result") return ResultText(topic, message.payload);
  if (topic.kind == "lost") return LossText(topic, message.payload);
  if (topic.kind == "state") return StateText(topic, message);
  if (topic.kind != "config") return Rejected();
  auto config = DecodeGroupConfig(message.payload);
  const std::string group = GroupOf(topic);
  const bool has_room =
      classes_.size() < kMaxGroups || classes_.contains(group);
  if (!config || !has_room) return Rejected();
  classes_[group] = std::move(config->classes);
  return {};
}

std::string WatchPrinter::ResultText(const ParsedTopic& topic,
                                     const std::string& payload) {
  const auto classes = classes_.find(GroupOf(topic));
  if (classes == classes_.end()) return Rejected();
  const auto result = DecodeResultJson(payload, classes->second);
  if (!result) return Rejected();
  std::string text = fmt::format(
      "{}  sample {}  {:<10} exit {:<5}  eta {:.3f}  seen by {}  {:.1f} ms",
      GroupOf(topic), ToString(result->sample),
      classes->second[static_cast<std::size_t>(result->label)],
      ExitName(result->exit), result->eta, Join(result->views_used),
      result->latency_ms);
  if (!result->views_missing.empty()) {
    text += "  missing " + Join(result->views_missing);
  }
  if (result->status != ResultStatus::kOk) {
    text += fmt::format("  {}", Name(result->status));
  }
  if (result->again) text += "  again";
  return text;
}

std::string WatchPrinter::LossText(const ParsedTopic& topic,
                                   const std::string& payload) {
  const auto loss = DecodeLossJson(payload);
  if (!loss) return Rejected();
  if (const auto* sample = std::get_if<SampleLoss>(&*loss)) {
    return fmt::format("{}  sample {}  LOST: {}", GroupOf(topic),
                       ToString(sample->sample), Name(sample->reason));
  }
  const auto& ticks = std::get<TicksUnheard>(*loss);
  return fmt::format("{}  ticks {} to {}  NOT HEARD of devices {}",
                     GroupOf(topic), ticks.first, ticks.last,
                     fmt::join(ticks.devices, ", "));
}

std::string WatchPrinter::StateText(const ParsedTopic& topic,
                                    const BusMessage& message) {
  if (message.payload.empty()) {
    return fmt::format("{}  agent {} removed", topic.site, topic.agent);
  }
  const auto state = DecodeAgentState(message.payload);
  if (!state) return Rejected();
  std::string text =
      fmt::format("{}  agent {} ({}", topic.site, topic.agent, state->tier);
  if (state->device >= 0) text += fmt::format(" {}", state->device);
  if (!state->group.empty()) text += fmt::format(" of {}", state->group);
  text += state->online ? ") is there" : ") is gone";
  if (state->online && !state->camera_up) text += ", its camera is down";
  return text;
}

int RunWatch(const WatchOptions& options) {
  const StopFlag stop;
  WatchPrinter printer(options);
  const SystemClock clock;
  Subscriber subscriber(MakeCommandBus("watch", options.mqtt), clock,
                        [&printer](Bus* bus) { printer.Subscribe(bus); });
  int code = kExitOk;
  const auto take = [&](const Arrival& heard) {
    if (const auto* message = std::get_if<BusMessage>(&heard.event)) {
      std::cout << printer.OnMessage(*message, heard.at) << std::flush;
      // EPIPE: who reads us has seen enough.
      if (!std::cout && errno != EPIPE) {
        throw CommandError(kExitUnavailable,
                           "cannot write to standard output: " +
                               std::generic_category().message(errno));
      }
    } else if (const auto* lost = std::get_if<BusDisconnected>(&heard.event)) {
      std::cerr << DisconnectedText("watch", *lost);
      if (lost->final) code = kExitRefused;
    }
  };
  while (code == kExitOk && !stop.raised() && std::cout) {
    if (const auto heard = subscriber.Next()) take(*heard);
  }
  subscriber.bus().Stop();
  while (std::cout) {  // what had come by then
    const auto heard = subscriber.Next({});
    if (!heard) break;
    take(*heard);
  }
  std::cerr << MissedText("watch", printer.rejected(), subscriber.dropped());
  return code;
}

}  // namespace ddnn
