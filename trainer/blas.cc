#include "trainer/blas.h"

#include <dlfcn.h>

namespace ddnn {
namespace {

// What openblas_get_parallel() says of a build without threads.
constexpr int kSequential = 0;

/// A function of OpenBLAS, null where the machine's BLAS is another: it is
/// chosen when the program starts, and others do not have it.
template <typename Function>
Function* InOpenBlas(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

bool BlasServesThreads() {
  auto* const parallel = InOpenBlas<int()>("openblas_get_parallel");
  return parallel == nullptr || parallel() != kSequential;
}

void UseOneThreadOfBlas() {
  auto* const set = InOpenBlas<void(int)>("openblas_set_num_threads");
  if (set != nullptr) set(1);
}

}  // namespace ddnn
