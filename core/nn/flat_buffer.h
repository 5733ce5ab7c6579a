#pragma once

#include <flatbuffers/flatbuffers.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/result.h"

namespace ddnn {

static_assert(std::endian::native == std::endian::little,
              "vectors are copied as they travel: little-endian");

/// Bytes that were verified as a FlatBuffer whose root is a `Table`, safe to
/// read through the generated accessors.
///
/// Only core/nn's bundle codec and core/wire include this file. What a verified
/// buffer says (counts, shapes, ranges) still needs checking, and two vectors
/// may share their bytes, so bound each before it is copied.
template <typename Table>
class FlatBuffer {
 public:
  /// \param bytes       borrowed; must outlive the object.
  /// \param identifier  the four characters of the root.
  /// \param what        for messages, e.g. "score message".
  /// \return kOversized, kTruncated, kWrongIdentifier or kMalformed, tested in
  ///     this order.
  static Result<FlatBuffer> Open(std::string_view bytes, const char* identifier,
                                 std::size_t limit_bytes,
                                 std::string_view what);

  const Table* operator->() const { return flatbuffers::GetRoot<Table>(data_); }

 private:
  const std::uint8_t* data_ = nullptr;
  /// The bytes again, where they came at an address that is not aligned.
  std::vector<std::uint64_t> aligned_copy_;
};

/// Copies a verified vector of scalars or of structs, empty where it is left
/// out. The verifier does not align the elements of vectors: hence memcpy.
template <typename T, typename Element>
std::vector<T> CopyVector(const flatbuffers::Vector<Element>* vector) {
  static_assert(std::is_trivially_copyable_v<T> &&
                sizeof(T) ==
                    sizeof(std::remove_cv_t<std::remove_pointer_t<Element>>));
  std::vector<T> copy(vector == nullptr ? 0 : vector->size());
  if (!copy.empty()) {
    std::memcpy(copy.data(), vector->Data(), copy.size() * sizeof(T));
  }
  return copy;
}

template <typename Table>
Result<FlatBuffer<Table>> FlatBuffer<Table>::Open(std::string_view bytes,
                                                  const char* identifier,
                                                  std::size_t limit_bytes,
                                                  std::string_view what) {
  const auto fail = [what](Error error, const std::string& message) {
    return Failure{error, std::string(what) + ": " + message};
  };
  const std::string size = std::to_string(bytes.size()) + " bytes";
  if (bytes.size() > limit_bytes) {
    return fail(Error::kOversized,
                size + ", at most " + std::to_string(limit_bytes));
  }
  if (bytes.size() < 8) {
    return fail(Error::kTruncated, size + ", too short for an identifier");
  }
  if (bytes.substr(4, 4) != identifier) {
    return fail(Error::kWrongIdentifier,
                std::string("bytes 4..7 are not ") + identifier);
  }
  // Builders fill up to four bytes, so a cut within the padding shows too.
  if (bytes.size() % 4 != 0) {
    return fail(Error::kMalformed, size + ", not a multiple of 4");
  }
  FlatBuffer buffer;
  buffer.data_ = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    buffer.aligned_copy_.resize(bytes.size() / 8 + 1);
    std::memcpy(buffer.aligned_copy_.data(), bytes.data(), bytes.size());
    buffer.data_ =
        reinterpret_cast<const std::uint8_t*>(buffer.aligned_copy_.data());
  }
  flatbuffers::Verifier verifier(buffer.data_, bytes.size());
  if (!verifier.VerifyBuffer<Table>(identifier)) {
    return fail(Error::kMalformed, "offsets or lengths point outside");
  }
  return buffer;
}

}  // namespace ddnn
