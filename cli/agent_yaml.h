#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ddnn {

/// A YAML scalar in double quotes, which may hold any character.
std::string Quoted(const std::string& text);
/// The same of a path, made absolute.
std::string QuotedPath(const std::filesystem::path& path);

/// What the configuration file of each agent on this machine begins with; its
/// /metrics is on a free port of loopback.
std::string AgentYaml(std::string_view site, std::string_view agent,
                      const std::filesystem::path& bundle,
                      const std::string& broker_url);

}  // namespace ddnn
