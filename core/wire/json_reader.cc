#include "core/wire/json_reader.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <limits>
#include <utility>

#include "core/wire/json.h"

namespace ddnn {
namespace {

std::string Element(const char* key, std::size_t index) {
  return fmt::format("{}[{}]", key, index);
}

}  // namespace

JsonReader::JsonReader(std::string_view text, std::string what)
    : what_(std::move(what)) {
  if (text.size() > kJsonLimitBytes) {
    failure_ = Failure{Error::kOversized,
                       fmt::format("{}: {} bytes, at most {}", what_,
                                   text.size(), kJsonLimitBytes)};
    return;
  }
  object_ = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object_.is_discarded()) {
    failure_ = Failure{Error::kMalformed, what_ + ": not JSON"};
  } else if (!object_.is_object()) {
    failure_ = Failure{Error::kMalformed, what_ + ": not a JSON object"};
  }
  Integer("v", 1, 1);
}

void JsonReader::Fail(Error error, const std::string& key,
                      const std::string& why) {
  if (failure_) return;
  failure_ = Failure{error, fmt::format("{}: `{}` {}", what_, key, why)};
}

void JsonReader::Adopt(const JsonReader& object) {
  if (!failure_) failure_ = object.failure_;
}

const JsonReader::Json* JsonReader::Find(const char* key) {
  if (failure_) return nullptr;
  const auto found = object_.find(key);
  if (found != object_.end()) return &*found;
  Fail(Error::kMalformed, key, "is missing");
  return nullptr;
}

const JsonReader::Json& JsonReader::List(const char* key, std::size_t low,
                                         std::size_t high) {
  static const Json none = Json::array();
  const Json* value = Find(key);
  if (value == nullptr) return none;
  if (!value->is_array()) {
    Fail(Error::kMalformed, key, "is not a list");
    return none;
  }
  if (value->size() < low || value->size() > high) {
    Fail(Error::kOutOfRange, key,
         fmt::format("has {} elements, allowed are {} to {}", value->size(),
                     low, high));
    return none;
  }
  return *value;
}

std::int64_t JsonReader::ToInteger(const Json& value, const std::string& key,
                                   std::int64_t low, std::int64_t high) {
  if (!value.is_number_integer()) {
    Fail(Error::kMalformed, key, "is not a whole number");
    return low;
  }
  const bool huge = value.is_number_unsigned() &&
                    value.get<std::uint64_t>() >
                        std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  const auto number = huge ? std::numeric_limits<std::int64_t>::max()
                           : value.get<std::int64_t>();
  if (number < low || number > high) {
    Fail(Error::kOutOfRange, key,
         fmt::format("is {}, allowed are {} to {}", value.dump(), low, high));
    return low;
  }
  return number;
}

double JsonReader::ToReal(const Json& value, const std::string& key, double low,
                          double high) {
  if (!value.is_number()) {
    Fail(Error::kMalformed, key, "is not a number");
    return low;
  }
  const auto number = value.get<double>();
  if (!(number >= low && number <= high)) {
    Fail(Error::kOutOfRange, key,
         fmt::format("is {}, allowed are {} to {}", number, low, high));
    return low;
  }
  return number;
}

std::string JsonReader::ToText(const Json& value, const std::string& key,
                               std::size_t low, std::size_t high) {
  if (!value.is_string()) {
    Fail(Error::kMalformed, key, "is not a text");
    return {};
  }
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() < low || text.size() > high) {
    Fail(Error::kOutOfRange, key,
         fmt::format("has {} bytes, allowed are {} to {}", text.size(), low,
                     high));
    return {};
  }
  return text;
}

bool JsonReader::Flag(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    Fail(Error::kMalformed, key, "is neither true nor false");
    return false;
  }
  return value->get<bool>();
}

bool JsonReader::FlagOr(const char* key, bool missing) {
  if (failure_ || !object_.contains(key)) return missing;
  return Flag(key);
}

std::int64_t JsonReader::Integer(const char* key, std::int64_t low,
                                 std::int64_t high) {
  const Json* value = Find(key);
  return value == nullptr ? low : ToInteger(*value, key, low, high);
}

std::int64_t JsonReader::IntegerOr(const char* key, std::int64_t missing,
                                   std::int64_t low, std::int64_t high) {
  if (failure_ || !object_.contains(key)) return missing;
  return Integer(key, low, high);
}

double JsonReader::Real(const char* key, double low, double high) {
  const Json* value = Find(key);
  return value == nullptr ? low : ToReal(*value, key, low, high);
}

std::optional<double> JsonReader::RealIfThere(const char* key, double low,
                                              double high) {
  if (failure_ || !object_.contains(key)) return std::nullopt;
  return Real(key, low, high);
}

std::string JsonReader::Text(const char* key, std::size_t low,
                             std::size_t high) {
  const Json* value = Find(key);
  return value == nullptr ? std::string() : ToText(*value, key, low, high);
}

std::string JsonReader::TextOr(const char* key, std::string missing,
                               std::size_t low, std::size_t high) {
  if (failure_ || !object_.contains(key)) return missing;
  return Text(key, low, high);
}

std::uint32_t JsonReader::Tag(const char* key) {
  const std::string text = Text(key, 8, 8);
  std::uint32_t tag = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), tag, 16);
  // Written again it must be the same: refuses upper case and signs.
  if (ok() && (error != std::errc() || fmt::format("{:08x}", tag) != text)) {
    Fail(Error::kMalformed, key, "is not eight hexadecimal digits");
  }
  return tag;
}

std::vector<int> JsonReader::Integers(const char* key, std::size_t low,
                                      std::size_t high, int low_value,
                                      int high_value) {
  std::vector<int> numbers;
  for (const Json& value : List(key, low, high)) {
    numbers.push_back(static_cast<int>(
        ToInteger(value, Element(key, numbers.size()), low_value, high_value)));
  }
  return numbers;
}

std::vector<double> JsonReader::Reals(const char* key, std::size_t low,
                                      std::size_t high, double low_value,
                                      double high_value) {
  std::vector<double> numbers;
  for (const Json& value : List(key, low, high)) {
    numbers.push_back(
        ToReal(value, Element(key, numbers.size()), low_value, high_value));
  }
  return numbers;
}

std::vector<std::string> JsonReader::Texts(const char* key, std::size_t low,
                                           std::size_t high,
                                           std::size_t high_bytes) {
  std::vector<std::string> texts;
  for (const Json& value : List(key, low, high)) {
    texts.push_back(ToText(value, Element(key, texts.size()), 1, high_bytes));
  }
  return texts;
}

std::vector<JsonReader> JsonReader::Objects(const char* key, std::size_t high) {
  std::vector<JsonReader> objects;
  for (const Json& value : List(key, 0, high)) {
    const std::string name = Element(key, objects.size());
    if (!value.is_object()) Fail(Error::kMalformed, name, "is not an object");
    objects.push_back(JsonReader(value, what_ + ": " + name));
  }
  return objects;
}

std::optional<JsonReader> JsonReader::ObjectIfThere(const char* key) {
  if (failure_ || !object_.contains(key)) return std::nullopt;
  const Json& value = object_.at(key);
  if (!value.is_object()) {
    Fail(Error::kMalformed, key, "is not an object");
    return std::nullopt;
  }
  return JsonReader(value, what_ + ": " + key);
}

AgentCounters JsonReader::Counters(const char* key, std::size_t high) {
  AgentCounters counters;
  const Json* object = Find(key);
  if (object == nullptr) return counters;
  if (!object->is_object()) {
    Fail(Error::kMalformed, key, "is not an object");
  } else if (object->size() > high) {
    Fail(Error::kOutOfRange, key,
         fmt::format("has {} names, at most {}", object->size(), high));
  }
  if (failure_) return counters;
  for (const auto& [name, value] : object->items()) {
    if (!value.is_number_unsigned()) {
      Fail(Error::kMalformed, name, "is not a count");
      return {};
    }
    counters.emplace(name, value.get<std::uint64_t>());
  }
  return counters;
}

}  // namespace ddnn
