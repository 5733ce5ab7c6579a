#include "cli/printable.h"

#include <algorithm>

namespace ddnn {

std::string Printable(std::string text) {
  const auto drives = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  };
  std::replace_if(text.begin(), text.end(), drives, '?');
  return text;
}

}  // namespace ddnn
