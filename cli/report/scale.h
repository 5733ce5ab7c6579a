#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/summary.h"

namespace ddnn {

/// Round numbers from 0 to the first one at or above `high`: 1, 2 or 5 times a
/// power of ten apart, about `steps` steps.
std::vector<double> RoundTicks(double high, int steps);
/// 1, 2 and 5 times the powers of ten within [low, high]; only the powers
/// where that would be more than `most`. \param low  above 0.
std::vector<double> LogTicks(double low, double high, std::size_t most);
/// As RoundTicks(), but round times (10 s, 5 min, 6 h), within `seconds`.
std::vector<double> TimeTicks(double seconds, int steps);

/// "0", "12", "1.5 k", "2 M".
std::string ShortCount(double count);
/// A whole number, three digits at a time: "12 345".
std::string WholeCount(std::int64_t count);
/// Three digits with a unit: "850 µs", "8.16 ms", "27.2 ms", "1.20 s".
std::string ShortMs(double ms);
std::string ShortMs(const Figure& ms);
/// "4.2 s", "3 min 20 s", "2 h 5 min".
std::string Duration(double seconds);
/// A tick's label: "0", "10 s", "5 min", "6 h".
std::string TimeLabel(double seconds);
/// "98.2 %"; exact only at both ends. Unknown: "–".
std::string Percent(const Figure& share);
/// "50.5 B", "1.2 kB".
std::string ShortBytes(double bytes);

}  // namespace ddnn
