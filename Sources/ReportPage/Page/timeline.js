// When each engine started and worked, and for how long.

function showEngines() {
  const timeline = timelineFigure(data.timeline);
  if (timeline) byId("timeline").append(timeline);
  const { seconds } = data.summary.run;
  const names = engineNames();
  byId("timeline").closest("section").hidden = !timeline && names.length === 0;
  if (names.length === 0) return;
  const kinds = [["loading", "starting"], ["waking", "waking"], ["busy", "serving"], ["idle", "idle"]]
    .filter(([kind]) => names.some((name) => seconds[kind]?.[name] > 0));
  byId("engines").append(el("table", { class: tableKind(kinds.length) },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "engine"),
      kinds.map(([, words]) => el("th", { scope: "col", class: "num" }, words)))),
    el("tbody", {}, names.map((name) => el("tr", {}, rowHead(name),
      kinds.map(([kind, words]) => cell(words, seconds[kind]?.[name] > 0 ? duration(seconds[kind][name]) : "–")))))));
  showStarts(seconds.loading_phases ?? {});
}

/** The engines whose times are known, in the order of a wave. */
function engineNames() {
  const { seconds } = data.summary.run;
  return [...new Set(["loading", "waking", "busy", "idle"].flatMap((kind) => Object.keys(seconds[kind] ?? {})))].sort(byRole);
}

const STARTS = ["cold", "standby", "warm"];
const PHASES = [["imports", "imports"], ["weights", "weights"], ["graphs", "compile and graphs"], ["ready", "ready"]];

/** The number of starts by kind, as text. */
const startWords = (run) => {
  const some = STARTS.filter((kind) => run[`${kind}_starts`] > 0);
  return (some.length > 0 ? some : ["cold"]).map((kind) => counted(run[`${kind}_starts`] ?? 0, `${kind} start`)).join(", ");
};

/** The time of all starts by phase, for each kind of start. */
function showStarts(phases) {
  const kinds = STARTS.filter((kind) => phases[kind]);
  if (kinds.length === 0) return;
  byId("engines").append(el("table", { class: tableKind(PHASES.length) },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "starts"), el("th", { scope: "col", class: "num" }, "number"),
      PHASES.map(([, words]) => el("th", { scope: "col", class: "num" }, words)))),
    el("tbody", {}, kinds.map((kind) => el("tr", {}, rowHead(kind),
      cell("number", grouped(data.summary.run[`${kind}_starts`])),
      PHASES.map(([phase, words]) => cell(words, isNumber(phases[kind][phase]) ? duration(phases[kind][phase]) : "–")))))));
}

const ROLES = ["draft", "prm", "target"];
const byRole = (one, other) => (ROLES.indexOf(one) + 4) % 4 - (ROLES.indexOf(other) + 4) % 4 || one.localeCompare(other);

function timeTicks(seconds, most = 9) {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800]
    .find((step) => seconds / step <= Math.max(1, most)) ?? seconds / 8;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, place) => place * step);
}

const tickTime = (time) => (time === 0 ? "0" : duration(time).replace(".0 s", " s"));

const LANE = 26, LEFT = 58;

function timelineFigure(timeline) {
  const { bars, swaps, cuts, seconds, has_guesses: hasGuesses } = timeline;
  if (bars.length === 0 || !(seconds > 0)) return undefined;
  return figure({
    name: "timeline", caption: "Timeline", wide: true, note: timelineNotes(bars, swaps, hasGuesses), legend: phaseEntries(bars),
    panels: [{ draw: (width) => timelinePlot(timeline, Math.max(width, 340)) }],
    table: () => ({ columns: ["engine", "kind", "begin_seconds", "end_seconds", "wave", "start", ...PHASES.map(([phase]) => `${phase}_seconds`)],
      rows: [...bars.map((bar) => [bar.engine, bar.kind, bar.begin, bar.end, bar.wave, bar.start, ...PHASES.map(([phase]) => bar.phases?.[phase])]),
        ...cuts.map(({ at, seconds }) => ["", "left out", at, at, "", `${duration(seconds)}`])] }),
  });
}

function timelinePlot({ bars, swaps, cuts, seconds }, width) {
  const engines = [...new Set(bars.map((bar) => bar.engine))].sort(byRole);
  const bottom = engines.length * LANE + 8;
  const x = (time) => LEFT + (time / seconds) * (width - LEFT - 24);
  const below = (time, y, words, kind) => svg("text", { x: x(time), y: bottom + y, "text-anchor": "middle", class: kind }, words);
  const pattern = (id, ...marks) => svg("pattern", { id, width: 4, height: 4, patternUnits: "userSpaceOnUse" }, ...marks);
  const patterns = [pattern("hatch", svg("path", { d: "M0 4L4 0" })), pattern("dots", svg("circle", { cx: 2, cy: 2, r: 0.7 }))];
  return svg("svg", { class: "plot timeline", viewBox: `0 0 ${width} ${bottom + (cuts.length > 0 ? 38 : 28)}`, role: "img",
    "aria-label": `Engines over ${duration(seconds)}` }, svg("defs", {}, patterns),
  swaps.map((time) => svg("line", { class: "swap", x1: x(time), x2: x(time), y1: bottom, y2: bottom + 7 })),
  engines.map((engine, place) => lane(engine, place, bars.filter((bar) => bar.engine === engine), x)),
  svg("line", { class: "axis", x1: LEFT, x2: width - 24, y1: bottom, y2: bottom }),
  timeTicks(seconds, width / 90).map((time) => below(time, 22, tickTime(time))),
  cuts.map(({ at, seconds }) => [svg("line", { class: "cut", x1: x(at), x2: x(at), y1: 2, y2: bottom }),
    below(at, 36, `${duration(seconds)} left out`, "cut-label")]));
}

const phaseEntries = (bars) => PHASES.filter(([phase]) => bars.some((bar) => isNumber(bar.phases?.[phase])))
  .map(([phase, words]) => boxEntry(`phase ${phase}`, words));

function lane(engine, place, bars, x) {
  const box = (kind, begin, end) => svg("rect",
    { class: kind, x: x(begin), y: place * LANE + 5, width: Math.max(0.6, x(end) - x(begin)), height: LANE - 7 });
  return svg("g", { class: `lane ${ROLES.includes(engine) ? engine : ""}` },
    svg("text", { class: "label", x: 0, y: place * LANE + 19 }, shortened(engine, 8)),
    bars.map((bar) => svg("g", {}, svg("title", {}, barTitle(bar)),
      box(bar.kind === "load" ? `load ${bar.start}` : bar.kind, bar.begin, bar.end),
      shades(bar).map(({ phase, begin, end }) => box(`phase ${phase}`, begin, end)))));
}

/** The known phases of a start, one after the other; none if a phase is unknown. */
function shades({ begin, phases }) {
  if (!phases || !PHASES.every(([phase]) => isNumber(phases[phase]))) return [];
  let end = begin;
  return PHASES.map(([phase]) => ({ phase, begin: end, end: end += phases[phase] }));
}

function barTitle({ engine, kind, begin, end, wave, start, phases }) {
  const words = { load: `${start} start`, wake: "wakes", work: "serves" };
  const parts = PHASES.filter(([phase]) => isNumber(phases?.[phase])).map(([phase, words]) => `${words} ${duration(phases[phase])}`);
  return `${engine} ${words[kind]}${wave ? `, wave ${wave}` : ""}: ${duration(end - begin)}`
    + (parts.length > 0 ? ` (${parts.join(", ")})` : "");
}

function timelineNotes(bars, swaps, hasGuesses) {
  const isWarm = (bar) => bar.start === "warm";
  const areWarm = bars.some(isWarm);
  const kinds = [
    [(bar) => bar.kind === "load" && !isWarm(bar), areWarm ? "hatched: cold start" : "hatched: starting"],
    [isWarm, "dotted: warm start"],
    [(bar) => bar.kind === "wake", "outlined: waking"],
    [(bar) => bar.kind === "work", "filled: serving requests"],
  ];
  const notes = kinds.filter(([isOne]) => bars.some(isOne)).map(([, words]) => words);
  if (swaps.length > 0) notes.push("ticks below the line: swaps");
  const text = notes.join("; ");
  const guesses = hasGuesses ? " The journal lacks the time of some starts or wakes: they are placed right before the next request." : "";
  return `${text[0].toUpperCase()}${text.slice(1)}.${guesses}`;
}
