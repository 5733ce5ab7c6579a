#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ddnn {

/// A relay in front of a loopback port that keeps what passes, and can break
/// the connections. Thread-safety: all members from any thread.
class TcpTap {
 public:
  explicit TcpTap(std::uint16_t target_port);
  ~TcpTap();
  TcpTap(const TcpTap&) = delete;
  TcpTap& operator=(const TcpTap&) = delete;

  std::uint16_t port() const { return port_; }
  /// Closes all connections that are open now.
  void Cut();
  /// What clients have sent so far, all connections one after another.
  std::string Sent() const;
  /// The same of what they have received.
  std::string Received() const;

 private:
  struct Link {
    int client;
    int server;
  };
  void Run();
  void Accept();
  bool Relay(int from, int to, std::string* kept);
  void CloseAll();

  const std::uint16_t target_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::vector<Link> links_;  // the thread's own
  std::atomic<bool> cut_ = false;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::string sent_;      // guarded by mutex_
  std::string received_;  // guarded by mutex_
  std::thread thread_;
};

/// Whole sizes of the MQTT PUBLISH packets in what one client has sent.
std::vector<std::size_t> PublishPackets(const std::string& sent);

}  // namespace ddnn
