#include "cli/local_broker.h"

#include <spdlog/fmt/fmt.h>

#include <cstdint>

#include "cli/command.h"
#include "cli/installation.h"
#include "cli/local_server.h"
#include "core/base/file.h"

namespace ddnn {
namespace {

constexpr int kAttempts = 3;
constexpr milliseconds kStartLimit{10000};

}  // namespace

LocalBroker StartBroker(const std::filesystem::path& settings,
                        const std::filesystem::path& folder,
                        const BrokerOptions& options) {
  const std::string program = MosquittoProgram().string();
  const std::string project_settings = ValueOrThrow(ReadFile(settings));
  const auto file = folder / "mosquitto.conf";
  std::string log;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::uint16_t port = FreePort(options.host);
    // `user root` only says not to change user when root starts it: a change
    // would clear the signal that ends it together with this process.
    ValueOrThrow(WriteFileAtomically(
        file, fmt::format("listener {} {}\n{}allow_anonymous true\nuser root\n"
                          "log_dest stderr\n\n# {}\n{}",
                          port, options.host,
                          options.topic_aliases ? "" : "max_topic_alias 0\n",
                          settings.string(), project_settings)));
    auto process = StartIn(folder, "broker", {program, "-c", file});
    if (AwaitServer(process, options.host, port, kStartLimit)) {
      return {std::move(process),
              fmt::format("mqtt://{}:{}", options.host, port)};
    }
    process.Stop(milliseconds(0));
    log = process.LastLines(5);
  }
  throw CommandError(kExitUnavailable,
                     fmt::format("the broker does not start ({} -c {}):\n{}",
                                 program, settings.string(), log));
}

}  // namespace ddnn
