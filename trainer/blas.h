#pragma once

namespace ddnn {

/// LibTorch multiplies matrices with whatever BLAS the machine has chosen.

/// \return whether several threads may multiply at once. OpenBLAS that was
///     built without threads (Debian's libopenblas0-serial) mixes up their
///     buffers: now and then a product is wrong, in silence.
bool BlasServesThreads();

/// Keeps each multiplication on its own thread: the matrices are small, and so
/// the same bytes come out of any number of cores.
void UseOneThreadOfBlas();

}  // namespace ddnn
