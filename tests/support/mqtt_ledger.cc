#include "tests/support/mqtt_ledger.h"

#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace ddnn {
namespace {

enum PacketType : unsigned {
  kConnect = 1,
  kConnack = 2,
  kPublish = 3,
  kPingreq = 12,
  kPingresp = 13
};

/// Takes values off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool empty() const { return text_.empty(); }
  std::size_t left() const { return text_.size(); }
  std::string_view Take(std::size_t size) {
    if (size > text_.size()) throw std::out_of_range("cut");
    const std::string_view taken = text_.substr(0, size);
    text_.remove_prefix(size);
    return taken;
  }
  std::size_t Byte() { return static_cast<unsigned char>(Take(1)[0]); }
  std::size_t Two() {
    const std::size_t high = Byte();
    return high * 256 + Byte();
  }
  std::size_t Variable() {
    std::size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::size_t byte = Byte();
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

 private:
  std::string_view text_;
};

/// The topic alias among the properties; 0 if there is none.
std::size_t AliasIn(Reader properties) {
  constexpr std::size_t kAlias = 0x23;
  while (!properties.empty()) {
    const std::size_t id = properties.Variable();
    switch (id) {
      case kAlias:
        return properties.Two();
      case 0x01:  // payload format
        properties.Take(1);
        break;
      case 0x02:  // expiry
        properties.Take(4);
        break;
      case 0x03:  // content type
        properties.Take(properties.Two());
        break;
      default:
        throw std::runtime_error("property " + std::to_string(id));
    }
  }
  return 0;
}

}  // namespace

std::map<std::string, std::size_t> MqttLedger(const std::string& stream) {
  std::map<std::string, std::size_t> bytes;
  std::map<std::size_t, std::string> aliases;
  Reader reader(stream);
  while (!reader.empty()) {
    const std::size_t before = reader.left();
    std::size_t first = 0;
    std::string_view body;
    try {
      first = reader.Byte();
      body = reader.Take(reader.Variable());
    } catch (const std::out_of_range&) {
      break;
    }
    const std::size_t packet = before - reader.left();
    const auto type = static_cast<unsigned>(first >> 4U);
    if (type == kConnect || type == kConnack || type == kPingreq ||
        type == kPingresp) {
      continue;
    }
    std::string topic;
    if (type == kPublish) {
      Reader publish(body);
      topic = publish.Take(publish.Two());
      if ((first >> 1U & 3U) != 0) publish.Take(2);
      const std::size_t alias =
          AliasIn(Reader(publish.Take(publish.Variable())));
      if (alias != 0 && !topic.empty()) aliases[alias] = topic;
      if (topic.empty()) topic = aliases.at(alias);
    }
    bytes[topic] += packet;
  }
  return bytes;
}

}  // namespace ddnn
