#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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

/// Writes an agent's configuration file, NAME.yaml in `folder`.
/// \return the command that runs `program` with it.
/// \throws CommandError  kExitUnavailable: it cannot be written.
std::vector<std::string> AgentCommand(const std::filesystem::path& program,
                                      const std::filesystem::path& folder,
                                      const std::string& name,
                                      const std::string& yaml);

}  // namespace ddnn
