#include "cli/serve/page_server.h"

#include <httplib.h>
#include <poll.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <semaphore>
#include <thread>
#include <utility>

#include "cli/serve/assets.h"
#include "cli/serve/request_check.h"

namespace ddnn {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// So that a browser that does not read is noticed after a few updates, not
// after the megabytes that the kernel would hold for it.
constexpr int kSendBufferBytes = 64 * 1024;

constexpr auto kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/// A connection with an end to everything: bytes read, time to read them, time
/// for each write.
class BoundedStream final : public httplib::Stream {
 public:
  explicit BoundedStream(socket_t socket)
      : socket_(socket),
        read_until_(std::chrono::steady_clock::now() +
                    PageServer::kRequestTime) {}

  bool is_readable() const override { return Wait(POLLIN, read_until_); }
  bool is_writable() const override {
    return Wait(POLLOUT, std::chrono::steady_clock::now());
  }
  ssize_t read(char* ptr, size_t size) override {
    if (next_ == end_ && !Fill()) return -1;
    const std::size_t n = std::min(size, end_ - next_);
    std::copy_n(buffer_.data() + next_, n, ptr);
    next_ += n;
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* ptr, size_t size) override {
    const auto until =
        std::chrono::steady_clock::now() + PageServer::kWriteTime;
    std::size_t sent = 0;
    while (sent < size) {
      if (!Wait(POLLOUT, until)) {
        slow_ = true;
        return -1;
      }
      const ssize_t n =
          ::send(socket_, ptr + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno != EAGAIN && errno != EINTR) return -1;
      if (n > 0) sent += static_cast<std::size_t>(n);
    }
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

  /// A write took too long.
  bool slow() const { return slow_; }

 private:
  bool Wait(short what, SteadyTime until) const {
    const auto left = std::chrono::ceil<milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd one{socket_, what, 0};
    return ::poll(&one, 1,
                  static_cast<int>(std::max<std::int64_t>(0, left.count()))) >
           0;
  }
  bool Fill() {
    if (total_ >= PageServer::kRequestBytes || !is_readable()) return false;
    const ssize_t n = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (n <= 0) return false;
    total_ += n;
    next_ = 0;
    end_ = static_cast<std::size_t>(n);
    return true;
  }

  const socket_t socket_;
  const SteadyTime read_until_;
  std::array<char, 2048> buffer_{};
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  ssize_t total_ = 0;
  bool slow_ = false;
};

/// A pool that makes the accepting thread wait while all its threads are busy,
/// instead of queueing connections without end.
class BoundedPool final : public httplib::ThreadPool {
 public:
  BoundedPool() : ThreadPool(PageServer::kThreads) {}
  void enqueue(std::function<void()> work) override {
    free_.acquire();
    ThreadPool::enqueue([this, work = std::move(work)] {
      work();
      free_.release();
    });
  }

 private:
  std::counting_semaphore<> free_{PageServer::kThreads};
};

/// httplib's routing over connections of ours.
class BoundedServer final : public httplib::Server {
 public:
  explicit BoundedServer(LivePage* page) : page_(page) {}

 private:
  bool process_and_close_socket(socket_t socket) override {
    BoundedStream stream(socket);
    bool closed = false;
    const bool ok = process_request(stream, true, closed, nullptr);
    if (stream.slow()) page_->CountSlowClient();
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return ok;
  }

  LivePage* const page_;
};

/// Not httplib's own, which would let two programs share a port.
void SetSocketOptions(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes,
               sizeof kSendBufferBytes);
}

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
      : options_(std::move(options)), page_(page), server_(page) {
    server_.new_task_queue = [] { return new BoundedPool; };
    server_.set_socket_options(SetSocketOptions);
    server_.set_tcp_nodelay(true);
    server_.set_payload_max_length(0);
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

  /// \return the port; nothing if it cannot listen there.
  std::optional<int> Bind() {
    const std::string host = options_.listen.SocketHost();
    if (options_.listen.port != 0) {
      const bool bound = server_.bind_to_port(host, options_.listen.port);
      return bound ? std::optional<int>(options_.listen.port) : std::nullopt;
    }
    const int port = server_.bind_to_any_port(host);
    return port > 0 ? std::optional<int>(port) : std::nullopt;
  }
  void Start() {
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      listened_ = true;
    });
    // stop() has no effect before.
    while (!server_.is_running() && !listened_) std::this_thread::yield();
  }
  ~Impl() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

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
  BoundedServer server_;
  std::atomic<int> streams_ = 0;
  std::atomic<bool> listened_ = false;
  std::thread thread_;
};

PageServer::PageServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PageServer::~PageServer() = default;

Result<std::unique_ptr<PageServer>> PageServer::Open(const Options& options,
                                                     LivePage* page) {
  std::unique_ptr<PageServer> server(
      new PageServer(std::make_unique<Impl>(options, page)));
  const auto port = server->impl_->Bind();
  if (!port) {
    return Failure{Error::kRefused,
                   fmt::format("cannot listen on {}: another program has "
                               "the port, or the address is not of this "
                               "machine; choose another with --listen (port 0 "
                               "= any free one)",
                               options.listen.ToString())};
  }
  server->url_ = fmt::format("http://{}:{}/", options.listen.host, *port);
  server->impl_->Start();
  return server;
}

}  // namespace ddnn
