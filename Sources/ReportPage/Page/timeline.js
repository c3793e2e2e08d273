// When each engine came up and worked, and how long.

function showEngines() {
  showTimeline(data.timeline);
  const { seconds } = data.summary.run;
  const names = [...new Set(["loading", "waking", "busy", "idle"].flatMap((kind) => Object.keys(seconds[kind] ?? {})))].sort(byRole);
  if (names.length === 0) return;
  const kinds = [["loading", "coming up"], ["waking", "waking"], ["busy", "answering"], ["idle", "waiting at work"]]
    .filter(([kind]) => names.some((name) => seconds[kind]?.[name] > 0));
  byId("engines").append(el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "engine"),
      kinds.map(([, words]) => el("th", { scope: "col", class: "num" }, words)))),
    el("tbody", {}, names.map((name) => el("tr", {}, el("th", { scope: "row" }, ...visible(name)),
      kinds.map(([kind]) => el("td", { class: "num" }, seconds[kind]?.[name] > 0 ? duration(seconds[kind][name]) : "–")))))));
}

const ROLES = ["draft", "prm", "target"];
const byRole = (one, other) => (ROLES.indexOf(one) + 4) % 4 - (ROLES.indexOf(other) + 4) % 4 || one.localeCompare(other);

function timeTicks(seconds) {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800]
    .find((step) => seconds / step <= 9) ?? seconds / 8;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, place) => place * step);
}

const LANE = 26, LEFT = 58, WIDTH = 1180;

function showTimeline({ bars, swaps, cuts, seconds, has_guesses: hasGuesses }) {
  if (bars.length === 0 || !(seconds > 0)) return;
  const engines = [...new Set(bars.map((bar) => bar.engine))].sort(byRole);
  const bottom = engines.length * LANE + 8;
  const x = (time) => LEFT + (time / seconds) * (WIDTH - LEFT - 4);
  const below = (time, y, words, kind) => svg("text", { x: x(time), y: bottom + y, "text-anchor": "middle", class: kind }, words);
  const hatch = svg("pattern", { id: "hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse" }, svg("path", { d: "M0 4L4 0" }));
  const attributes = { class: "plot timeline", viewBox: `0 0 ${WIDTH} ${bottom + 34}`, role: "img",
    "aria-label": `Engines over ${duration(seconds)}` };
  byId("timeline").append(el("div", { class: "scroll" }, svg("svg", attributes, svg("defs", {}, hatch),
    swaps.map((time) => svg("line", { class: "swap", x1: x(time), x2: x(time), y1: bottom, y2: bottom + 7 })),
    engines.map((engine, place) => lane(engine, place, bars.filter((bar) => bar.engine === engine), x)),
    svg("line", { class: "axis", x1: LEFT, x2: WIDTH - 4, y1: bottom, y2: bottom }),
    timeTicks(seconds).map((time) => below(time, 22, time === 0 ? "0" : duration(time))),
    cuts.map(({ at, seconds }) => [svg("line", { class: "cut", x1: x(at), x2: x(at), y1: 2, y2: bottom }),
      below(at, 33, `${duration(seconds)} left out`, "cut-label")]))),
    el("p", { class: "notes" }, timelineNotes(bars, swaps, hasGuesses)));
}

function lane(engine, place, bars, x) {
  const words = { load: "comes up", wake: "wakes", work: "works" };
  return svg("g", { class: `lane ${ROLES.includes(engine) ? engine : ""}` },
    svg("text", { class: "label", x: 0, y: place * LANE + 19 }, engine),
    bars.map(({ kind, begin, end, wave }) => svg("rect",
      { class: kind, x: x(begin), y: place * LANE + 5, width: Math.max(0.6, x(end) - x(begin)), height: LANE - 7 },
      svg("title", {}, `${engine} ${words[kind]}${wave ? `, wave ${wave}` : ""}: ${duration(end - begin)}`))));
}

function timelineNotes(bars, swaps, hasGuesses) {
  const kinds = [["load", "hatched: coming up"], ["wake", "outlined: waking"], ["work", "filled: answering"]];
  const notes = kinds.filter(([kind]) => bars.some((bar) => bar.kind === kind)).map(([, words]) => words);
  if (swaps.length > 0) notes.push("ticks below the line: swaps");
  const text = notes.join("; ");
  const guesses = hasGuesses ? " Where the journal lacks the moment of a load or a waking, it is placed right before the next request." : "";
  return `${text[0].toUpperCase()}${text.slice(1)}.${guesses}`;
}
