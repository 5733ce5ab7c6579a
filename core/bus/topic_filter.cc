#include "core/bus/topic_filter.h"

namespace ddnn {

bool Matches(std::string_view filter, std::string_view topic) {
  while (true) {
    const std::size_t filter_slash = filter.find('/');
    const std::size_t topic_slash = topic.find('/');
    const std::string_view level = filter.substr(0, filter_slash);
    if (level == "#") return true;
    if (level != "+" && level != topic.substr(0, topic_slash)) return false;
    const bool filter_ends = filter_slash == std::string_view::npos;
    if (topic_slash == std::string_view::npos) {
      return filter_ends || filter.substr(filter_slash) == "/#";
    }
    if (filter_ends) return false;
    filter.remove_prefix(filter_slash + 1);
    topic.remove_prefix(topic_slash + 1);
  }
}

}  // namespace ddnn
