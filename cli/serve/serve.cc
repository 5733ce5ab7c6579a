#include "cli/serve/serve.h"

#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/printable.h"
#include "cli/serve/live_page.h"
#include "cli/serve/page_server.h"
#include "cli/subscriber.h"
#include "core/base/clock.h"
#include "core/base/listen_address.h"
#include "core/base/names.h"
#include "core/base/program.h"
#include "core/bus/pipeline_thread.h"
#include "core/nn/bundle.h"
#include "core/nn/network.h"

namespace ddnn {
namespace {

constexpr std::size_t kQueuedMessages = 1 << 13;

std::unique_ptr<const Network> ReadNetwork(const std::filesystem::path& file) {
  if (file.empty()) return nullptr;
  return std::make_unique<const Network>(ValueOrThrow(ReadBundle(file)));
}

}  // namespace

int RunServe(const ServeOptions& options) {
  StopSignal stop;
  const ListenAddress address = ParseListenAddress(options.listen, "--listen");
  const auto network = ReadNetwork(options.bundle);
  const auto bus = MakeCommandBus("serve", options.mqtt);
  LivePage page({options.site, options.group, network.get()},
                [](const std::string& line) {
                  std::cerr << "ddnn serve: " + Printable(line) + '\n';
                });
  page.Subscribe(bus.get());
  const auto server = ValueOrThrow(
      PageServer::Open({address, options.allow_host}, &page), kExitUnavailable);
  const SystemClock clock;
  PipelineThread thread(bus.get(), &page, clock, kQueuedMessages);
  thread.Start([&stop] { stop.Notify(); });
  std::cout << "live page " << server->url() << " (Ctrl-C ends it)"
            << std::endl;

  stop.Wait();
  thread.Stop();  // closes the page, which ends the streams
  if (page.slow_clients() > 0) {
    std::cerr << fmt::format("ddnn serve: {} browsers were too slow\n",
                             page.slow_clients());
  }
  if (!page.refusal()) return kExitOk;
  std::cerr << "ddnn serve: the broker refuses us: " << *page.refusal() << '\n';
  return kExitRefused;
}

}  // namespace ddnn
