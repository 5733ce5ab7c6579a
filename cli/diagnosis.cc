#include "cli/diagnosis.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;
using State = Finding::State;

std::string_view StateName(State state) {
  constexpr std::array<std::string_view, 4> kNames{"ok", "warning", "fault",
                                                   "skipped"};
  return kNames[static_cast<std::size_t>(state)];
}

constexpr std::string_view kIndent = "                        ";

/// Later lines stand below the first.
std::string Indented(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) {
    text.insert(++at, kIndent);
  }
  return text;
}

std::string Line(const Finding& finding) {
  std::string line = fmt::format("{:<8} {:<14} {}\n", StateName(finding.state),
                                 finding.check, Indented(finding.text));
  if (!finding.remedy.empty()) {
    line +=
        fmt::format("{:<8} {:<14} {}\n", "", "->", Indented(finding.remedy));
  }
  return line;
}

std::string Counted(std::ptrdiff_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Json ToJson(const Finding& finding) {
  Json json{{"check", finding.check},
            {"state", StateName(finding.state)},
            {"text", finding.text}};
  if (!finding.remedy.empty()) json["remedy"] = finding.remedy;
  return json;
}

}  // namespace

Finding Ok(std::string check, std::string text) {
  return {State::kOk, std::move(check), std::move(text), {}, kExitOk};
}
Finding Warning(std::string check, std::string text, std::string remedy) {
  return {State::kWarning, std::move(check), std::move(text), std::move(remedy),
          kExitOk};
}
Finding Fault(std::string check, ExitCode exit_code, std::string text,
              std::string remedy) {
  return {State::kFault, std::move(check), std::move(text), std::move(remedy),
          exit_code};
}
Finding Skipped(std::string check, std::string why) {
  return {State::kSkipped, std::move(check), std::move(why), {}, kExitOk};
}

void Diagnosis::Add(Finding finding) {
  if (!json_) *out_ << Line(finding) << std::flush;
  findings_.push_back(std::move(finding));
}

int Diagnosis::Finish() const {
  const auto count = [this](State state) {
    return std::ranges::count(findings_, state, &Finding::state);
  };
  const auto fault =
      std::ranges::find(findings_, State::kFault, &Finding::state);
  const int code = fault == findings_.end() ? kExitOk : fault->exit_code;
  if (json_) {
    Json list = Json::array();
    for (const Finding& finding : findings_) list.push_back(ToJson(finding));
    const Json sum{{"findings", std::move(list)}, {"exit_code", code}};
    *out_ << sum.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  } else {
    *out_ << fmt::format(
        "{}, {}, {} skipped\n", Counted(count(State::kFault), "fault"),
        Counted(count(State::kWarning), "warning"), count(State::kSkipped));
  }
  return code;
}

}  // namespace ddnn
