#include "cli/agent_yaml.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "core/base/file.h"

namespace ddnn {

std::string Quoted(const std::string& text) {
  // JSON's quoting is a subset of YAML's.
  return nlohmann::json(text).dump(-1, ' ', false,
                                   nlohmann::json::error_handler_t::replace);
}

std::string QuotedPath(const std::filesystem::path& path) {
  return Quoted(std::filesystem::absolute(path).string());
}

std::string AgentYaml(std::string_view site, std::string_view agent,
                      const std::filesystem::path& bundle,
                      const std::string& broker_url) {
  return fmt::format(
      "site: {}\nagent: {}\nbundle: {}\nmqtt:\n  url: {}\n"
      "metrics:\n  listen: 127.0.0.1:0\n",
      site, agent, QuotedPath(bundle), Quoted(broker_url));
}

std::vector<std::string> AgentCommand(const std::filesystem::path& program,
                                      const std::filesystem::path& folder,
                                      const std::string& name,
                                      const std::string& yaml) {
  const auto config = folder / (name + ".yaml");
  ValueOrThrow(WriteFileAtomically(config, yaml), kExitUnavailable);
  return {program.string(), "--config", config.string()};
}

}  // namespace ddnn
