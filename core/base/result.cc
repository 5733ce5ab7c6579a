#include "core/base/result.h"

namespace ddnn {

std::string_view Name(Error error) {
  switch (error) {
    case Error::kTruncated:
      return "truncated";
    case Error::kOversized:
      return "oversized";
    case Error::kWrongIdentifier:
      return "wrong_identifier";
    case Error::kMalformed:
      return "malformed";
    case Error::kBadShape:
      return "bad_shape";
    case Error::kWrongBundle:
      return "wrong_bundle";
    case Error::kUnknownDevice:
      return "unknown_device";
    case Error::kOutOfRange:
      return "out_of_range";
    case Error::kNotADistribution:
      return "not_a_distribution";
    case Error::kNotFound:
      return "not_found";
    case Error::kUnreadable:
      return "unreadable";
    case Error::kNotConnected:
      return "not_connected";
    case Error::kQueueFull:
      return "queue_full";
    case Error::kRefused:
      return "refused";
  }
  return "unknown";
}

}  // namespace ddnn
