// `ddnn serve` beside a running demo, in a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/e2e/browser.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"

namespace ddnn {
namespace {

using ::testing::StartsWith;

/// A `ddnn serve` in a process of its own.
class RunningPage {
 public:
  RunningPage(const std::string& broker, std::vector<std::string> more) {
    std::vector<std::string> command{BuiltProgram("ddnn").string(), "serve",
                                     "--broker", broker};
    command.insert(command.end(), more.begin(), more.end());
    auto process = ChildProcess::Start("serve", command, folder_ / "output");
    EXPECT_TRUE(process.ok());
    process_ = std::make_unique<ChildProcess>(std::move(process).value());
    EXPECT_TRUE(Eventually([this] { return !url().empty(); }))
        << Slurp(folder_ / "output");
  }

  std::string url() const {
    const std::string output = Slurp(folder_ / "output");
    const auto start = output.find("http://");
    if (start == std::string::npos) return {};
    return output.substr(start, output.find(' ', start) - start);
  }
  /// "127.0.0.1:PORT".
  std::string address() const {
    const std::string all = url();
    return all.substr(7, all.size() - 8);
  }
  int Stop() {
    process_->Stop(milliseconds(5000));
    return process_->exit_code().value_or(-1);
  }

 private:
  TempFolder folder_;
  std::unique_ptr<ChildProcess> process_;
};

class LivePageInBrowserTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = Browser::Missing()) GTEST_SKIP() << *missing;
    auto arguments = world_.Arguments();
    arguments.insert(arguments.end(),
                     {"--samples", "3000", "--rate", "10", "--preview", "500"});
    demo_ = std::make_unique<RunningDemo>(arguments);
    ASSERT_TRUE(demo_->AwaitAnswers());
    page_ = std::make_unique<RunningPage>(
        demo_->broker_url(),
        std::vector<std::string>{"--listen", "127.0.0.1:0", "--bundle",
                                 world_.bundle_file.string()});
    browser_ = std::make_unique<Browser>();
  }

  /// The page, and results on it.
  void OpenPage() {
    browser_->Open(page_->url());
    EXPECT_TRUE(browser_->Await("document.body.dataset.link === 'live'"));
    EXPECT_TRUE(browser_->Await(
        "['car', "
        "'person'].includes(document.getElementById('class').innerText)"))
        << browser_->Run("return document.body.innerText");
  }
  std::string Text(const std::string& id) {
    return browser_->Run("return document.getElementById('" + id +
                         "').innerText");
  }
  /// For people who want to look: DDNN_SCREENSHOTS=FOLDER.
  void TakePicture(const std::string& name) {
    const char* folder = std::getenv("DDNN_SCREENSHOTS");
    if (folder == nullptr) return;
    browser_->Picture(std::filesystem::path(folder) / (name + ".png"));
  }

  TinyWorld world_{1};
  std::unique_ptr<RunningDemo> demo_;
  std::unique_ptr<RunningPage> page_;
  std::unique_ptr<Browser> browser_;
};

TEST_F(LivePageInBrowserTest,
       ResultsChangeAndAKilledAgentIsGoneWithinFiveSeconds) {
  OpenPage();
  const std::string before = Text("way-notes");
  EXPECT_THAT(before, StartsWith("Sample "));
  EXPECT_TRUE(
      browser_->Await("document.getElementById('way-notes').innerText "
                      "!== " +
                      nlohmann::json(before).dump()));
  EXPECT_TRUE(
      browser_->Await("document.querySelectorAll('.camera').length === 2"));
  EXPECT_TRUE(browser_->Await("document.querySelector('.camera .score')"));
  EXPECT_TRUE(browser_->Await(
      "document.querySelector('.camera img')?.naturalWidth === 32"));
  EXPECT_TRUE(browser_->Await(
      "/^(last picture|other object), (just now|\\d+ s ago)$/.test("
      "document.querySelector('.camera figcaption')?.innerText)"));
  EXPECT_TRUE(browser_->Await("!document.getElementById('privacy').hidden"));
  EXPECT_EQ(Text("up"), "2 / 2");

  ::kill(demo_->PidOf("device1"), SIGKILL);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(browser_->Await(
      "document.querySelector('#agents [data-agent=device1]').dataset.online "
      "=== 'false' && document.querySelector('.camera[data-agent=device1]')"
      ".dataset.presence === 'gone'"));
  const auto took = std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - start);
  EXPECT_LT(took, milliseconds(5000));
  RecordProperty("gone_after_ms", static_cast<int>(took.count()));
  EXPECT_EQ(Text("up"), "1 / 2");
  EXPECT_EQ(browser_->Complaints(), "");
}

TEST_F(LivePageInBrowserTest, ItFitsAPhoneAndAWall) {
  for (const bool dark : {false, true}) {
    for (const Browser::Window& window :
         {Browser::Window{1920, 1080, false, dark},
          Browser::Window{360, 740, true, dark},
          Browser::Window{320, 568, true, dark}}) {
      browser_->Show(window);
      OpenPage();
      EXPECT_TRUE(browser_->Await("document.querySelector('.camera .score')"));
      EXPECT_LE(browser_->Run("return document.documentElement.scrollWidth"),
                window.width);
      TakePicture(std::to_string(window.width) + (dark ? "-dark" : "-light"));
    }
  }
}

TEST_F(LivePageInBrowserTest, ALostStreamIsSaidAndTakenUpAgain) {
  OpenPage();
  const std::string address = page_->address();
  EXPECT_EQ(page_->Stop(), 0);
  EXPECT_TRUE(browser_->Await("document.body.dataset.link === 'lost'"));
  EXPECT_TRUE(browser_->Await("!document.getElementById('notice').hidden"));
  TakePicture("lost");
  page_ = std::make_unique<RunningPage>(
      demo_->broker_url(), std::vector<std::string>{"--listen", address});
  EXPECT_TRUE(browser_->Await("document.body.dataset.link === 'live'"));
  EXPECT_TRUE(browser_->Await("document.getElementById('notice').hidden"));
}

TEST_F(LivePageInBrowserTest, NamesFromTheBusAreTextAndNothingElse) {
  const std::string evil = "<img src=x onerror=\"window.pwned=1\">";
  Listener somebody(demo_->broker_url(), "nothing");
  ASSERT_TRUE(somebody.AwaitConnection());
  GroupConfig config;
  config.devices = 32;
  config.classes = {evil, "\u202e\u05d0\U0001f600 " + std::string(50, 'W')};
  const std::string name(32, 'w');
  const GroupTopics topics("z", name);
  SampleResult result;
  result.label = 1;
  result.exit = Tier::kCloud;
  result.content_bytes = 200;
  result.logits = {0, 1};
  result.probabilities = {0.25, 0.75};
  result.views_used = {0, 31};
  result.path = {{Tier::kDevice, 0, 0.9F}, {Tier::kCloud, 1, 0.3F}};
  const auto publish = [&](const std::string& topic, std::string payload) {
    EXPECT_TRUE(somebody.bus()
                    .Publish({.topic = topic,
                              .payload = std::move(payload),
                              .qos = Qos::kAtLeastOnce})
                    .ok());
  };
  publish(topics.Config(), EncodeGroupConfig(config));
  publish(topics.Result(), EncodeResultJson(result, name, config.classes));

  browser_->Show({360, 740, true, false});
  browser_->Open(page_->url() + "#z/" + name);
  EXPECT_TRUE(
      browser_->Await("document.querySelectorAll('.camera').length === 32"));
  EXPECT_TRUE(
      browser_->Await("document.getElementById('fused').innerText"
                      ".includes('onerror')"));
  EXPECT_EQ(browser_->Run("return document.querySelectorAll('img[onerror]')"
                          ".length"),
            0);
  EXPECT_EQ(browser_->Run("return window.pwned ?? null"), nullptr);
  EXPECT_LE(browser_->Run("return document.documentElement.scrollWidth"), 360);
  EXPECT_EQ(browser_->Run("return document.getElementById('groups').value"),
            "z/" + name);
  TakePicture("odd-names");
  EXPECT_EQ(browser_->Complaints(), "");
}

}  // namespace
}  // namespace ddnn
