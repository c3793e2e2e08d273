// Charts for one data set: accuracy against cost, rewards, acceptance by step, trajectories by wave.

function showCharts() {
  const state = { dataset: data.datasets[0]?.name, flops: "paper" };
  const draw = () => {
    const members = data.summary.rows.filter((row) => row.dataset === state.dataset);
    const charts = [scatter(members, state.flops), acceptanceChart(members), histograms(state.dataset), waveChart(members)];
    byId("charts").replaceChildren(...charts.filter(Boolean));
  };
  const toggle = el("span", { class: "toggle", role: "group", "aria-label": "How FLOPs are counted" }, ["paper", "spent"].map((kind) =>
    el("button", { type: "button", "aria-pressed": String(kind === state.flops), onclick: (event) => {
      state.flops = kind;
      for (const button of toggle.children) button.setAttribute("aria-pressed", String(button === event.target));
      draw();
    } }, `${kind} FLOPs`)));
  if (data.datasets.length > 1) {
    byId("chart-controls").append(choice("data set", data.datasets.map(({ name }) => [name, name]), state.dataset, (name) => {
      state.dataset = name;
      draw();
    }));
  }
  byId("chart-controls").append(toggle);
  draw();
}

function scatter(members, kind) {
  const key = `flops_${kind}_per_problem`;
  const known = members.filter((row) => row[key] > 0 && isNumber(row.accuracy));
  if (known.length === 0) return undefined;
  const cost = known.map((row) => row[key]);
  const [least, most] = [Math.min(...cost), Math.max(...cost)];
  const log = most / least > 4;
  const x = log ? [least / 1.6, most * 1.6] : [0, most * 1.15];
  const low = Math.max(0, Math.min(...known.map((row) => row.accuracy_low)) - 0.03);
  const high = Math.min(1, Math.max(...known.map((row) => row.accuracy_high)) + 0.03);
  const { node, sx, sy } = plot({
    title: `Accuracy against ${kind} FLOPs per problem`,
    x: {
      range: x, log, ticks: log ? logTicks(...x) : ticks(...x), format: si,
      label: `${kind} FLOPs per problem${log ? ", logarithmic" : ""}`,
    },
    y: { range: [low, high], ticks: ticks(low, high), format: (value) => percent(value, 0) },
    height: 320,
  });
  node.append(svg("path", { class: "pareto", d: paretoPath(known, key, sx, sy) }));
  for (const row of known) {
    const [px, py] = [sx(row[key]), sy(row.accuracy)];
    const words = `${row.method}: ${percent(row.accuracy)} (${range(row.accuracy_low, row.accuracy_high)}), ${si(row[key])} FLOPs`;
    const [low, high] = [sy(row.accuracy_low), sy(row.accuracy_high)];
    node.append(svg("line", { class: `whisker ${methodColour(row.method)}`, x1: px, x2: px, y1: low, y2: high }),
      methodMark(row.method, px, py, words));
  }
  placeLabels(node, known.map((row) => ({ text: row.method, x: sx(row[key]), y: sy(row.accuracy) })));
  return figure("Accuracy and cost", "Dashed: methods that no other method beats in both accuracy and cost. Bars: 95% intervals.", node);
}

function paretoPath(known, key, sx, sy) {
  let best = -1;
  const front = [...known].sort((one, other) => one[key] - other[key] || other.accuracy - one.accuracy)
    .filter((row) => row.accuracy > best && ((best = row.accuracy), true));
  return front.map((row, place) => (place === 0 ? `M${sx(row[key])} ${sy(row.accuracy)}`
    : `H${sx(row[key])}V${sy(row.accuracy)}`)).join("");
}

/** Labels beside their marks, moved down where they would overlap. */
function placeLabels(node, labels) {
  const placed = [];
  for (const label of [...labels].sort((one, other) => one.y - other.y)) {
    const width = label.text.length * 6.2;
    const left = label.x + 9 + width > 512;
    const box = { from: left ? label.x - 9 - width : label.x + 9, y: label.y + 4 };
    box.to = box.from + width;
    while (placed.some((other) => Math.abs(other.y - box.y) < 12 && other.from < box.to && box.from < other.to)) box.y += 4;
    placed.push(box);
    node.append(svg("text", { class: "label", x: box.from, y: box.y }, label.text));
  }
}

function acceptanceChart(members) {
  const known = members.filter((row) => row.acceptance);
  if (known.length === 0) return undefined;
  const steps = Math.max(...known.map((row) => row.acceptance.by_step.length));
  const { node, sx, sy } = plot({
    title: "Share of draft steps accepted, by step position",
    x: countAxis(Math.max(2, steps), "step"),
    y: { range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], format: (value) => percent(value, 0) },
  });
  for (const row of known) {
    const points = row.acceptance.by_step.map((verdicts, place) => ({ ...verdicts, step: place + 1 }))
      .filter(({ share }) => isNumber(share));
    const most = Math.max(...points.map(({ accepted, rejected }) => accepted + rejected));
    const path = line(points.map(({ step, share }) => [sx(step), sy(share)]));
    node.append(svg("path", { class: `series ${methodColour(row.method)}`, d: path }));
    for (const { step, share, accepted, rejected } of points) {
      const words = `${grouped(accepted)} of ${grouped(accepted + rejected)} accepted, ${percent(share)}`;
      const mark = methodMark(row.method, sx(step), sy(share), `${row.method}, step ${step}: ${words}`);
      mark.setAttribute("opacity", String(0.25 + 0.75 * Math.sqrt((accepted + rejected) / most)));
      node.append(mark);
    }
  }
  return figure("Acceptance by step", "Share of the draft steps judged against the threshold. Paler: fewer steps.",
    legend(known.map((row) => row.method)), node);
}

/** An axis that counts from 1. */
const countAxis = (most, label) =>
  ({ range: [1, most], ticks: ticks(1, most, Math.min(10, most)).filter(Number.isInteger), format: String, label });

const line = (points) => points.map(([x, y], place) => `${place === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

function histograms(dataset) {
  const known = data.histograms.filter((one) => one.dataset === dataset
    && [one.taken, one.rejected, one.target].some((counts) => counts.some(Boolean)));
  if (known.length === 0) return undefined;
  const hasTarget = known.some((one) => one.target.some(Boolean));
  const key = [["draft", "kept"], ["rejected", "not kept"], hasTarget && ["target", "by the target, scored for information"]].filter(Boolean);
  const colour = (name) => svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" },
    svg("rect", { width: 10, height: 10, style: `fill: var(--${name})` }));
  return figure("Rewards of draft steps", "Number of steps by reward: kept above the line, not kept below it.",
    el("ul", { class: "legend" }, key.map(([name, words]) => el("li", {}, colour(name), words))),
    el("div", { class: "multiples" }, known.map((one) => el("div", {}, el("h3", {}, ...visible(one.method)), histogram(one)))));
}

function histogram(one) {
  const bins = one.taken.length;
  const [up, down] = [Math.max(1, ...one.taken.map((count, bin) => count + one.target[bin])), Math.max(0, ...one.rejected)];
  const lowest = down === 0 ? 0 : -down;
  const { node, sx, sy } = plot({
    title: `Rewards of draft steps, ${one.method}`,
    width: 250, height: 170, margin: { left: 38, right: 6, top: 6, bottom: 22 },
    x: { range: [0, 1], ticks: [0, 0.5, 1], format: String },
    y: { range: [lowest, up], ticks: ticks(lowest, up, 4), format: (value) => si(Math.abs(value)) },
  });
  const bar = (kind, bin, from, to) => to !== from && svg("rect", { class: kind, x: sx(bin / bins) + 0.5, width: sx(1 / bins) - sx(0) - 1,
    y: Math.min(sy(from), sy(to)), height: Math.abs(sy(from) - sy(to)) },
    svg("title", {}, `${(bin / bins).toFixed(2)} to ${((bin + 1) / bins).toFixed(2)}: ${grouped(Math.abs(to - from))}`));
  for (let bin = 0; bin < bins; bin += 1) {
    node.append(...[bar("taken", bin, 0, one.taken[bin]), bar("written", bin, one.taken[bin], one.taken[bin] + one.target[bin]),
      bar("rejected", bin, 0, -one.rejected[bin])].filter(Boolean));
  }
  node.append(svg("line", { class: "axis", x1: sx(0), x2: sx(1), y1: sy(0), y2: sy(0) }));
  return node;
}

function waveChart(members) {
  const known = members.filter((row) => row.waves?.length > 0);
  const waves = Math.max(0, ...known.map((row) => row.waves.length));
  if (waves < 2) return undefined;
  const most = Math.max(...known.map((row) => row.waves[0]));
  const { node, sx, sy } = plot({
    title: "Unfinished trajectories in each wave",
    x: countAxis(waves, "wave"),
    y: { range: [0, most], ticks: ticks(0, most), format: si },
  });
  for (const row of known) {
    const points = row.waves.map((count, place) => [sx(place + 1), sy(count)]);
    node.append(svg("path", { class: `series ${methodColour(row.method)}`, d: line(points) }));
    row.waves.forEach((count, place) => node.append(methodMark(row.method, ...points[place],
      `${row.method}, wave ${place + 1}: ${counted(count, "trajectory", "trajectories")}`)));
  }
  return figure("Trajectories by wave", "Number of trajectories worked on in each wave.", legend(known.map((row) => row.method)), node);
}
