#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "cli/serve/live_page.h"
#include "core/base/listen_address.h"
#include "core/base/result.h"

namespace ddnn {

/// Serves the live page to browsers over HTTP.
///
///     /             the page; /page.css, /page.js, /icon.svg: its parts
///     /events       ?group=SITE/GROUP: PageJson() as server-sent events
///     /preview      ?group=SITE/GROUP&device=I: a camera's last picture, JPEG
///
/// Bounded whatever comes: kThreads connections are served at a time, of them
/// kMaxStreams event streams (further ones get 503); others wait in the kernel.
/// A connection carries one request of at most kRequestBytes, which must be
/// there within kRequestTime. A browser that takes nothing for kWriteTime is
/// cut off and counted. Requests for a name that is not ours get 403.
/// Thread-safety: one thread opens and destroys it.
class PageServer {
 public:
  static constexpr int kMaxStreams = 16;
  static constexpr int kThreads = kMaxStreams + 4;
  static constexpr std::size_t kRequestBytes = std::size_t{16} << 10;
  static constexpr milliseconds kRequestTime{2000};
  static constexpr milliseconds kWriteTime{3000};

  struct Options {
    ListenAddress listen{.host = "127.0.0.1"};  ///< port 0 = any free one
    std::string allow_host;                     ///< see IsOwnHost()
  };

  /// \param page  borrowed; closed before the server is destroyed.
  /// \return kRefused if it cannot listen there.
  static Result<std::unique_ptr<PageServer>> Open(const Options& options,
                                                  LivePage* page);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  /// With the real port: "http://127.0.0.1:8080/".
  const std::string& url() const { return url_; }

 private:
  class Impl;
  explicit PageServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
  std::string url_;
};

}  // namespace ddnn
