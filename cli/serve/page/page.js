"use strict";
// Shows what /events says (cli/serve/README.md lists its fields). Everything
// that comes from the bus is set as text, never as markup.

const TIERS = ["local", "edge", "cloud"];
const OUTCOMES = [...TIERS, "fallback", "lost"];  // of history.steps
const EXIT_NAMES = { local: "Local exit", edge: "Edge exit", cloud: "Cloud" };
const PRESENCE = {
  sees: ["sees it", "good"],
  nothing: ["does not see it", ""],
  idle: ["no news", ""],
  silent: ["did not answer", "bad"],
  camera_down: ["camera down", "bad"],
  gone: ["gone", "bad"],
  unknown: ["never seen", "warn"],
};
// Where T is not known, nor is whether the exit was the last.
const ANSWERED = {
  early: ", sure enough", last: ", the last word", unknown: ", answered here",
  fallback: ", unsure, but all there is",
};
const STATUS = {
  degraded: ["views missing", "warn"],
  fallback: ["fallback: a deeper tier was silent", "bad"],
};
const MAX_BARS = 5;          // of a list of class scores
const SILENT_MS = 3500;      // the stream speaks every second
const RETRY_MS = 1500;
const ANSWER_MS = 600;       // an answer stays this long, so that it can be read
const STALE_S = 3;

const byId = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
// As many children as items; each is made once and then only updated.
function fill(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastChild.remove();
  while (parent.children.length < items.length) parent.append(make());
  items.forEach((item, i) => update(parent.children[i], item, i));
}

// Within a sentence: marks of direction in a name must not turn the rest.
const isolated = (name) => "\u2068" + name + "\u2069";
const percent = (share) => (share * 100).toFixed(share < 0.9995 && share > 0.99 ? 1 : 0) + "\u00a0%";
function bytes(n) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) { n /= 1000; unit++; }
  return n.toFixed(unit === 0 || n >= 100 ? 0 : 1) + " " + units[unit];
}
function ago(seconds) {
  if (seconds < 60) return Math.round(seconds) + " s";
  if (seconds < 3600) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return Math.round(seconds / 3600) + " h";
  return Math.round(seconds / 86400) + " days";
}

function makeScore() {
  const row = element("div", "score");
  const bar = element("div", "bar");
  bar.append(element("div"));
  row.append(element("b", "clip"), bar, element("i"));
  return row;
}
// The largest scores, in the order of the classes.
function showScores(parent, classes, probabilities) {
  const all = probabilities.map((p, label) => ({ p, name: classes[label] ?? "?" }));
  const ranked = [...all].sort((a, b) => b.p - a.p);
  const shown = new Set(ranked.slice(0, MAX_BARS));
  fill(parent, all.filter((one) => shown.has(one)), makeScore, (row, one) => {
    row.classList.toggle("top", one === ranked[0]);
    setText(row.children[0], one.name);
    row.children[0].title = one.name;
    row.children[1].firstChild.style.width = one.p * 100 + "%";
    setText(row.children[2], percent(one.p));
  });
}
function setChip(chip, text, kind) {
  chip.className = "chip " + kind;
  setText(chip, text);
}

function showAnswer(state) {
  const answer = state.answer;
  const stale = !answer || answer.age_s > STALE_S;
  const name = answer ? state.classes[answer.label] ?? "?" : "–";
  const shown = byId("class");
  setText(shown.firstChild, name);
  shown.title = name;
  shown.style.setProperty("--characters", Math.max(3, name.length));
  shown.classList.toggle("stale", stale);
  const notes = [];
  if (!answer) notes.push(["no answer yet", ""]);
  if (answer && stale) notes.push(["nothing new for " + ago(answer.age_s), "warn"]);
  if (answer) {
    notes.push([EXIT_NAMES[answer.exit], "exit " + answer.exit]);
    if (STATUS[answer.status]) notes.push(STATUS[answer.status]);
    const views = answer.views.length;
    notes.push(["seen by " + views + (views === 1 ? " camera" : " cameras"), ""]);
    notes.push(["answered in " + answer.latency_ms.toFixed(answer.latency_ms < 10 ? 1 : 0) + " ms", ""]);
  }
  fill(byId("answer-notes"), notes, () => element("span"), (chip, [text, kind]) => setChip(chip, text, kind));
  showScores(byId("fused"), state.classes, answer ? answer.probabilities : []);
}

function makeExit() {
  const item = element("li");
  const line = element("div", "exit-line");
  line.append(element("strong"), element("span", "clip"), element("span", "quiet"));
  const gauge = element("div", "gauge");
  gauge.append(element("div"), element("span"));
  item.append(line, gauge);
  return item;
}
function showWay(state) {
  const answer = state.answer;
  const path = answer ? answer.path : [];
  const known = state.exits ?? TIERS.filter((tier) => path.some((step) => step.exit === tier)).map((exit) => ({ exit }));
  setText(byId("way-help"), state.exits ? "(η against T)" : "(η)");
  fill(byId("exits"), known, makeExit, (item, { exit, threshold }, i) => {
    const step = path.find((one) => one.exit === exit);
    const taken = answer && answer.exit === exit;
    item.className = exit + (step ? " reached" : "") + (taken ? " taken" : "");
    const [name, verdict, figures] = item.firstChild.children;
    setText(name, EXIT_NAMES[exit]);
    const last = i === known.length - 1;
    const answered = answer?.status === "fallback" ? "fallback"
      : known === state.exits ? (last ? "last" : "early") : "unknown";
    setText(verdict, !step ? (answer ? "not needed" : "")
      : isolated(state.classes[step.label] ?? "?") + (taken ? ANSWERED[answered] : ", not sure enough"));
    const hasT = threshold !== undefined && !(last && threshold >= 1);
    setText(figures, (step ? "η " + step.eta.toFixed(2) : "") + (hasT ? (step ? "  ·  " : "") + "T " + threshold.toFixed(2) : ""));
    const [bar, mark] = item.lastChild.children;
    bar.style.width = (step ? Math.max(step.eta * 100, 1.5) : 0) + "%";
    mark.hidden = !hasT;
    if (hasT) mark.style.left = threshold * 100 + "%";
  });
  setText(byId("way-notes"), answer
    ? "Sample " + answer.sample + ": " + bytes(answer.content_bytes) + " from the cameras instead of " + bytes(answer.raw_bytes) + " of pixels."
    : "");
}

function showTiles(state) {
  const totals = state.totals;
  setText(byId("rate"), totals.per_s.toFixed(totals.per_s < 10 ? 1 : 0));
  setText(byId("rate-note"), totals.results.toLocaleString("en") + " since this page's server began");

  const [local, edge, cloud, fallback] = OUTCOMES.map((_, i) => state.history.steps.reduce((n, step) => n + step[i], 0));
  const results = local + edge + cloud + fallback;
  const shares = Object.entries({ local, edge, cloud, ...(fallback && { fallback }) });
  setText(byId("early"), results ? percent((local + edge) / results) : "–");
  setText(byId("early-note"), results ? shares.map(([name, n]) => name + " " + percent(n / results)).join(" · ") : "nothing yet");

  const saved = totals.raw_bytes ? 1 - totals.content_bytes / totals.raw_bytes : null;
  setText(byId("saved"), saved === null ? "–" : percent(Math.max(0, saved)));
  setText(byId("saved-note"), bytes(totals.content_bytes) + " of content instead of " + bytes(totals.raw_bytes) + " of raw views");

  const up = state.cameras.filter((one) => !["gone", "camera_down", "unknown"].includes(one.presence)).length;
  setText(byId("up"), state.cameras.length ? up + " / " + state.cameras.length : "–");
  const troubles = [["lost", totals.lost], ["degraded", totals.degraded], ["fallback", totals.fallback]]
    .filter(([, n]) => n > 0).map(([name, n]) => n.toLocaleString("en") + " " + name);
  setText(byId("up-note"), troubles.join(" · ") || "no sample lost or degraded");
}

function makeCamera() {
  const card = element("article", "card camera");
  const names = element("div");
  names.append(element("h3", "clip"), element("p", "quiet clip"));
  card.append(names, element("span", "chip"), element("div", "scores"));
  return card;
}
function showPicture(card, state, camera) {
  let figure = card.querySelector("figure");
  if (camera.preview === undefined) { figure?.remove(); return; }
  if (!figure) {
    figure = element("figure");
    figure.append(element("img"), element("figcaption", "quiet"));
    card.insertBefore(figure, card.lastChild);
  }
  const picture = figure.firstChild;
  const query = new URLSearchParams({ group: state.group, device: camera.device, n: camera.preview });
  const source = "/preview?" + query;
  if (picture.getAttribute("src") !== source) picture.setAttribute("src", source);
  setText(figure.lastChild, (camera.presence === "sees" ? "last picture, " : "other object, ") + (camera.preview_age_s < 1 ? "just now" : ago(camera.preview_age_s) + " ago"));
  picture.alt = "What camera " + camera.device + " saw last";
}
function showCameras(state) {
  fill(byId("cameras"), state.cameras, makeCamera, (card, camera) => {
    card.className = "card camera " + camera.presence;
    card.dataset.presence = camera.presence;
    card.dataset.agent = camera.agent;
    const [names, chip] = card.children;
    setText(names.children[0], "Camera " + camera.device);
    const also = camera.camera && camera.camera !== camera.agent ? " · " + camera.camera : "";
    setText(names.children[1], (camera.agent || "no agent") + also);
    names.children[1].title = names.children[1].textContent;
    const [text, kind] = PRESENCE[camera.presence] ?? [camera.presence, ""];
    const since = camera.presence === "gone" && camera.since_s !== null ? " for " + ago(camera.since_s) : "";
    setChip(chip, text + since, kind);
    showPicture(card, state, camera);
    const scores = card.lastChild;
    if (camera.probabilities) {
      if (!scores.querySelector(".score")) scores.replaceChildren();
      showScores(scores, state.classes, camera.probabilities);
    } else if (!scores.firstChild || scores.querySelector(".score")) {
      scores.replaceChildren(element("p", "quiet"));
    }
    if (!camera.probabilities) setText(scores.firstChild, camera.presence === "sees" ? "its scores are not known" : "");
  });
  byId("privacy").hidden = !state.cameras.some((one) => one.preview !== undefined);
  const note = byId("scores-note");
  note.hidden = state.bundle !== null || !state.configured;
  note.classList.toggle("warning", state.other_bundle !== null);
  setText(note, (state.other_bundle ? "Careful: " + state.other_bundle + ". " : "")
    + "Start ddnn serve with --bundle and the group's network to see each camera's own scores, and T.");
}

function showHistory(state) {
  const all = state.history.steps;
  const steps = all.slice(0, -1);  // the last one is still growing
  const top = Math.max(1, ...steps.map((step) => step.reduce((a, b) => a + b, 0)));
  const svgNs = "http://www.w3.org/2000/svg";
  let svg = byId("history").querySelector("svg");
  if (!svg) {
    svg = document.createElementNS(svgNs, "svg");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("role", "img");
    const axis = element("p", "axis quiet");
    axis.append(element("span", "", "5 min ago"), element("span"), element("span", "", "now"));
    byId("history").append(svg, axis);
  }
  svg.setAttribute("viewBox", "0 0 " + steps.length + " 100");
  fill(svg, steps.flatMap((step, i) => OUTCOMES.map((kind, k) => ({ step, i, kind, k }))),
    () => document.createElementNS(svgNs, "rect"), (rect, { step, i, kind, k }) => {
      const below = step.slice(0, k).reduce((a, b) => a + b, 0) / top * 100;
      const height = step[k] / top * 100;
      rect.setAttribute("class", kind);
      rect.setAttribute("x", i + 0.08);
      rect.setAttribute("width", 0.84);
      rect.setAttribute("y", 100 - below - height);
      rect.setAttribute("height", height);
    });
  const sum = OUTCOMES.map((_, k) => all.reduce((total, step) => total + step[k], 0));
  const total = sum.reduce((a, b) => a + b, 0);
  setText(byId("history").querySelector(".axis").children[1],
    total ? "tallest bar: " + (top / state.history.step_s).toFixed(top < 50 ? 1 : 0) + " a second" : "");
  svg.setAttribute("aria-label", OUTCOMES.map((kind, k) => kind + " " + sum[k]).join(", "));
  const used = OUTCOMES.map((kind, k) => ({ kind, n: sum[k] }))
    .filter(({ kind, n }) => n > 0 || state.exits?.some((exit) => exit.exit === kind));
  fill(byId("legend"), used, () => element("span"), (item, { kind, n }) => {
    item.className = kind;
    setText(item, kind + " " + (total ? percent(n / total) : "–"));
  });
}

function showAgents(state) {
  fill(byId("agents"), state.agents, () => {
    const item = element("li");
    item.append(element("span", "tier quiet"), element("bdi", "clip"), element("span", "chip"));
    return item;
  }, (item, agent) => {
    item.dataset.agent = agent.agent;
    item.dataset.online = agent.online;
    setText(item.children[0], agent.tier);
    setText(item.children[1], agent.agent + (agent.place ? " (" + agent.place + ")" : ""));
    const since = agent.since_s === null ? "" : " for " + ago(agent.since_s);
    if (!agent.online) setChip(item.children[2], "gone" + since, "bad");
    else if (!agent.camera_up) setChip(item.children[2], "camera down", "bad");
    else setChip(item.children[2], "online" + since, "good");
  });
}

function showGroups(state) {
  const many = state.groups.length > 1;
  byId("chooser").hidden = !many;
  byId("group").hidden = many;
  setText(byId("group"), state.group ?? "");
  fill(byId("groups"), state.groups, () => element("option"), (option, name) => {
    option.value = name;
    setText(option, name);
  });
  if (document.activeElement !== byId("groups")) byId("groups").value = state.group;
}

function showFooter(state) {
  const parts = [];
  if (state.bundle) parts.push("Network " + state.bundle + "; T is the network's own.");
  if (state.rejected) parts.push(state.rejected.toLocaleString("en") + " messages were not understood.");
  if (state.inbox_dropped) parts.push(state.inbox_dropped.toLocaleString("en") + " messages came too fast.");
  if (state.slow_clients) parts.push(state.slow_clients.toLocaleString("en") + " browsers were too slow and cut off.");
  setText(byId("footer"), parts.join(" "));
}

let answerShown = -Infinity;
function show(state) {
  setLink(state.broker_connected ? "live" : "broker");
  showGroups(state);
  byId("empty").hidden = state.group !== null;
  byId("content").hidden = state.group === null;
  showFooter(state);
  if (state.group === null) return;
  const now = performance.now();
  if (now - answerShown >= ANSWER_MS) {
    answerShown = now;
    showAnswer(state);
    showWay(state);
    showCameras(state);
  }
  showTiles(state);
  showHistory(state);
  showAgents(state);
}

const LINKS = {
  connecting: ["connecting", ""],
  live: ["live", ""],
  broker: ["broker away", "The broker cannot be reached: what you see is old. Trying again."],
  lost: ["connection lost", "The connection to ddnn serve is lost: what you see is old. Trying again."],
};
function setLink(link) {
  document.body.dataset.link = link;
  const [text, notice] = LINKS[link];
  setText(byId("link"), text);
  byId("notice").hidden = notice === "";
  setText(byId("notice"), notice);
}

function wantedGroup() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

let source = null;
let lastHeard = 0;
function connect() {
  source?.close();
  answerShown = -Infinity;
  lastHeard = performance.now();
  source = new EventSource("/events?" + new URLSearchParams({ group: wantedGroup() }));
  source.onmessage = (event) => {
    lastHeard = performance.now();
    show(JSON.parse(event.data));
  };
}
// Not left to EventSource alone: it gives up for good when refused, and does
// not notice a stream that is open but silent.
setInterval(() => {
  const now = performance.now();
  const silent = now - lastHeard > SILENT_MS;
  if (silent || source.readyState !== EventSource.OPEN && now - lastHeard > RETRY_MS) {
    setLink("lost");
    connect();
  }
}, 500);
byId("groups").addEventListener("change", (event) => {
  location.hash = encodeURIComponent(event.target.value);
  event.target.blur();
});
addEventListener("hashchange", connect);
setLink("connecting");
connect();
