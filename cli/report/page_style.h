#pragma once

#include <string_view>

namespace ddnn {

/// The report's style sheet; charts.h draws with its classes.
inline constexpr std::string_view kPageStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --text: #1b2430; --muted: #5d6979;
  --line: #e3e7ec; --axis: #9aa5b1;
  --local: #0f9d8a; --edge: #3478d4; --cloud: #8a56d6; --fallback: #e0930b;
  --lost: #d6403a; --there: #2fa36b; --camera: #e0930b; --gone: #d6403a;
  --base: #b9c2cc; --ours: #0f9d8a; --accent: #1f5fbf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11161d; --card: #1a212b; --text: #e8edf3; --muted: #9aa8b8;
    --line: #2b3542; --axis: #607083;
    --local: #2cc4ae; --edge: #5b9bf0; --cloud: #ab80ee; --fallback: #f0b13c;
    --lost: #f2685f; --there: #3fbf82; --camera: #f0b13c; --gone: #f2685f;
    --base: #4a5766; --ours: #2cc4ae; --accent: #86b5f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.6rem clamp(.8rem, 3vw, 2.2rem) 3rem;
  max-width: 82rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans",
    sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { margin: 0; font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.2;
  overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 1.06rem; }
p { margin: .2rem 0 0; }
.sub, figcaption p, .tile small, footer, .unknown { color: var(--muted); }
.sub { overflow-wrap: anywhere; }
.tiles { display: grid; gap: .8rem; margin: 1.4rem 0 .8rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 10.6rem), 1fr)); }
.tile, .card, .notes { background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; }
.tile { padding: .8rem .9rem .9rem; }
.tile h2 { font-size: .78rem; font-weight: 600; color: var(--muted); }
.tile b { display: block; font-size: 1.75rem; line-height: 1.25;
  font-weight: 650; }
.tile small { font-size: .85rem; display: block; line-height: 1.35; }
.grid { display: grid; gap: .8rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
.card { margin: 0; padding: 1rem 1.1rem; min-width: 0; }
figcaption { margin-bottom: .5rem; }
figcaption p { font-size: .9rem; line-height: 1.4; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .2rem 0 .4rem;
  padding: 0; list-style: none; font-size: .85rem; }
.legend i { display: inline-block; width: .75em; height: .75em; margin-right: .4em;
  border-radius: 3px; background: var(--c); }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 13px; fill: var(--muted); }
svg .start { text-anchor: start; } svg .middle { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .strong { fill: var(--text); font-weight: 600; }
svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 5px;
  stroke-linejoin: round; }
svg .tick { stroke: var(--line); }
svg .axis { stroke: var(--axis); }
svg .mark { stroke: var(--text); stroke-dasharray: 4 3; opacity: .75; }
svg .overall { stroke: var(--muted); stroke-dasharray: 6 4; }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 2.2;
  stroke-linejoin: round; }
svg .dot { fill: var(--accent); }
.o-local { fill: var(--local); --c: var(--local); }
.o-edge { fill: var(--edge); --c: var(--edge); }
.o-cloud { fill: var(--cloud); --c: var(--cloud); }
.o-fallback { fill: var(--fallback); --c: var(--fallback); }
.o-lost { fill: var(--lost); --c: var(--lost); }
.p-there { fill: var(--there); --c: var(--there); }
.p-camera { fill: var(--camera); --c: var(--camera); }
.p-gone { fill: var(--gone); --c: var(--gone); }
.p-unknown { fill: var(--line); --c: var(--line); }
.b-base { fill: var(--base); --c: var(--base); }
.b-ours { fill: var(--ours); --c: var(--ours); }
.cell { fill: var(--line); opacity: .45; }
.right { fill: var(--there); } .wrong { fill: var(--lost); }
.q0 { opacity: 0; } .q1 { opacity: .16; } .q2 { opacity: .22; }
.q3 { opacity: .29; } .q4 { opacity: .36; } .q5 { opacity: .43; }
.q6 { opacity: .5; } .q7 { opacity: .57; } .q8 { opacity: .65; }
.q9 { opacity: .75; }
/* A shadow at the side to which there is more. */
.scroll { overflow-x: auto;
  background: linear-gradient(to right, var(--card) 30%, transparent) left,
    linear-gradient(to left, var(--card) 30%, transparent) right,
    radial-gradient(farthest-side at left, var(--axis), transparent) left,
    radial-gradient(farthest-side at right, var(--axis), transparent) right;
  background-repeat: no-repeat;
  background-size: 40px 100%, 40px 100%, 12px 100%, 12px 100%;
  background-attachment: local, local, scroll, scroll; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .34rem .6rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); font-size: .82rem; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tr:last-child td { border-bottom: 0; }
td i { display: inline-block; width: .75em; height: .75em; border-radius: 3px;
  margin-right: .5em; background: var(--c); }
.notes { margin-top: .8rem; padding: .8rem 1.1rem; }
.notes ul { margin: .3rem 0 0; padding-left: 1.2rem; }
footer { margin-top: 1.4rem; font-size: .85rem; }
@media (max-width: 600px) {
  svg text { font-size: 16.5px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .6rem; }
  .tile b { font-size: 1.4rem; }
  .card { padding: .9rem .8rem; }
  table { font-size: .82rem; }
  th { font-size: .74rem; }
  th, td { padding: .34rem .28rem; }
  td:last-child, th:last-child { padding-right: 0; }
  td i { margin-right: .3em; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --text: #000;
    --muted: #444; --line: #ccc; --axis: #777; --local: #0f9d8a;
    --edge: #3478d4; --cloud: #8a56d6; --fallback: #e0930b; --lost: #d6403a;
    --there: #2fa36b; --camera: #e0930b; --gone: #d6403a; --base: #b9c2cc;
    --ours: #0f9d8a; --accent: #1f5fbf; }
  body { padding: 0; max-width: none; font-size: 11pt;
    print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  svg text { font-size: 16.5px; }
  .tiles { grid-template-columns: repeat(3, 1fr); }
  .grid { grid-template-columns: 1fr 1fr; }
  .card, .tile, tr { break-inside: avoid; }
  @page { margin: 14mm; }
}
)css";

}  // namespace ddnn
