#pragma once

namespace ddnn {

/// The double that prints with the fewest digits and still reads back as
/// `value`: 0.1F becomes 0.1, not 0.10000000149011612.
double Shortest(float value);

/// A time in milliseconds with three decimals: what is finer is noise of the
/// arithmetic. Times beyond a week keep their digits.
double ToMicrosecond(double ms);

}  // namespace ddnn
