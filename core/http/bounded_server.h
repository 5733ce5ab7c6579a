#pragma once

#include <httplib.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <thread>

#include "core/base/clock.h"
#include "core/base/listen_address.h"

namespace ddnn {

/// What a client may take of a server.
struct HttpLimits {
  int threads = 1;                ///< connections served at a time
  std::size_t request_bytes = 0;  ///< of a whole request
  milliseconds request_time{};    ///< until it must be there
  milliseconds write_time{};      ///< for each piece of an answer
  int send_buffer_bytes = 0;      ///< of the kernel; 0 = as it likes
};

/// httplib's routing over connections that all come to an end: a connection
/// carries one request, and whoever neither speaks nor reads is cut off.
/// Further connections wait in the kernel, which refuses those that are too
/// many.
///
/// Its threads have stacks of the usual size. (Those of prometheus-cpp's own
/// server are so small that a library which needs memory for each thread may
/// leave too little to live: docs/decisions/010.)
/// Thread-safety: one thread sets handlers, opens and destroys it.
class BoundedServer final : public httplib::Server {
 public:
  /// \param on_slow  called, by any of its threads, when a client was cut off
  ///     since it does not read; may be empty.
  explicit BoundedServer(const HttpLimits& limits,
                         std::function<void()> on_slow = {});
  /// Waits for the requests that are being answered.
  ~BoundedServer() override;

  /// Listens, on a thread of its own. Handlers come before.
  /// \return the port; nothing if it cannot listen there.
  std::optional<int> Open(const ListenAddress& listen);

 private:
  std::optional<int> Bind(const ListenAddress& listen);
  bool process_and_close_socket(socket_t socket) override;

  const HttpLimits limits_;
  const std::function<void()> on_slow_;
  std::atomic<bool> listened_ = false;
  std::thread thread_;
};

}  // namespace ddnn
