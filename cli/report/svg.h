#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ddnn {

/// Text as HTML and SVG show it, whatever it holds.
std::string Escaped(std::string_view text);
/// At most `length` characters, the last one an ellipsis if some are missing;
/// UTF-8 stays whole.
std::string Shortened(std::string_view text, std::size_t length);

struct Point {
  double x = 0;
  double y = 0;
};
struct Box2 {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// One picture for a page, whose style sheet gives classes their colours, so
/// that it follows light and dark. y grows downwards. Texts are escaped here.
class Svg {
 public:
  /// \param label  what the picture shows, for those who hear it read.
  Svg(double width, double height, std::string_view label);

  /// \param tip  shown where a mouse rests; may be empty.
  void Rect(const Box2& box, std::string_view css, std::string_view tip = {});
  void Line(Point from, Point to, std::string_view css);
  void Polyline(const std::vector<Point>& points, std::string_view css);
  void Dot(Point at, std::string_view css, std::string_view tip);
  /// \param css  with "start", "middle" or "end": which part is at `at`.
  void Text(Point at, std::string_view text, std::string_view css);

  std::string Finish() const { return text_ + "</svg>\n"; }

 private:
  std::string text_;
};

}  // namespace ddnn
