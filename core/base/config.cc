#include "core/base/config.h"

#include <spdlog/fmt/fmt.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/file.h"
#include "core/base/names.h"

namespace ddnn {

/// `parse` stores the text in the field and returns nothing, or returns what
/// would have been allowed.
struct ConfigTable::Entry {
  std::string path;
  std::string help;
  std::string allowed;
  std::string default_text;
  bool required = false;
  std::function<std::optional<std::string>(const std::string& text,
                                           const std::filesystem::path& folder)>
      parse;
};

namespace {

using Parsed = std::optional<std::string>;

std::string Join(const std::vector<std::string>& words,
                 std::string_view separator) {
  std::string joined;
  for (const auto& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

template <typename T>
bool ConvertScalar(const std::string& text, T* value) {
  return YAML::convert<T>::decode(YAML::Node(text), *value);
}

constexpr std::size_t kConfigLimitBytes = 1 << 20;
constexpr int kMaxNodes = 1000;  // of a file; also the depth at most

}  // namespace

ConfigTable::ConfigTable() = default;
ConfigTable::~ConfigTable() = default;
ConfigTable::Key::Key(std::unique_ptr<Entry> entry)
    : entry_(std::move(entry)) {}
ConfigTable::Key::~Key() = default;

ConfigTable::Key& ConfigTable::Key::Required() {
  entry_->required = true;
  return *this;
}

ConfigTable::Key& ConfigTable::Add(Entry entry) {
  keys_.push_back(
      std::make_unique<Key>(std::make_unique<Entry>(std::move(entry))));
  return *keys_.back();
}

ConfigTable::Key& ConfigTable::Text(std::string path, std::string* field,
                                    std::string help) {
  return Add({std::move(path), std::move(help), "text", *field, false,
              [field](const std::string& text, const auto&) -> Parsed {
                *field = text;
                return std::nullopt;
              }});
}

ConfigTable::Key& ConfigTable::Id(std::string path, std::string* field,
                                  std::string help) {
  return Add({std::move(path), std::move(help), std::string(kIdRule), *field,
              false, [field](const std::string& text, const auto&) -> Parsed {
                if (!IsValidId(text)) return std::string(kIdRule);
                *field = text;
                return std::nullopt;
              }});
}

ConfigTable::Key& ConfigTable::Path(std::string path,
                                    std::filesystem::path* field,
                                    std::string help) {
  return Add({std::move(path), std::move(help), "a file name", field->string(),
              false,
              [field](const std::string& text, const auto& folder) -> Parsed {
                if (text.empty()) return "a file name";
                *field = folder / text;  // an absolute name replaces the folder
                return std::nullopt;
              }});
}

ConfigTable::Key& ConfigTable::Choice(std::string path, std::string* field,
                                      std::vector<std::string> choices,
                                      std::string help) {
  std::string allowed = "one of " + Join(choices, ", ");
  return Add({std::move(path), std::move(help), allowed, *field, false,
              [field, choices = std::move(choices), allowed](
                  const std::string& text, const auto&) -> Parsed {
                if (std::find(choices.begin(), choices.end(), text) ==
                    choices.end()) {
                  return allowed;
                }
                *field = text;
                return std::nullopt;
              }});
}

ConfigTable::Key& ConfigTable::Integer(std::string path, int* field, int min,
                                       int max, std::string help) {
  std::string allowed = fmt::format("a whole number from {} to {}", min, max);
  return Add({std::move(path), std::move(help), allowed, std::to_string(*field),
              false,
              [field, min, max, allowed](const std::string& text,
                                         const auto&) -> Parsed {
                int value = 0;
                if (!ConvertScalar(text, &value) || value < min || value > max)
                  return allowed;
                *field = value;
                return std::nullopt;
              }});
}

ConfigTable::Key& ConfigTable::Number(std::string path, double* field,
                                      double min, double max,
                                      std::string help) {
  std::string allowed = fmt::format("a number from {} to {}", min, max);
  return Add({std::move(path), std::move(help), allowed,
              fmt::format("{}", *field), false,
              [field, min, max, allowed](const std::string& text,
                                         const auto&) -> Parsed {
                double value = 0;
                if (!ConvertScalar(text, &value) ||
                    !(value >= min && value <= max)) {
                  return allowed;  // negated: NaN fails too
                }
                *field = value;
                return std::nullopt;
              }});
}

ConfigTable::Key& ConfigTable::Bool(std::string path, bool* field,
                                    std::string help) {
  return Add({std::move(path), std::move(help), "true or false",
              *field ? "true" : "false", false,
              [field](const std::string& text, const auto&) -> Parsed {
                bool value = false;
                if (!ConvertScalar(text, &value)) return "true or false";
                *field = value;
                return std::nullopt;
              }});
}

namespace {

struct Scalar {
  std::string path;
  std::string text;
  int line;
  bool is_scalar;
};

/// Lists the leaves of a YAML tree with their dotted paths; lists count as
/// leaves that are not scalars, since no key holds one. Aliases can make a
/// small file a tree without end.
/// \param budget  nodes that may still be visited.
void Flatten(const YAML::Node& node, const std::string& prefix, int* budget,
             std::vector<Scalar>* out) {
  for (const auto& item : node) {
    if (--*budget < 0) {
      throw ConfigError(
          fmt::format("more than {} keys, or aliases (*name) that hold "
                      "themselves; write the keys out",
                      kMaxNodes));
    }
    const auto key = item.first.as<std::string>();
    const std::string path =
        prefix.empty() ? key : fmt::format("{}.{}", prefix, key);
    const int line = item.first.Mark().line + 1;
    if (item.second.IsMap()) {
      Flatten(item.second, path, budget, out);
    } else {
      const bool is_scalar = item.second.IsScalar();
      out->push_back(
          {path, is_scalar ? item.second.Scalar() : "", line, is_scalar});
    }
  }
}

std::vector<Scalar> ParseYaml(const std::filesystem::path& file) {
  const auto content = ReadFile(file, kConfigLimitBytes);
  if (!content) throw ConfigError(content.message());
  try {
    const YAML::Node root = YAML::Load(*content);
    std::vector<Scalar> scalars;
    if (root.IsNull()) return scalars;
    if (!root.IsMap()) throw ConfigError("expected `key: value` lines");
    int budget = kMaxNodes;
    Flatten(root, "", &budget, &scalars);
    return scalars;
  } catch (const ConfigError& e) {
    throw ConfigError(file.string() + ": " + e.what());
  } catch (const YAML::Exception& e) {
    throw ConfigError(fmt::format("{}:{}: not valid YAML: {}", file.string(),
                                  e.mark.line + 1, e.msg));
  }
}

}  // namespace

void ConfigTable::Load(const std::filesystem::path& file, Unknown unknown) {
  const std::vector<Scalar> scalars = ParseYaml(file);
  const auto folder = file.parent_path();
  std::vector<std::string> faults;
  std::vector<std::string> seen;

  for (const Scalar& scalar : scalars) {
    const auto where =
        fmt::format("{}:{}: {}", file.string(), scalar.line, scalar.path);
    const auto key =
        std::find_if(keys_.begin(), keys_.end(), [&](const auto& candidate) {
          return candidate->entry_->path == scalar.path;
        });
    const bool is_section =
        std::ranges::any_of(keys_, [&](const auto& candidate) {
          return candidate->entry_->path.starts_with(scalar.path + ".");
        });
    if (is_section) {
      faults.push_back(where + ": must hold keys; --help lists them");
    } else if (key == keys_.end()) {
      if (unknown == Unknown::kLeave) continue;
      faults.push_back(where + ": unknown key; --help lists the keys");
    } else if (std::find(seen.begin(), seen.end(), scalar.path) != seen.end()) {
      faults.push_back(where + ": given twice");
    } else if (!scalar.is_scalar) {
      faults.push_back(where + ": must be " + (*key)->entry_->allowed);
    } else if (const auto allowed =
                   (*key)->entry_->parse(scalar.text, folder)) {
      faults.push_back(
          fmt::format("{} = '{}': must be {}", where, scalar.text, *allowed));
    }
    seen.push_back(scalar.path);
  }
  for (const auto& key : keys_) {
    const Entry& entry = *key->entry_;
    if (entry.required &&
        std::find(seen.begin(), seen.end(), entry.path) == seen.end()) {
      faults.push_back(fmt::format("{}: {}: missing; set it to {} ({})",
                                   file.string(), entry.path, entry.allowed,
                                   entry.help));
    }
  }
  if (!faults.empty()) throw ConfigError(Join(faults, "\n"));
}

void ConfigTable::Set(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos) {
    throw ConfigError("'" + assignment + "': expected key=value");
  }
  const std::string path = assignment.substr(0, equals);
  const std::string text = assignment.substr(equals + 1);
  const auto key = std::find_if(
      keys_.begin(), keys_.end(),
      [&](const auto& candidate) { return candidate->entry_->path == path; });
  if (key == keys_.end()) {
    throw ConfigError(path + ": unknown key; --help lists the keys");
  }
  if (const auto allowed = (*key)->entry_->parse(text, {})) {
    throw ConfigError(
        fmt::format("{} = '{}': must be {}", path, text, *allowed));
  }
}

std::string ConfigTable::Describe() const {
  std::string text;
  for (const auto& key : keys_) {
    const Entry& entry = *key->entry_;
    const std::string standard = entry.required ? "required"
                                 : entry.default_text.empty()
                                     ? "no default"
                                     : "default " + entry.default_text;
    text += fmt::format("  {:<24} {} ({}; {})\n", entry.path, entry.help,
                        standard, entry.allowed);
  }
  return text;
}

}  // namespace ddnn
