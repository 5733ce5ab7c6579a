#include "trainer/experiment/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ddnn {

double Mean(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

double Deviation(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Interval Wilson(double share, int n) {
  if (n < 1) return {};
  constexpr double kZ = 1.959964;
  const double z2n = kZ * kZ / n;
  const double middle = share + z2n / 2;
  const double half = kZ * std::sqrt(share * (1 - share) / n + z2n / (4.0 * n));
  return {std::max(0.0, (middle - half) / (1 + z2n)),
          std::min(1.0, (middle + half) / (1 + z2n))};
}

}  // namespace ddnn
