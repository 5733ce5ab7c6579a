#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

/// The fenced blocks of docs/wire_format.md by their info string, e.g.
/// "hex request".
std::map<std::string, std::string> Blocks() {
  std::ifstream in(std::string(DDNN_SOURCE_DIR) + "/docs/wire_format.md");
  EXPECT_TRUE(in) << "docs/wire_format.md cannot be read";
  std::map<std::string, std::string> blocks;
  std::string open;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      open = open.empty() ? line.substr(3) : "";
    } else if (!open.empty()) {
      blocks[open] += line + "\n";
    }
  }
  return blocks;
}

std::string ToHex(unsigned value) {
  std::ostringstream out;
  out << (value < 16 ? "0" : "") << std::hex << value;
  return out.str();
}

/// The bytes of a block of lines "offset  bytes  meaning"; two spaces part
/// the columns.
std::string BytesOf(const std::string& block) {
  std::string bytes;
  std::istringstream lines(block);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = line.find("  ") + 2;
    EXPECT_EQ(line.substr(0, start - 2),
              ToHex(static_cast<unsigned>(bytes.size())));
    std::istringstream column(
        line.substr(start, line.find("  ", start) - start));
    for (std::string byte; column >> byte;) {
      bytes += static_cast<char>(std::strtoul(byte.c_str(), nullptr, 16));
    }
  }
  return bytes;
}

std::string Spelled(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += ToHex(static_cast<unsigned char>(byte)) + " ";
  }
  return text;
}

TEST(WireFormatTest, PageShowsWhatTheEncodersWrite) {
  const Bundle bundle = MakeTestBundle();
  const Codec codec(bundle);
  auto blocks = Blocks();
  for (const ExampleKind& kind : MessageKinds()) {
    const std::string block = blocks["hex " + std::string(kind.name)];
    EXPECT_EQ(Spelled(BytesOf(block)), Spelled(kind.encode(codec, bundle)))
        << kind.name;
  }
}

TEST(WireFormatTest, PageShowsTheJsonOfEveryTopic) {
  const Bundle bundle = MakeTestBundle();
  auto blocks = Blocks();
  for (const JsonKind& kind : JsonKinds()) {
    const auto shown = nlohmann::ordered_json::parse(
        blocks["json " + std::string(kind.name)], nullptr, false);
    EXPECT_EQ(shown.dump(), kind.encode(bundle)) << kind.name;
  }
}

TEST(WireFormatTest, PageShowsNothingElse) {
  EXPECT_EQ(Blocks().size(), MessageKinds().size() + JsonKinds().size());
}

}  // namespace
}  // namespace ddnn
