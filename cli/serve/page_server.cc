#include "cli/serve/page_server.h"

#include <spdlog/fmt/fmt.h>

#include <atomic>
#include <charconv>
#include <utility>

#include "cli/serve/assets.h"
#include "cli/serve/request_check.h"
#include "core/http/bounded_server.h"

namespace ddnn {
namespace {

// So that a browser that does not read is noticed after a few updates, not
// after the megabytes that the kernel would hold for it.
constexpr int kSendBufferBytes = 64 * 1024;

constexpr auto kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

constexpr HttpLimits kLimits{.threads = PageServer::kThreads,
                             .request_bytes = PageServer::kRequestBytes,
                             .request_time = PageServer::kRequestTime,
                             .write_time = PageServer::kWriteTime,
                             .send_buffer_bytes = kSendBufferBytes};

const char* TypeOf(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

}  // namespace

class PageServer::Impl {
 public:
  Impl(Options options, LivePage* page)
      : options_(std::move(options)),
        page_(page),
        server_(kLimits, [page] { page->CountSlowClient(); }) {
    server_.set_default_headers(
        {{"Content-Security-Policy", kPolicy},
         {"X-Content-Type-Options", "nosniff"},
         {"Referrer-Policy", "no-referrer"},
         {"Cross-Origin-Resource-Policy", "same-origin"},
         {"Cross-Origin-Opener-Policy", "same-origin"},
         {"Cache-Control", "no-store"}});
    server_.set_pre_routing_handler(
        [this](const auto& request, auto& response) {
          return Refuse(request, response);
        });
    server_.Get("/events", [this](const auto& request, auto& response) {
      SendEvents(request, response);
    });
    server_.Get("/preview", [this](const auto& request, auto& response) {
      SendPreview(request, response);
    });
    for (const Asset& asset : PageAssets()) {
      server_.Get(PathOf(asset.name), [&asset](const auto&, auto& response) {
        response.set_content(asset.content.data(), asset.content.size(),
                             TypeOf(asset.name));
      });
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<int> Open() { return server_.Open(options_.listen); }

 private:
  using HandlerResponse = httplib::Server::HandlerResponse;

  static std::string PathOf(std::string_view name) {
    if (name == "index.html") return "/";
    std::string path = "/";
    for (const char c : name) path += c == '.' ? "\\." : std::string(1, c);
    return path;
  }

  static void Fail(httplib::Response& response, int status,
                   const std::string& text) {
    response.status = status;
    response.set_content(text + "\n", "text/plain; charset=utf-8");
  }

  HandlerResponse Refuse(const httplib::Request& request,
                         httplib::Response& response) const {
    if (!IsOwnHost(request.get_header_value("Host"), options_.allow_host)) {
      Fail(response, 403,
           "This name is not allowed here. Open the page by its address, or "
           "start ddnn serve with --allow-host NAME.");
      return HandlerResponse::Handled;
    }
    if (request.method != "GET") {
      Fail(response, 405, "GET only.");
      return HandlerResponse::Handled;
    }
    return HandlerResponse::Unhandled;
  }

  void SendEvents(const httplib::Request& request,
                  httplib::Response& response) {
    if (++streams_ > kMaxStreams) {
      --streams_;
      return Fail(response, 503, "Too many browsers watch this page already.");
    }
    response.set_chunked_content_provider(
        "text/event-stream",
        [this, group = request.get_param_value("group"),
         seen = std::uint64_t{0}](std::size_t,
                                  httplib::DataSink& sink) mutable {
          const auto update = page_->Await(group, seen);
          if (!update) return false;
          seen = update->version;
          const std::string event = "data: " + update->json + "\n\n";
          return sink.write(event.data(), event.size());
        },
        [this](bool) { --streams_; });
  }

  void SendPreview(const httplib::Request& request,
                   httplib::Response& response) const {
    const std::string text = request.get_param_value("device");
    int device = -1;
    std::from_chars(text.data(), text.data() + text.size(), device);
    const auto jpeg = page_->Preview(request.get_param_value("group"), device);
    if (!jpeg) return Fail(response, 404, "There is no picture.");
    response.set_content(*jpeg, "image/jpeg");
  }

  const Options options_;
  LivePage* const page_;
  std::atomic<int> streams_ = 0;
  BoundedServer server_;  // last, so that its threads end first
};

PageServer::PageServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PageServer::~PageServer() = default;

Result<std::unique_ptr<PageServer>> PageServer::Open(const Options& options,
                                                     LivePage* page) {
  std::unique_ptr<PageServer> server(
      new PageServer(std::make_unique<Impl>(options, page)));
  const auto port = server->impl_->Open();
  if (!port) {
    return Failure{Error::kRefused,
                   fmt::format("cannot listen on {}: another program has "
                               "the port, or the address is not of this "
                               "machine; choose another with --listen (port 0 "
                               "= any free one)",
                               options.listen.ToString())};
  }
  server->url_ = fmt::format("http://{}:{}/", options.listen.host, *port);
  return server;
}

}  // namespace ddnn
