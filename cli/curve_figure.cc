#include "cli/curve_figure.h"

#include <spdlog/fmt/fmt.h>

#include <cstdio>
#include <cstdlib>

#include "cli/command.h"

namespace ddnn {
namespace {

/// In gnuplot's single quotes, where only the quote itself is special.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

void RequireDrawable(const std::filesystem::path& figure) {
  const auto kind = figure.extension();
  if (kind != ".svg" && kind != ".png") {
    throw CommandError(
        kExitUsage,
        fmt::format("--figure {}: must end in .svg or .png", figure.string()));
  }
  if (std::system("command -v gnuplot > /dev/null") != 0) {
    throw CommandError(kExitUnavailable,
                       fmt::format("--figure {}: gnuplot is not installed; "
                                   "install gnuplot-nox, or leave --figure out",
                                   figure.string()));
  }
}

std::string CurveScript(const std::vector<CurvePoint>& curve,
                        std::size_t picked, const std::string& title,
                        const std::filesystem::path& figure) {
  std::string script = "$curve << EOD\n";
  for (const CurvePoint& p : curve) {
    script += fmt::format("{} {} {} {}\n", 100 * p.exit_share, 100 * p.accuracy,
                          p.bytes, p.threshold);
  }
  const CurvePoint& p = curve[picked];
  return script +
         fmt::format(
             "EOD\nset terminal {} size 800,500 background 'white'\n"
             "set output {}\nset title {} noenhanced\n"
             "set xlabel 'samples that leave at the first exit (%)'\n"
             "set ylabel 'accuracy (%)'\nset ytics nomirror\n"
             "set y2label 'bytes per device-sample'\nset y2tics\n"
             "set xrange [0:100]\nset yrange [*<90:100]\nset y2range "
             "[0:*]\nset key bottom left\n"
             "set grid\nset arrow from {},graph 0 to {},graph 1 nohead dt 2\n"
             "plot $curve using 1:2 with steps lw 2 title 'accuracy', "
             "$curve using 1:3 axes x1y2 with lines lw 2 title 'bytes', "
             "'-' using 1:2 with points pt 7 ps 1.5 title {}\n{} {}\ne\n",
             figure.extension() == ".svg" ? "svg" : "pngcairo",
             Quoted(figure.string()), Quoted(title), 100 * p.exit_share,
             100 * p.exit_share,
             Quoted(fmt::format("taken: T = {:.4f}", p.threshold)),
             100 * p.exit_share, 100 * p.accuracy);
}

void DrawCurve(const std::vector<CurvePoint>& curve, std::size_t picked,
               const std::string& title, const std::filesystem::path& figure) {
  const std::string script = CurveScript(curve, picked, title, figure);
  std::FILE* gnuplot = ::popen("gnuplot", "w");
  const bool sent =
      gnuplot != nullptr &&
      std::fwrite(script.data(), 1, script.size(), gnuplot) == script.size();
  if (gnuplot == nullptr || ::pclose(gnuplot) != 0 || !sent) {
    throw CommandError(
        kExitUnavailable,
        fmt::format("--figure {}: gnuplot did not draw it", figure.string()));
  }
}

}  // namespace ddnn
