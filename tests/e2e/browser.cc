#include "tests/e2e/browser.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tests/e2e/programs.h"

namespace ddnn {
namespace {

using Json = nlohmann::json;

constexpr const char* kBrowser = "/usr/bin/chromium";
constexpr const char* kDriver = "/usr/bin/chromedriver";
constexpr int kPatienceSeconds = 30;
/// chromedriver lets the system choose a port of IPv6, wants the same one of
/// IPv4, and gives up if that is taken.
constexpr int kAttempts = 5;

std::string FromBase64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  return bytes;
}

}  // namespace

std::optional<std::string> Browser::Missing() {
  for (const std::string file : {kBrowser, kDriver}) {
    if (!std::filesystem::exists(file)) {
      return file +
             " is missing: install the packages chromium and chromium-driver";
    }
  }
  return std::nullopt;
}

Browser::Browser() {
  for (int attempt = 0; attempt < kAttempts && port_ == 0; ++attempt) {
    StartDriver();
  }
  EXPECT_NE(port_, 0) << Slurp(folder_ / "driver");
  if (port_ != 0) StartSession();
}

void Browser::StartDriver() {
  auto driver = ChildProcess::Start("chromedriver", {kDriver, "--port=0"},
                                    folder_ / "driver");
  ASSERT_TRUE(driver.ok());
  driver_ = std::make_unique<ChildProcess>(std::move(driver).value());
  const std::string announcement = "started successfully on port ";
  Eventually([&] {
    const std::string said = Slurp(folder_ / "driver");
    const auto start = said.find(announcement);
    if (start == std::string::npos) return !driver_->Running();
    port_ = std::atoi(said.c_str() + start + announcement.size());
    return true;
  });
}

void Browser::StartSession() {
  // Without its sandbox: as root it would not start with it. The profile is
  // in a folder of ours, so that nothing stays behind.
  const Json options{{"binary", kBrowser},
                     {"args",
                      {"--headless=new", "--no-sandbox", "--disable-gpu",
                       "--disable-dev-shm-usage",
                       "--user-data-dir=" + (folder_ / "profile").string()}}};
  const Json answer =
      Call("POST", "/session",
           {{"capabilities",
             {{"alwaysMatch",
               {{"goog:chromeOptions", options},
                {"goog:loggingPrefs", {{"browser", "ALL"}}}}}}}});
  if (answer.is_object()) {
    session_ = "/session/" + answer.value("sessionId", "");
  }
}

Browser::~Browser() {
  try {
    if (!session_.empty()) Call("DELETE", session_, nullptr);
    driver_->Stop(milliseconds(5000));
  } catch (const std::exception& e) {
    ADD_FAILURE() << e.what();
  }
}

Json Browser::Call(const std::string& method, const std::string& path,
                   const Json& body) {
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(kPatienceSeconds);
  const httplib::Result answer =
      method == "GET"      ? client.Get(path)
      : method == "DELETE" ? client.Delete(path)
                           : client.Post(path, body.dump(), "application/json");
  EXPECT_TRUE(answer) << path << ": no answer from chromedriver";
  if (!answer) return nullptr;
  EXPECT_EQ(answer->status, 200) << path << ": " << answer->body;
  const Json json = Json::parse(answer->body, nullptr, false);
  return json.is_object() ? json.value("value", Json()) : Json();
}

Json Browser::DevTools(const std::string& command, const Json& parameters) {
  return Call("POST", session_ + "/goog/cdp/execute",
              {{"cmd", command}, {"params", parameters}});
}

void Browser::Show(const Window& window) {
  DevTools("Emulation.setDeviceMetricsOverride",
           {{"width", window.width},
            {"height", window.height},
            {"deviceScaleFactor", window.phone ? 2 : 1},
            {"mobile", window.phone}});
  DevTools("Emulation.setEmulatedMedia",
           {{"features",
             {{{"name", "prefers-color-scheme"},
               {"value", window.dark ? "dark" : "light"}}}}});
}

void Browser::Open(const std::string& url) {
  Call("POST", session_ + "/url", {{"url", url}});
}

Json Browser::Run(const std::string& script) {
  return Call("POST", session_ + "/execute/sync",
              {{"script", script}, {"args", Json::array()}});
}

bool Browser::Await(const std::string& expression, milliseconds limit) {
  return Eventually(
      [&] { return Run("return !!(" + expression + ")") == true; }, limit);
}

void Browser::Picture(const std::filesystem::path& file) {
  const Json size =
      Run("return [innerWidth, document.documentElement.scrollHeight]");
  const Json picture =
      DevTools("Page.captureScreenshot", {{"format", "png"},
                                          {"captureBeyondViewport", true},
                                          {"clip",
                                           {{"x", 0},
                                            {"y", 0},
                                            {"width", size.at(0)},
                                            {"height", size.at(1)},
                                            {"scale", 1}}}});
  std::ofstream(file, std::ios::binary)
      << FromBase64(picture.value("data", ""));
}

std::string Browser::Complaints() {
  const Json log = Call("POST", session_ + "/se/log", {{"type", "browser"}});
  std::string text;
  for (const Json& entry : log) text += entry.value("message", "") + "\n";
  return text;
}

}  // namespace ddnn
