#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace ddnn {

/// An agent's program: beside this one.
/// \throws CommandError  kExitUnavailable: it is not there.
std::filesystem::path AgentProgram(std::string_view name);

/// A file that comes with the project, e.g. "models/epfl-mvmc-c.ddnn": in the
/// folder $DDNN_HOME if that is set, else in the nearest folder above this
/// program that has it.
/// \throws CommandError  kExitUnavailable: it is not there.
std::filesystem::path ProjectFile(const std::filesystem::path& name);

/// The broker: $DDNN_MOSQUITTO if that is set, else on the PATH, or where
/// Debian has it, in /usr/sbin, which users' PATHs lack. \throws CommandError
/// kExitUnavailable: it is not installed.
std::filesystem::path MosquittoProgram();
/// The same with $DDNN_PROMETHEUS.
std::filesystem::path PrometheusProgram();
/// The same with $DDNN_GRAFANA; nothing if it is not installed.
std::optional<std::filesystem::path> GrafanaProgram();

}  // namespace ddnn
