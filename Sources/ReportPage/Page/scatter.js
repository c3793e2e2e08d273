// Accuracy against cost, and the methods that lie close together once more, larger.

const COUNTS = { paper: "paper FLOPs", spent: "spent FLOPs" };

/** FLOPs of one answer. Earlier versions counted only these, as those of a problem. */
const costOf = (kind) => (row) => row[`flops_${kind}_per_answer`] ?? row[`flops_${kind}_per_problem`];
const COST_UNIT = sampled ? "answer" : "problem";

function scatter(members, kind) {
  const key = costOf(kind);
  const known = members.filter((row) => key(row) > 0 && isNumber(row.accuracy));
  if (known.length === 0) return undefined;
  const front = paretoFront(known, key);
  const names = front.map((row) => shortened(row.method)).join(", ");
  const close = cluster(known, key);
  const whole = costAxis(known, key, kind);
  const all = (width) => scatterPlot(known, { key, kind, front, width, x: whole, y: accuracyRange(known), close });
  const near = (width) => scatterPlot(known, { key, kind, front, width, ...closeAxes(close, key, kind) });
  return figure({
    name: `accuracy-${kind}-flops`, caption: "Accuracy and cost", wide: Boolean(close),
    note: `On the Pareto front, where no other method is better in both: ${names}. Bars: 95% intervals${close ? ", where they end within the plot" : ""}.`,
    legend: [lineEntry("pareto", "Pareto front")],
    controls: [toggled("How FLOPs are counted", Object.keys(COUNTS), kind, (flops) => redrawCharts({ flops }), COUNTS)],
    panels: close ? [{ title: "All methods", draw: all }, { title: `The ${close.length} in the frame`, draw: near }]
      : [{ draw: all }],
    table: () => ({ columns: ["method", "data set", `${kind}_flops_per_${COST_UNIT}`, "accuracy", "accuracy_low", "accuracy_high", "pareto_front"],
      rows: known.map((row) => [row.method, row.dataset, key(row), row.accuracy, row.accuracy_low, row.accuracy_high, front.includes(row)]) }),
  });
}

/** From the cheapest, methods that are more accurate than all cheaper ones. */
function paretoFront(known, key) {
  let best = -1;
  return [...known].sort((one, other) => key(one) - key(other) || other.accuracy - one.accuracy)
    .filter((row) => row.accuracy > best && ((best = row.accuracy), true));
}

function costAxis(known, key, kind) {
  const [least, most] = extent(known.map((row) => key(row)));
  const log = most / least > 4;
  const range = log ? [least / (most / least) ** 0.08, most * (most / least) ** 0.08] : extent([least, most], 0.12);
  const values = log ? logTicks(...range) : ticks(...range);
  return { range, log, ticks: values, format: siFormat(values), label: `${kind} FLOPs per ${COST_UNIT}${log ? ", logarithmic" : ""}` };
}

const accuracyRange = (known) =>
  within(extent(known.flatMap((row) => [row.accuracy_low, row.accuracy_high, row.accuracy]).filter(isNumber), 0.04));

/** At least five methods that would be drawn in a small part of the plot; undefined if there are none. */
function cluster(known, key) {
  if (known.length < 6) return undefined;
  const axis = costAxis(known, key, "");
  const [u, v] = [scale(axis.range, [0, 1], axis.log), scale(accuracyRange(known), [0, 1])];
  const points = known.map((row) => ({ row, u: u(key(row)), v: v(row.accuracy) }));
  const apart = (one, other) => Math.hypot(one.u - other.u, one.v - other.v);
  const half = Math.max(5, Math.ceil(known.length / 2));
  const radius = (point) => points.map((other) => apart(point, other)).sort((one, other) => one - other)[half - 1];
  const centre = points.map((point) => ({ point, radius: radius(point) })).reduce((best, one) => (one.radius < best.radius ? one : best));
  const inside = points.filter((other) => apart(centre.point, other) <= centre.radius + 0.02);
  const [wide, high] = [extent(inside.map(({ u }) => u)), extent(inside.map(({ v }) => v))].map(([low, high]) => high - low);
  return wide < 0.4 && high < 0.4 && wide * high < 0.08 && inside.length < known.length ? inside.map(({ row }) => row) : undefined;
}

function closeAxes(close, key, kind) {
  const range = extent(close.map((row) => key(row)), 0.12);
  const values = ticks(...range, 4);
  return { x: { range, ticks: values, format: siFormat(values), label: `${kind} FLOPs per ${COST_UNIT}` },
    y: extent(close.map((row) => row.accuracy), 0.3) };
}

function scatterPlot(known, { key, kind, front, width, x, y, close }) {
  const values = ticks(...y);
  const { node, sx, sy, inner } = plot({
    title: `Accuracy against ${kind} FLOPs per ${COST_UNIT}`, width, height: clamped(width * 0.62, 260, 400), x,
    y: { range: y, ticks: values, format: percentFormat(values), label: "accuracy" },
  });
  const at = (row) => [sx(key(row)), sy(row.accuracy)];
  const isInside = ([px, py]) => px >= inner.left - 1 && px <= inner.right + 1 && py >= inner.top - 1 && py <= inner.bottom + 1;
  const shown = known.filter((row) => isInside(at(row)));
  node.append(...clipped(inner, svg("path", { class: "pareto", d: steps(front.map(at)) }),
    shown.map((row) => hasEnds(row, y) && whisker(row.method, at(row)[0], sy(row.accuracy_low), sy(row.accuracy_high)))));
  const box = close && frame(close.map(at));
  if (box) node.append(svg("rect", { class: "frame", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top, rx: 3 }));
  const points = shown.map((row) => ({ row, x: at(row)[0], y: at(row)[1], text: row.method, isFirst: front.includes(row),
    mark: methodMark(row.method, ...at(row), `${row.method}: ${percent(row.accuracy)} (${range(row.accuracy_low, row.accuracy_high)}), `
      + `${si(key(row))} FLOPs${front.includes(row) ? ", on the Pareto front" : ""}`) }));
  const free = points.filter(({ row }) => !close?.includes(row));
  const places = placeLabels(free, inner, box ? [box] : [], stepBoxes(front.map(at)));
  node.append(...points.filter((point) => !free.includes(point)).map((point) => labelled(point, undefined, inner)),
    ...free.map((point, number) => labelled(point, places[number], inner)));
  showPointed(node);
  return node;
}

const steps = (points) => points.map(([x, y], place) => (place === 0 ? `M${x} ${y}` : `H${x}V${y}`)).join("");

/** The same lines, as boxes. */
const stepBoxes = (points) => points.slice(1).flatMap(([x, y], place) => {
  const [left, level] = points[place];
  return [{ left, right: x, top: level - 2, bottom: level + 2 }, { left: x - 2, right: x + 2, top: Math.min(y, level), bottom: Math.max(y, level) }];
});

/** Whether an interval is more than a line across the whole plot. */
const hasEnds = ({ accuracy_low: low, accuracy_high: high }, [bottom, top]) => isNumber(low) && (low > bottom || high < top);

function frame(points) {
  const [left, right] = extent(points.map(([x]) => x));
  const [top, bottom] = extent(points.map(([, y]) => y));
  return { left: left - 10, right: right + 10, top: top - 10, bottom: bottom + 10 };
}
