#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/child_process.h"
#include "core/base/clock.h"
#include "tests/support/temp_folder.h"

namespace ddnn {

/// A headless Chromium, driven over the WebDriver protocol.
/// What goes wrong fails the test; a value is null then.
class Browser {
 public:
  /// Why there can be none here; nothing if chromium and chromedriver are
  /// installed.
  static std::optional<std::string> Missing();

  Browser();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  struct Window {
    int width = 1440;
    int height = 900;
    bool phone = false;  ///< as a phone lays pages out
    bool dark = false;
  };
  void Show(const Window& window);
  void Open(const std::string& url);
  /// What the script returns.
  nlohmann::json Run(const std::string& script);
  /// Polls until an expression is true in the page.
  bool Await(const std::string& expression,
             milliseconds limit = milliseconds(15000));
  /// Writes the whole page as PNG to a file.
  void Picture(const std::filesystem::path& file);
  /// What the page said on its console: errors, breaches of its policy.
  std::string Complaints();

 private:
  nlohmann::json Call(const std::string& method, const std::string& path,
                      const nlohmann::json& body);
  nlohmann::json DevTools(const std::string& command,
                          const nlohmann::json& parameters);
  void StartDriver();
  void StartSession();

  TempFolder folder_;
  std::unique_ptr<ChildProcess> driver_;
  int port_ = 0;
  std::string session_;  ///< "/session/ID"
};

}  // namespace ddnn
