#pragma once

#include <span>

namespace ddnn {

/// Arithmetic mean; 0 of nothing.
double Mean(std::span<const double> values);

/// Standard deviation of a sample (n - 1); 0 of fewer than two values.
double Deviation(std::span<const double> values);

struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's 95 % interval of a share seen in `n` trials: how far chance alone
/// moves an accuracy on a test of that size. (Wilson 1927; with z = 1.96)
///
///     (p + z^2/2n +- z sqrt(p (1-p)/n + z^2/4n^2)) / (1 + z^2/n)
///
/// \param share  in [0, 1].
/// \return within [0, 1]; all of it for n < 1.
Interval Wilson(double share, int n);

}  // namespace ddnn
