#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ddnn {

/// The shipped JSON schemas, schemas/*.schema.json.
std::filesystem::path SchemaFolder();

/// A message, and the kind of topic that it came on, e.g. "result".
struct Document {
  std::string kind;
  std::string text;  ///< on one line
};

/// Holds documents against their kinds' schemas, with Debian's
/// python3-jsonschema, which reads them as other software does.
/// \return for each "ok", or what is wrong; nothing where it is not installed.
std::optional<std::vector<std::string>> CheckAgainstSchemas(
    const std::vector<Document>& documents);

/// Says what to install, where CheckAgainstSchemas() returns nothing.
inline constexpr const char* kNoJsonSchema =
    "python3-jsonschema is not installed: apt-get install python3-jsonschema";

}  // namespace ddnn
