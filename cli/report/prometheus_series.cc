#include "cli/report/prometheus_series.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace ddnn {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxSeries = 20'000;

Failure Malformed(const std::string& what) {
  return {Error::kMalformed, "no answer of Prometheus: " + what};
}

/// Prometheus writes values as texts, since JSON has no NaN and no infinity.
bool ReadSample(const Json& pair, Series::Sample* sample) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() ||
      !pair[1].is_string()) {
    return false;
  }
  sample->time_s = pair[0].get<double>();
  const auto& text = pair[1].get_ref<const std::string&>();
  const char* const end = text.data() + text.size();
  const char* const start = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto read = std::from_chars(start, end, sample->value);
  return read.ec == std::errc() && read.ptr == end;
}

Result<Series> ReadSeries(const Json& json) {
  const auto metric = json.find("metric");
  const auto values = json.find("values");
  if (metric == json.end() || !metric->is_object() || values == json.end() ||
      !values->is_array()) {
    return Malformed("a series without `metric` or `values`");
  }
  Series series;
  for (const auto& [name, value] : metric->items()) {
    if (value.is_string()) series.labels[name] = value.get<std::string>();
  }
  for (const Json& pair : *values) {
    Series::Sample sample;
    if (!ReadSample(pair, &sample)) return Malformed("a value is none");
    if (!std::isnan(sample.value)) series.samples.push_back(sample);
  }
  return series;
}

}  // namespace

const std::string& Series::Label(const std::string& name) const {
  static const std::string none;
  const auto found = labels.find(name);
  return found == labels.end() ? none : found->second;
}

Result<std::vector<Series>> ParseRangeAnswer(std::string_view json) {
  const Json answer = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return Malformed("not a JSON object");
  if (answer.value("status", Json()) == "error") {
    const Json words = answer.value("error", Json());
    return Failure{Error::kRefused, words.is_string()
                                        ? words.get<std::string>()
                                        : std::string("it says no more")};
  }
  const Json data = answer.value("data", Json());
  if (!data.is_object() || data.value("resultType", Json()) != "matrix") {
    return Malformed("no matrix");
  }
  const Json list = data.value("result", Json());
  if (!list.is_array()) return Malformed("no list of series");
  if (list.size() > kMaxSeries) {
    return Failure{Error::kOversized, "too many series; choose a group"};
  }
  std::vector<Series> all;
  for (const Json& one : list) {
    if (!one.is_object()) return Malformed("a series is no object");
    auto series = ReadSeries(one);
    if (!series) return series.failure();
    all.push_back(std::move(series).value());
  }
  return all;
}

}  // namespace ddnn
