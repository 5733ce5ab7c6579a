#include "cli/doctor_broker.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <string>

#include "core/base/config.h"
#include "core/bus/broker_probe.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

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
    return Fault("login", code, "the broker does not let us in",
                 login.message());
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
    return fault(role,
                 fmt::format("give it the rights of its role: {}; or, with "
                             "rights of your own, `topic readwrite {}` too",
                             ProvisionCommand(profile), role_topic));
  }
  return Ok("rights",
            fmt::format("writes and hears as {} of {}", TierName(profile.tier),
                        profile.group.empty() ? "site " + profile.site
                                              : "group " + profile.group));
}

Finding CheckGroup(const AgentProfile& profile,
                   const std::optional<Bundle>& bundle, BrokerProbe* probe) {
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
  if (bundle && bundle->tag != config->bundle_tag) {
    return Fault("group", kExitProtocol,
                 fmt::format("the edge agent of {} runs bundle {:08x}, this is "
                             "{:08x}",
                             name, config->bundle_tag, bundle->tag),
                 "give every agent of the group the same bundle file");
  }
  return Ok("group", fmt::format("the edge agent of {} has {} devices and runs "
                                 "bundle {:08x}",
                                 name, config->devices, config->bundle_tag));
}

bool IsOnline(const AgentProfile& profile, BrokerProbe* probe) {
  const auto retained =
      probe->Retained(AgentTopics(profile.site, profile.agent).State());
  if (!retained || !*retained) return false;
  const auto state = DecodeAgentState(**retained);
  return state && state->online;
}

void Skip(const AgentProfile& profile, bool login_too, Diagnosis* diagnosis) {
  const std::string why = "the broker is needed for this";
  if (login_too) diagnosis->Add(Skipped("login", why));
  diagnosis->Add(Skipped("rights", why));
  if (profile.tier != Tier::kCloud) diagnosis->Add(Skipped("group", why));
}

}  // namespace

bool CheckBroker(const AgentProfile& profile,
                 const std::optional<Bundle>& bundle, Diagnosis* diagnosis) {
  try {
    CheckMqttConfig(profile.mqtt);
  } catch (const ConfigError& e) {
    diagnosis->Add(
        Fault("broker", kExitConfig, e.what(), "mend the keys mqtt.*"));
    Skip(profile, /*login_too=*/true, diagnosis);
    return false;
  }
  Finding reached = Reached(profile.mqtt);
  const bool is_reached = reached.state == Finding::State::kOk;
  diagnosis->Add(std::move(reached));
  if (!is_reached) {
    Skip(profile, /*login_too=*/true, diagnosis);
    return false;
  }
  // Not the agent's own id: the broker would throw it out if it runs.
  BrokerProbe probe(profile.mqtt, profile.agent + "-doctor");
  const Status login = probe.Login();
  diagnosis->Add(LoggedIn(profile.mqtt, login));
  if (!login) {
    Skip(profile, /*login_too=*/false, diagnosis);
    return false;
  }
  diagnosis->Add(CheckRights(profile, &probe));
  if (profile.tier != Tier::kCloud) {
    diagnosis->Add(CheckGroup(profile, bundle, &probe));
  }
  return IsOnline(profile, &probe);
}

}  // namespace ddnn
