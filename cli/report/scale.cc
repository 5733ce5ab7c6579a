#include "cli/report/scale.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ddnn {
namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDay = 86400;
constexpr const char* kUnknown = "–";

/// With three digits that mean something, as far as a person reads them.
std::string ThreeDigits(double value) {
  const double size = std::abs(value);
  const int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}", value, digits);
}

std::vector<double> Multiples(double step, double high) {
  std::vector<double> ticks;
  // The last one may miss `high` by a rounding.
  for (int i = 0; i * step <= high * (1 + 1e-9); ++i) ticks.push_back(i * step);
  return ticks;
}

}  // namespace

std::vector<double> RoundTicks(double high, int steps) {
  if (!(high > 0)) return {0, 1};
  const double rough = high / steps;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= rough) step = factor * power;
  }
  std::vector<double> ticks = Multiples(step, high);
  if (ticks.back() < high * (1 - 1e-9)) ticks.push_back(ticks.back() + step);
  return ticks;
}

std::vector<double> LogTicks(double low, double high, std::size_t most) {
  std::vector<double> ticks;
  std::vector<double> powers;
  const int last = static_cast<int>(std::ceil(std::log10(high)));
  for (int k = static_cast<int>(std::floor(std::log10(low))); k <= last; ++k) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10, k);
      if (tick < low || tick > high) continue;
      ticks.push_back(tick);
      if (factor == 1.0) powers.push_back(tick);
    }
  }
  return ticks.size() > most ? powers : ticks;
}

std::vector<double> TimeTicks(double seconds, int steps) {
  if (!(seconds > 0)) return {0};
  constexpr std::array kSteps{
      0.1,       0.2,        0.5,   1.0,      2.0,       5.0,
      10.0,      20.0,       30.,   60.,      120.,      300.,
      600.,      1200.,      1800., kHour,    2 * kHour, 3 * kHour,
      6 * kHour, 12 * kHour, kDay,  2 * kDay, 7 * kDay,  30 * kDay};
  for (const double step : kSteps) {
    if (step * steps >= seconds) return Multiples(step, seconds);
  }
  return Multiples(365 * kDay, seconds);
}

std::string ShortCount(double count) {
  if (count >= 1e6) return fmt::format("{:.3g}\u202FM", count / 1e6);
  if (count >= 1e4) return fmt::format("{:.3g}\u202Fk", count / 1e3);
  return fmt::format("{:.4g}", count);
}

std::string WholeCount(std::int64_t count) {
  std::string text = fmt::format("{}", count);
  for (std::size_t i = text.size(); i > 3 + (count < 0 ? 1U : 0U);) {
    i -= 3;
    text.insert(i, "\u202F");
  }
  return text;
}

std::string ShortMs(double ms) {
  if (ms < 1) return fmt::format("{}\u202Fµs", ThreeDigits(1000 * ms));
  if (ms >= 1000) return fmt::format("{}\u202Fs", ThreeDigits(ms / 1000));
  return fmt::format("{}\u202Fms", ThreeDigits(ms));
}

std::string ShortMs(const Figure& ms) { return ms ? ShortMs(*ms) : kUnknown; }

std::string Duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::min(seconds, 1e15));
  if (seconds < kMinute) return fmt::format("{:.1f}\u202Fs", seconds);
  if (seconds < kHour) {
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  if (seconds < kDay) {
    return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  }
  return fmt::format("{} d {} h", whole / 86400, whole / 3600 % 24);
}

std::string TimeLabel(double seconds) {
  if (seconds == 0) return "0";
  if (seconds < kMinute) return fmt::format("{:.3g}\u202Fs", seconds);
  if (seconds < kHour) return fmt::format("{:.3g}\u202Fmin", seconds / kMinute);
  if (seconds < kDay) return fmt::format("{:.3g}\u202Fh", seconds / kHour);
  return fmt::format("{:.3g}\u202Fd", seconds / kDay);
}

std::string Percent(const Figure& share) {
  if (!share) return kUnknown;
  // Never round what is not all, or not nothing, up or down to it.
  double percent = std::round(*share * 1000) / 10;
  if (percent >= 100 && *share < 1) percent = 99.9;
  if (percent <= 0 && *share > 0) percent = 0.1;
  if (*share == 0 || *share == 1) return fmt::format("{:.0f}\u202F%", percent);
  return fmt::format("{:.1f}\u202F%", percent);
}

std::string ShortBytes(double bytes) {
  if (bytes >= 1e9) return fmt::format("{}\u202FGB", ThreeDigits(bytes / 1e9));
  if (bytes >= 1e6) return fmt::format("{}\u202FMB", ThreeDigits(bytes / 1e6));
  if (bytes >= 1e4) return fmt::format("{}\u202FkB", ThreeDigits(bytes / 1e3));
  return fmt::format("{}\u202FB", ThreeDigits(bytes));
}

}  // namespace ddnn
