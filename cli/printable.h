#pragma once

#include <string>

namespace ddnn {

/// Text from the network, without what would drive the terminal: control
/// characters become '?'.
std::string Printable(std::string text);

}  // namespace ddnn
