// How the rewards of steps are distributed.

function rewardHistograms(dataset, { log }) {
  const known = data.figures.rewards.filter((one) => one.dataset === dataset);
  if (known.length === 0) return undefined;
  const kinds = [["taken", "kept"], ["rejected", "not kept"], ["written", "by the target, scored for information"]];
  const has = { taken: true, rejected: true, written: known.some((one) => one.target.some(Boolean)) };
  const rows = known.flatMap((one) => one.taken.map((count, bin) =>
    [one.method, dataset, bin / one.taken.length, (bin + 1) / one.taken.length, count, one.rejected[bin], one.target[bin]]));
  return figure({
    name: "rewards", caption: "Rewards of draft steps", wide: known.length > 2, narrow: true,
    note: `Number of steps by reward${log ? ", logarithmic" : ""}: kept above the line, not kept below it.`,
    legend: kinds.filter(([kind]) => has[kind]).map(([kind, words]) => boxEntry(kind, words)),
    controls: [logToggle(log)],
    panels: known.map((one) => ({ title: one.method, draw: (width) => mirrored({
      width, log, title: `Rewards of draft steps, ${one.method}`, x: { range: [0, 1], ticks: [0, 0.5, 1], format: plainNumber },
      up: [["taken", one.taken], ["written", one.target]], down: ["rejected", one.rejected], size: 1 / one.taken.length,
      words: (bin) => `${(bin / one.taken.length).toFixed(2)} to ${((bin + 1) / one.taken.length).toFixed(2)}` }) })),
    table: () => ({ columns: ["method", "data set", "reward_from", "reward_to", "kept", "not_kept", "by_target"], rows }),
  });
}

/** Bars of counts, stacked above a line and below it. */
function mirrored({ width, log, title, x, up, down: [downKind, downCounts], size, words, marks = [] }) {
  const of = log ? (count) => Math.sign(count) * Math.log10(1 + Math.abs(count)) : (count) => count;
  const tops = downCounts.map((_, bin) => up.reduce((sum, [, counts]) => sum + counts[bin], 0));
  const [high, low] = [Math.max(1, ...tops), Math.max(0, ...downCounts)];
  const values = log ? logCounts(high, low) : ticks(-low, high, 4);
  const { node, sx, sy } = plot({ title, width, height: 170, x,
    y: { range: [of(-low), of(high)], ticks: values.map(of), format: (at) => shortSI(Math.abs(log ? Math.round(10 ** Math.abs(at) - 1) : at)) } });
  const bar = (kind, bin, from, to) => to !== from && svg("rect", { class: kind, x: sx(bin * size) + 0.5,
    width: Math.max(0.5, sx(size) - sx(0) - 1), y: Math.min(sy(of(from)), sy(of(to))), height: Math.abs(sy(of(from)) - sy(of(to))) },
    svg("title", {}, `${words(bin)}: ${grouped(Math.abs(to - from))}`));
  downCounts.forEach((count, bin) => {
    let from = 0;
    for (const [kind, counts] of up) node.append(...[bar(kind, bin, from, (from += counts[bin]))].filter(Boolean));
    node.append(...[bar(downKind, bin, 0, -count)].filter(Boolean));
  });
  node.append(svg("line", { class: "axis", x1: sx(x.range[0]), x2: sx(x.range[1]), y1: sy(0), y2: sy(0) }),
    ...marks.map(({ at, up, words }) => svg("path", { class: "median", d: `M${sx(at)} ${sy(0)}v${up ? -10 : 10}` }, svg("title", {}, words))));
  return node;
}

/** Ticks of a logarithmic axis of counts in both directions. */
function logCounts(high, low) {
  const powers = (most) => Array.from({ length: Math.floor(Math.log10(Math.max(1, most))) + 1 }, (_, power) => 10 ** power);
  const thin = (list) => list.filter((_, place) => (list.length - 1 - place) % Math.ceil(list.length / 3) === 0);
  return [...thin(powers(low)).reverse().map((count) => -count).filter(() => low > 0), 0, ...thin(powers(high))];
}

const logToggle = (log) => toggled("Scale of the counts", ["log", "linear"], log ? "log" : "linear",
  (kind) => redrawCharts({ log: kind === "log" }));
