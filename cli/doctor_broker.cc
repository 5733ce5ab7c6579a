#include "cli/doctor_broker.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "core/bus/broker_probe.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

// Makes an id that no agent can have. Where the broker takes the user name for
// it, as site.conf says, an agent that is logged in elsewhere is thrown out.
constexpr const char* kProbeSuffix = ".doctor";

Finding Reached(const MqttConfig& mqtt) {
  const auto took = ReachBroker(ParseBrokerUrl(mqtt.url));
  if (!took) {
    return Fault("broker", kExitUnavailable, mqtt.url + " is not reached",
                 took.message());
  }
  const std::chrono::duration<double, std::milli> ms = *took;
  return Ok("broker",
            fmt::format("{} answers in {:.1f} ms", mqtt.url, ms.count()));
}

Finding LoggedIn(const MqttConfig& mqtt, const Status& login) {
  if (!login) {
    const ExitCode code =
        login.error() == Error::kRefused ? kExitRefused : kExitUnavailable;
    std::string remedy = login.message();
    if (code == kExitUnavailable) {
      remedy +=
          "; is it an MQTT broker, and does mqtt.url say mqtts:// where it "
          "wants TLS?";
    }
    return Fault("login", code, "the broker does not let us in",
                 std::move(remedy));
  }
  return Ok("login", mqtt.user.empty()
                         ? "MQTT 5, without a user name"
                         : fmt::format("MQTT 5, as {}", mqtt.user));
}

/// A topic by which the broker shows what an agent of this tier may.
std::string RoleTopic(const AgentProfile& profile) {
  if (profile.tier == Tier::kCloud) return CloudDoctorTopic(profile.site);
  return GroupTopics(profile.site, profile.group)
      .Doctor(TierName(profile.tier));
}

std::string ProvisionCommand(const AgentProfile& profile) {
  return fmt::format("broker/provision.sh agent DIR {} {} {}{}", profile.agent,
                     TierName(profile.tier), profile.site,
                     profile.group.empty() ? "" : " " + profile.group);
}

Finding CheckRights(const AgentProfile& profile, BrokerProbe* probe) {
  const auto fault = [&](const Status& refusal, const std::string& remedy) {
    if (refusal.error() != Error::kRefused) {
      return Fault("rights", kExitUnavailable, refusal.message(),
                   "run it again, and see the broker's log");
    }
    const std::string& user = profile.mqtt.user;
    return Fault("rights", kExitRefused,
                 fmt::format("{} {}", user.empty() ? "who has no login" : user,
                             refusal.message()),
                 remedy);
  };
  const auto own =
      probe->Write(AgentTopics(profile.site, profile.agent).Response("doctor"));
  if (!own) {
    return fault(own, fmt::format("mqtt.user must be the agent's id, {}; a "
                                  "login for it: {}",
                                  profile.agent, ProvisionCommand(profile)));
  }
  const std::string role_topic = RoleTopic(profile);
  const auto role = probe->WriteAndHear(role_topic);
  if (!role) {
    return fault(
        role,
        fmt::format("correct site{}, which the login's rights are for; or give "
                    "it those of this place: below `user {}` in the broker's "
                    "acl, as `{}` would for a new login (rights of your own "
                    "need `topic readwrite {}` too)",
                    profile.tier == Tier::kCloud ? "" : " and group",
                    profile.mqtt.user, ProvisionCommand(profile), role_topic));
  }
  return Ok("rights",
            fmt::format("writes and hears as {} of {}", TierName(profile.tier),
                        profile.group.empty() ? "site " + profile.site
                                              : "group " + profile.group));
}

Finding CheckGroup(const AgentProfile& profile,
                   const std::optional<Placement>& placement,
                   BrokerProbe* probe) {
  const auto retained =
      probe->Retained(GroupTopics(profile.site, profile.group).Config());
  if (!retained) return Skipped("group", retained.message());
  const std::string name = profile.site + "/" + profile.group;
  if (!*retained) {
    const std::string text = "no edge agent has led " + name + " yet";
    if (profile.tier == Tier::kEdge) return Ok("group", text);
    return Warning("group", text,
                   "start the edge agent, or check site and group: devices "
                   "wait for its schedule");
  }
  const auto config = DecodeGroupConfig(**retained);
  if (!config) {
    return Fault("group", kExitProtocol,
                 name + ": its schedule cannot be read: " + config.message(),
                 "let all agents be of one version");
  }
  if (placement && placement->bundle.tag != config->bundle_tag) {
    return Fault("group", kExitProtocol,
                 fmt::format("the edge agent of {} runs bundle {:08x}, this is "
                             "{:08x}",
                             name, config->bundle_tag, placement->bundle.tag),
                 "give every agent of the group the same bundle file");
  }
  return Ok("group", fmt::format("the edge agent of {} has {} devices and runs "
                                 "bundle {:08x}",
                                 name, config->devices, config->bundle_tag));
}

}  // namespace

bool CheckBroker(const AgentProfile& profile,
                 const std::optional<Placement>& placement,
                 std::optional<pid_t> running, Diagnosis* diagnosis) {
  const auto skip_from = [&](std::size_t first, const std::string& why) {
    const std::array<std::string, 3> checks{"login", "rights", "group"};
    const std::size_t end = profile.tier == Tier::kCloud ? 2 : 3;
    for (std::size_t i = first; i < end; ++i) {
      diagnosis->Add(Skipped(checks[i], why));
    }
  };
  const std::string needed = "the broker is needed for this";
  Finding reached = Reached(profile.mqtt);
  const bool is_reached = reached.state == Finding::State::kOk;
  diagnosis->Add(std::move(reached));
  if (!is_reached) {
    skip_from(0, needed);
    return false;
  }
  if (running) {
    skip_from(0, fmt::format("{} runs here, as process {}, and would be thrown "
                             "out; its log and /metrics tell how it does",
                             profile.agent, *running));
    return true;
  }
  BrokerProbe probe(profile.mqtt, profile.agent + kProbeSuffix);
  const Status login = probe.Login();
  diagnosis->Add(LoggedIn(profile.mqtt, login));
  if (!login) {
    skip_from(1, needed);
    return true;
  }
  diagnosis->Add(CheckRights(profile, &probe));
  if (profile.tier != Tier::kCloud) {
    diagnosis->Add(CheckGroup(profile, placement, &probe));
  }
  return true;
}

}  // namespace ddnn
