#include "core/base/names.h"

#include <algorithm>

namespace ddnn {

bool IsValidId(std::string_view id) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !id.empty() && id.size() <= 32 && id.front() != '-' &&
         std::all_of(id.begin(), id.end(), plain);
}

}  // namespace ddnn
