# gnuplot links.gp draws links.svg and links.png.
set datafile separator ","
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9
set logscale y
set ylabel "bytes per device-sample on the devices' interfaces"
set grid ytics lt 1 lw 1 lc rgb "#dddddd"
set tics nomirror
set key outside right top vertical Left reverse
do for [format in "svg png"] {
  if (format eq "svg") {
    set terminal svg size 1000,500 font "sans-serif,14" background "white" noenhanced
  } else {
    set terminal pngcairo size 1000,500 font "sans-serif,11" noenhanced
  }
  set output "links.".format
  plot for [batch in "0 100 250"] "< grep -E ',".batch.",on,' links.csv" using 10:xtic(1) title (batch eq "0" ? "each tick" : batch." ms together")
}
set output
