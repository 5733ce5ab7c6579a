#include "cli/report/svg.h"

#include <spdlog/fmt/fmt.h>

#include <iterator>

namespace ddnn {
namespace {

std::string Tip(std::string_view tip) {
  return tip.empty() ? "" : "<title>" + Escaped(tip) + "</title>";
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
  }
  return escaped;
}

std::string Shortened(std::string_view text, std::size_t length) {
  const auto starts = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  };
  std::size_t characters = 0;
  std::size_t cut = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!starts(text[i])) continue;
    if (++characters == length) cut = i;
    if (characters > length) return std::string(text.substr(0, cut)) + "…";
  }
  return std::string(text);
}

Svg::Svg(double width, double height, std::string_view label)
    : text_(fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" "
                        "aria-label=\"{}\">\n",
                        width, height, Escaped(label))) {}

void Svg::Rect(const Box2& box, std::string_view css, std::string_view tip) {
  fmt::format_to(std::back_inserter(text_),
                 "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                 "height=\"{:.1f}\" class=\"{}\">{}</rect>\n",
                 box.x, box.y, box.width, box.height, css, Tip(tip));
}

void Svg::Line(Point from, Point to, std::string_view css) {
  fmt::format_to(std::back_inserter(text_),
                 "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" "
                 "y2=\"{:.1f}\" class=\"{}\"/>\n",
                 from.x, from.y, to.x, to.y, css);
}

void Svg::Polyline(const std::vector<Point>& points, std::string_view css) {
  text_ += "<polyline points=\"";
  for (const Point& point : points) {
    fmt::format_to(std::back_inserter(text_), "{:.1f},{:.1f} ", point.x,
                   point.y);
  }
  fmt::format_to(std::back_inserter(text_), "\" class=\"{}\"/>\n", css);
}

void Svg::Dot(Point at, std::string_view css, std::string_view tip) {
  fmt::format_to(std::back_inserter(text_),
                 "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" "
                 "class=\"{}\">{}</circle>\n",
                 at.x, at.y, css, Tip(tip));
}

void Svg::Text(Point at, std::string_view text, std::string_view css) {
  fmt::format_to(std::back_inserter(text_),
                 "<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n",
                 at.x, at.y, css, Escaped(text));
}

}  // namespace ddnn
