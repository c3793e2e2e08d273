// How long each engine took, and how fast it was.

const TIMES = [["loading", "starting", "time starting"], ["waking", "waking", "time waking"], ["busy", "serving", "time serving"],
  ["idle", "idle", "time idle"]];

function engineFigures() {
  const { seconds, tokens = {} } = data.summary.run;
  const names = engineNames();
  if (names.length === 0) return [];
  return [timeFigure(names, seconds), speedFigure(names, seconds.busy ?? {}, tokens)].filter(Boolean);
}

function timeFigure(names, seconds) {
  const shown = TIMES.filter(([kind]) => names.some((name) => seconds[kind]?.[name] > 0));
  if (shown.length === 0) return undefined;
  const most = Math.max(...names.map((name) => shown.reduce((sum, [kind]) => sum + (seconds[kind]?.[name] ?? 0), 0)));
  const draw = (width) => bars({ names, width, title: "Wall-clock time by engine", most, tickValues: timeTicks(most, width / 80), format: tickTime,
    row: (name) => shown.map(([kind, words, style]) => ({ size: seconds[kind]?.[name] ?? 0, style, words: `${name}, ${words}: ${duration(seconds[kind]?.[name] ?? 0)}` })) });
  return figure({
    name: "engine-time", caption: "Wall-clock time by engine", note: "Engines of one group are up at the same time.",
    legend: shown.map(([, words, style]) => boxEntry(style, words)), panels: [{ draw }],
    table: () => ({ columns: ["engine", ...shown.map(([, words]) => `${words}_seconds`)],
      rows: names.map((name) => [name, ...shown.map(([kind]) => seconds[kind]?.[name] ?? 0)]) }),
  });
}

const RATES = [["written", "tokens written"], ["read", "prompt tokens read"]];

function speedFigure(names, busy, tokens) {
  const rate = (name, kind) => (busy[name] > 0 ? (tokens[name]?.[kind] ?? 0) / busy[name] : 0);
  const shown = RATES.filter(([kind]) => names.some((name) => rate(name, kind) > 0));
  if (shown.length === 0) return undefined;
  const most = Math.max(...names.flatMap((name) => shown.map(([kind]) => rate(name, kind))));
  const draw = (width) => bars({ names, width, title: "Tokens a second by engine", most, tickValues: ticks(0, most, width / 90), format: shortSI, beside: true,
    row: (name) => shown.map(([kind, words]) => ({ size: rate(name, kind), style: `rate ${kind}`, label: si(rate(name, kind)),
      words: `${name}: ${si(rate(name, kind))} ${words} a second` })) });
  return figure({
    name: "engine-speed", caption: "Tokens a second by engine",
    note: "While it served requests. A response that several trajectories share counts once; prompt tokens may come from the prefix cache.",
    legend: shown.map(([kind, words]) => boxEntry(`rate ${kind}`, words)), panels: [{ draw }],
    table: () => ({ columns: ["engine", "serving_seconds", ...shown.flatMap(([kind]) => [`tokens_${kind}`, `tokens_${kind}_per_second`])],
      rows: names.map((name) => [name, busy[name] ?? 0, ...shown.flatMap(([kind]) => [tokens[name]?.[kind] ?? 0, rate(name, kind)])]) }),
  });
}

/** Horizontal bars, stacked or beside one another; a row per name. */
function bars({ names, width, title, most, tickValues, format, row, beside }) {
  const rows = names.map(row);
  const thick = beside ? 15 : 24;
  const tall = Math.max(...rows.map((parts) => (beside ? parts.length : 1))) * thick + 14;
  const left = Math.min(120, Math.max(...names.map((name) => widthOf(shortened(name, 16)))) + 12);
  const { node, sx, inner } = plot({ title, width, height: names.length * tall + 32, margin: { left, right: beside ? 54 : 24, top: 2, bottom: 26 },
    x: { range: [0, most || 1], ticks: tickValues, format }, y: { range: [0, 1], ticks: [], format: String } });
  names.forEach((name, place) => {
    const top = inner.top + place * tall + 5;
    let from = 0;
    node.append(svg("text", { x: left - 8, y: top + tall / 2 - 1, "text-anchor": "end" }, shortened(name, 16)));
    rows[place].forEach(({ size, style, words, label }, number) => {
      if (!(size > 0)) return;
      const y = top + (beside ? number * thick : 0);
      const x = sx(beside ? 0 : from);
      node.append(svg("rect", { class: style, x, y, width: Math.max(0.5, sx(size) - sx(0)), height: thick - 2 }, svg("title", {}, words)));
      if (label) node.append(svg("text", { x: sx(size) + 5, y: y + thick / 2 + 3 }, label));
      from += size;
    });
  });
  return node;
}
