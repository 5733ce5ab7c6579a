#include "trainer/blas.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace ddnn {
namespace {

// More than OpenBLAS multiplies without a buffer.
constexpr int kSide = 104;
constexpr int kProducts = 2000;

/// Fortran's dgemm: C = alpha A B + beta C, by columns.
using Dgemm = void(const char*, const char*, const int*, const int*, const int*,
                   const double*, const double*, const int*, const double*,
                   const int*, const double*, double*, const int*);

/// Square matrices full of two numbers: each sum is the same.
int CountWrong(Dgemm* multiply, double a, double b) {
  const std::vector<double> left(std::size_t{kSide} * kSide, a);
  const std::vector<double> right(left.size(), b);
  const std::vector<double> expected(left.size(), kSide * a * b);
  std::vector<double> product(left.size());
  const double one = 1;
  const double zero = 0;
  int wrong = 0;
  for (int i = 0; i < kProducts; ++i) {
    multiply("N", "N", &kSide, &kSide, &kSide, &one, left.data(), &kSide,
             right.data(), &kSide, &zero, product.data(), &kSide);
    wrong += product == expected ? 0 : 1;
  }
  return wrong;
}

TEST(BlasTest, ThreadsMultiplyAtOnceWithoutMixingUpTheirMatrices) {
  auto* const multiply =
      reinterpret_cast<Dgemm*>(dlsym(RTLD_DEFAULT, "dgemm_"));
  ASSERT_NE(multiply, nullptr);
  if (!BlasServesThreads()) {
    GTEST_SKIP() << "this machine's BLAS is OpenBLAS without threads; install "
                    "libopenblas0-pthread";
  }
  UseOneThreadOfBlas();
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (const double value : std::array{2.0, 3.0, 5.0, 7.0}) {
      threads.emplace_back(
          [&, value] { wrong += CountWrong(multiply, value, value); });
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace ddnn
