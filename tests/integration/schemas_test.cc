// The shipped JSON schemas against what the encoders really write.
#include "tests/support/schemas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;

std::vector<Document> Examples() {
  const Bundle bundle = MakeTestBundle();
  std::vector<Document> examples;
  for (const JsonKind& kind : JsonKinds()) {
    examples.push_back({std::string(kind.name), kind.encode(bundle)});
  }
  examples.push_back({"lost", EncodeLossJson(ExampleUnheard(), "yard")});
  return examples;
}

/// `kind`'s example with the first `from` replaced.
Document Example(const std::string& kind, const std::string& from,
                 const std::string& to) {
  for (Document& document : Examples()) {
    if (document.kind != kind) continue;
    const std::size_t at = document.text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in " << document.text;
    document.text.replace(at, from.size(), to);
    return document;
  }
  ADD_FAILURE() << "no example of " << kind;
  return {};
}

json SchemaOf(const std::string& kind) {
  std::ifstream in(SchemaFolder() / (kind + ".schema.json"));
  return json::parse(in, nullptr, /*allow_exceptions=*/false);
}

TEST(SchemasTest, AcceptWhatTheEncodersWrite) {
  const auto verdicts = CheckAgainstSchemas(Examples());
  if (!verdicts) GTEST_SKIP() << kNoJsonSchema;
  EXPECT_THAT(*verdicts, Each(std::string("ok")));
}

TEST(SchemasTest, AcceptFieldsThatAreStillToCome) {
  std::vector<Document> documents = Examples();
  for (Document& document : documents) {
    document.text.replace(0, 1, "{\"later\":{\"a\":[1]},");
  }
  const auto verdicts = CheckAgainstSchemas(documents);
  if (!verdicts) GTEST_SKIP() << kNoJsonSchema;
  EXPECT_THAT(*verdicts, Each(std::string("ok")));
}

TEST(SchemasTest, DescribeEveryFieldThatIsWritten) {
  for (const Document& example : Examples()) {
    const json properties = SchemaOf(example.kind)["properties"];
    const json document = json::parse(example.text);
    for (const auto& [key, value] : document.items()) {
      EXPECT_TRUE(properties.contains(key)) << example.kind << ": " << key;
    }
  }
}

TEST(SchemasTest, RefuseWhatTheDecodersRefuse) {
  const std::vector<Document> wrong{
      Example("result", "\"v\":1", "\"v\":2"),
      Example("result", "\"class\"", "\"klass\""),
      Example("result", "\"exit\":\"cloud\"", "\"exit\":\"device\""),
      Example("result", "degraded", "late"),
      Example("result", "\"eta\":0.40625", "\"eta\":1.5"),
      Example("result", "0.03125", "3.125"),
      Example("result", "[0,2,3]", "[0,2,32]"),
      Example("result", "1000-3", "1000"),
      Example("result", "\"object\":3", "\"object\":65536"),
      Example("result", "\"maps\":5.0", "\"maps\":\"5\""),
      Example("result", "\"at_ms\":2.25", "\"at_ms\":-1"),
      Example("lost", "late", "early"),
      Example("config", "\"devices\":6", "\"devices\":0"),
      Example("config", "bcda02c4", "BCDA02C4"),
      Example("config", "3845294342", "4294967296"),
      Example("state", "crossing", "a/b"),
      Example("state", "true", "1"),
      Example("state", "\"boot\"", "\"root\""),
      Example("info", "35", "-35"),
      Example("info", "35", "\"35\""),
      Example("leave", "unknown_device", "late"),
  };
  const auto verdicts = CheckAgainstSchemas(wrong);
  if (!verdicts) GTEST_SKIP() << kNoJsonSchema;
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_NE((*verdicts)[i], "ok") << wrong[i].text;
  }
  EXPECT_THAT((*verdicts)[4], HasSubstr("$.eta"));
}

}  // namespace
}  // namespace ddnn
