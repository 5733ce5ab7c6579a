#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/counters.h"
#include "core/base/result.h"

namespace ddnn {

/// Reads the fields of a JSON object by name, type and range; for json.cc.
///
/// The first fault sticks: from then on every getter returns a default, so a
/// decoder reads all its fields and asks ok() once. Failures name the field.
/// Numbers and lengths are held against [low, high], both included.
/// Thread-safety: none.
class JsonReader {
 public:
  /// Parses `text`, which must be an object with `"v":1`.
  /// \param text  borrowed for the call; at most kJsonLimitBytes.
  /// \param what  for messages, e.g. "config".
  JsonReader(std::string_view text, std::string what);

  bool ok() const { return !failure_; }
  /// Precondition: !ok().
  const Failure& failure() const { return *failure_; }

  bool Flag(const char* key);
  /// `missing` if there is no such field.
  bool FlagOr(const char* key, bool missing);
  std::int64_t Integer(const char* key, std::int64_t low, std::int64_t high);
  /// `missing` if there is no such field.
  std::int64_t IntegerOr(const char* key, std::int64_t missing,
                         std::int64_t low, std::int64_t high);
  double Real(const char* key, double low, double high);
  /// Nothing if there is no such field.
  std::optional<double> RealIfThere(const char* key, double low, double high);
  std::string Text(const char* key, std::size_t low, std::size_t high);
  /// `missing` if there is no such field.
  std::string TextOr(const char* key, std::string missing, std::size_t low,
                     std::size_t high);
  /// A bundle's tag: eight hexadecimal digits in lower case.
  std::uint32_t Tag(const char* key);

  /// A list of `low` to `high` elements; their own range comes after.
  std::vector<int> Integers(const char* key, std::size_t low, std::size_t high,
                            int low_value, int high_value);
  std::vector<double> Reals(const char* key, std::size_t low, std::size_t high,
                            double low_value, double high_value);
  std::vector<std::string> Texts(const char* key, std::size_t low,
                                 std::size_t high, std::size_t high_bytes);
  /// A list of objects; read each, then Adopt() it.
  std::vector<JsonReader> Objects(const char* key, std::size_t high);
  /// An object; nothing if there is no such field. Read it, then Adopt() it.
  std::optional<JsonReader> ObjectIfThere(const char* key);
  void Adopt(const JsonReader& object);
  /// An object of unsigned numbers.
  AgentCounters Counters(const char* key, std::size_t high);

  /// Notes a fault of a field, unless there is one already.
  void Fail(Error error, const std::string& key, const std::string& why);

 private:
  using Json = nlohmann::json;

  JsonReader(Json object, std::string what)
      : object_(std::move(object)), what_(std::move(what)) {}

  /// The field, or nullptr after a fault.
  const Json* Find(const char* key);
  /// The list, empty after a fault.
  const Json& List(const char* key, std::size_t low, std::size_t high);
  std::int64_t ToInteger(const Json& value, const std::string& key,
                         std::int64_t low, std::int64_t high);
  double ToReal(const Json& value, const std::string& key, double low,
                double high);
  std::string ToText(const Json& value, const std::string& key, std::size_t low,
                     std::size_t high);

  Json object_;
  std::string what_;
  std::optional<Failure> failure_;
};

}  // namespace ddnn
