#include "tests/e2e/observed_demo.h"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <regex>

#include "cli/scrape_targets.h"
#include "tests/e2e/programs.h"

namespace ddnn {
namespace {

using Json = nlohmann::json;

std::vector<std::string> With(std::vector<std::string> arguments,
                              const std::string& more) {
  arguments.push_back(more);
  return arguments;
}

}  // namespace

Json LocalPrometheus::Get(const std::string& path) const {
  const LoopbackSocket socket(port_);
  // 1.0, so that the answer is not chunked.
  socket.Send("GET /api/v1/" + path + " HTTP/1.0\r\n\r\n");
  const std::string all = socket.ReadAll();
  const std::size_t body = all.find("\r\n\r\n");
  if (body == std::string::npos) return Json::object();
  return Json::parse(all.substr(body + 4), nullptr, false);
}

Json LocalPrometheus::Query(const std::string& expr) const {
  std::string encoded;
  for (const char c : expr) {
    encoded += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  const Json answer = Get("query?query=" + encoded);
  EXPECT_EQ(answer.value("status", ""), "success") << expr << answer.dump();
  return answer.value("data", Json::object()).value("result", Json::array());
}

double LocalPrometheus::Value(const std::string& expr) const {
  const Json series = Query(expr);
  return series.size() == 1 ? ValueOf(series[0]) : std::nan("");
}

double LocalPrometheus::ValueOf(const Json& series) {
  return std::stod(series["value"][1].get<std::string>());
}

std::vector<Json> LocalPrometheus::Rules() const {
  std::vector<Json> rules;
  Json answer = Get("rules");  // not const: what is missing is null
  for (const Json& group : answer["data"]["groups"]) {
    for (const Json& rule : group["rules"]) rules.push_back(rule);
  }
  return rules;
}

std::string LocalPrometheus::url() const {
  return fmt::format("http://127.0.0.1:{}", port_);
}

ObservedDemo::ObservedDemo(std::vector<std::string> arguments)
    : demo_(With(std::move(arguments), "--observe")) {}

bool ObservedDemo::AwaitAnswers() {
  if (!demo_.AwaitAnswers()) return false;
  const std::string output = demo_.output();
  std::smatch found;
  const bool told = std::regex_search(
      output, found, std::regex(R"(Prometheus http://127.0.0.1:(\d+)(/.*))"));
  EXPECT_TRUE(told) << output;
  if (told) {
    prometheus_ = LocalPrometheus(std::stoi(found[1]));
    alerts_page_ = HttpGet(std::stoi(found[1]), found[2]);
  }
  return told;
}

std::vector<MetricsPage> ObservedDemo::Pages() const {
  std::vector<MetricsPage> pages;
  const auto folder = demo_.demo_folder() / "prometheus/targets";
  for (const char* file : {"agents.json", "demo.json"}) {
    for (const auto& target : ParseFileSd(Slurp(folder / file))) {
      pages.emplace_back(HttpGet(PortOf(target.address), "/metrics").body);
    }
  }
  return pages;
}

}  // namespace ddnn
