#include "core/wire/clock.h"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/wire/json_reader.h"

namespace ddnn {
namespace {

constexpr std::int64_t kLatest = 7'258'118'400'000'000'000;  // the year 2200

std::int64_t ToNanoseconds(Instant instant) {
  return std::chrono::nanoseconds(instant.time_since_epoch()).count();
}

Instant ReadInstant(const char* key, JsonReader* reader) {
  return Instant(std::chrono::duration_cast<Instant::duration>(
      std::chrono::nanoseconds(reader->Integer(key, 0, kLatest))));
}

}  // namespace

std::string EncodeClockQuestion(const ClockQuestion& question) {
  return nlohmann::ordered_json{{"v", 1},
                                {"asked_ns", ToNanoseconds(question.asked)}}
      .dump();
}

Result<ClockQuestion> DecodeClockQuestion(std::string_view text) {
  JsonReader reader(text, "clock question");
  const ClockQuestion question{ReadInstant("asked_ns", &reader)};
  if (!reader.ok()) return reader.failure();
  return question;
}

std::string EncodeClockAnswer(const ClockAnswer& answer) {
  return nlohmann::ordered_json{{"v", 1},
                                {"asked_ns", ToNanoseconds(answer.asked)},
                                {"heard_ns", ToNanoseconds(answer.heard)}}
      .dump();
}

Result<ClockAnswer> DecodeClockAnswer(std::string_view text) {
  JsonReader reader(text, "clock answer");
  const Instant asked = ReadInstant("asked_ns", &reader);
  const ClockAnswer answer{asked, ReadInstant("heard_ns", &reader)};
  if (!reader.ok()) return reader.failure();
  return answer;
}

}  // namespace ddnn
