#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

namespace ddnn {

/// The figures that a report's page carries for programs.
inline nlohmann::json FiguresOf(const std::string& page) {
  const std::string start = "id=\"figures\">";
  const std::size_t from = page.find(start) + start.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>") - from),
                               nullptr, false);
}

}  // namespace ddnn
