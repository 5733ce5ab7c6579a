#include "core/http/bounded_server.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <semaphore>
#include <utility>

namespace ddnn {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

/// A connection with an end to everything: bytes read, time to read them, time
/// for each write.
class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(socket_t socket, const HttpLimits& limits)
      : socket_(socket),
        limits_(limits),
        read_until_(std::chrono::steady_clock::now() + limits.request_time) {}

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
    const auto until = std::chrono::steady_clock::now() + limits_.write_time;
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
    if (total_ >= limits_.request_bytes || !is_readable()) return false;
    const ssize_t n = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (n <= 0) return false;
    next_ = 0;
    end_ = static_cast<std::size_t>(n);
    total_ += end_;
    return true;
  }

  const socket_t socket_;
  const HttpLimits& limits_;
  const SteadyTime read_until_;
  std::array<char, 2048> buffer_{};
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  std::size_t total_ = 0;
  bool slow_ = false;
};

/// A pool that makes the accepting thread wait while all its threads are busy,
/// instead of queueing connections without end.
class BoundedPool final : public httplib::ThreadPool {
 public:
  explicit BoundedPool(int threads)
      : ThreadPool(static_cast<std::size_t>(threads)), free_(threads) {}
  void enqueue(std::function<void()> work) override {
    free_.acquire();
    ThreadPool::enqueue([this, work = std::move(work)] {
      work();
      free_.release();
    });
  }

 private:
  std::counting_semaphore<> free_;
};

}  // namespace

BoundedServer::BoundedServer(const HttpLimits& limits,
                             std::function<void()> on_slow)
    : limits_(limits), on_slow_(std::move(on_slow)) {
  new_task_queue = [threads = limits.threads] {
    return new BoundedPool(threads);
  };
  // Not httplib's own options, which would let two programs share a port.
  set_socket_options([bytes = limits.send_buffer_bytes](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bytes > 0) {
      ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    }
  });
  set_tcp_nodelay(true);
  set_payload_max_length(0);
}

BoundedServer::~BoundedServer() {
  if (!thread_.joinable()) return;
  stop();
  thread_.join();
}

std::optional<int> BoundedServer::Open(const ListenAddress& listen) {
  const auto port = Bind(listen);
  if (!port) return port;
  thread_ = std::thread([this] {
    listen_after_bind();
    listened_ = true;
  });
  // stop() has no effect before.
  while (!is_running() && !listened_) std::this_thread::yield();
  return port;
}

std::optional<int> BoundedServer::Bind(const ListenAddress& listen) {
  const std::string host = listen.SocketHost();
  if (listen.port == 0) {
    const int port = bind_to_any_port(host);
    return port > 0 ? std::optional<int>(port) : std::nullopt;
  }
  return bind_to_port(host, listen.port) ? std::optional<int>(listen.port)
                                         : std::nullopt;
}

bool BoundedServer::process_and_close_socket(socket_t socket) {
  BoundedStream stream(socket, limits_);
  bool closed = false;
  const bool ok = process_request(stream, true, closed, nullptr);
  if (stream.slow() && on_slow_) on_slow_();
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  return ok;
}

}  // namespace ddnn
