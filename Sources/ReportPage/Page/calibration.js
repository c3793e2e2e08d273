// What the rewards of an answer's steps say about whether it is right.

const MEASURES = { last: "last reward", least: "least reward", mean: "mean reward" };
const MEASURE_MARKS = {
  last: (x, y) => svg("circle", { class: "measure last", cx: x, cy: y, r: 4.5 }),
  least: (x, y) => svg("path", { class: "measure least", d: `M${x} ${y + 5}l-5.2-9.4h10.4z` }),
  mean: (x, y) => svg("path", { class: "measure mean", d: `M${x} ${y - 6}l5.4 6l-5.4 6l-5.4-6z` }),
};

const curveOf = (one, name) => one.curves.find((curve) => curve.measure === name);
const calibrated = (dataset) => data.figures.calibrations.filter((one) => one.dataset === dataset);

function reliabilityChart(dataset, { measure }) {
  const known = calibrated(dataset);
  if (known.length === 0) return undefined;
  return figure({
    name: `reliability-${measure}`, caption: "Rewards and correctness", wide: known.length > 2, narrow: true,
    note: `Share of right answers by the ${MEASURES[measure]} of their steps, in tenths; where the marks lie on the diagonal, the reward is the `
      + "probability that the answer is right. Bars: 95% intervals. Below: number of answers, logarithmic.",
    controls: [toggled("Reward of an answer", Object.keys(MEASURES), measure, (name) => redrawCharts({ measure: name }))],
    panels: known.map((one) => ({ title: `${one.method}${aurocWords(curveOf(one, measure))}`, draw: (width) => reliability(one, curveOf(one, measure), measure, width) })),
    table: () => ({ columns: ["method", "data set", "measure", "reward_from", "reward_to", "reward_mean", "answers", "right", "accuracy", "accuracy_low",
      "accuracy_high"], rows: known.flatMap((one) => curveOf(one, measure).bins.map((bin) => [one.method, dataset, measure, bin.tenth / 10,
      (bin.tenth + 1) / 10, bin.reward, bin.total, bin.correct, bin.accuracy, bin.accuracy_low, bin.accuracy_high])) }),
  });
}

const aurocWords = ({ auroc }) => (isNumber(auroc) ? `, AUROC ${auroc.toFixed(2)}` : "");

const COUNTS_HEIGHT = 34;

function reliability({ method }, { bins }, measure, width) {
  const height = clamped(width * 0.8, 190, 260);
  const { node, sx, sy, inner } = plot({ title: `Share of right answers by the ${MEASURES[measure]}, ${method}`, width, height,
    margin: { bottom: 24 + COUNTS_HEIGHT }, x: { range: [0, 1], ticks: [], format: plainNumber }, y: { ...shareAxis(), ticks: [0, 0.5, 1] } });
  const bottom = height - 20;
  const most = Math.log1p(Math.max(...bins.map(({ total }) => total)));
  node.append(svg("path", { class: "diagonal", d: `M${sx(0)} ${sy(0)}L${sx(1)} ${sy(1)}` }),
    svg("line", { class: "axis", x1: inner.left, x2: inner.right, y1: bottom, y2: bottom }),
    ...[0, 0.5, 1].map((value) => svg("text", { x: sx(value), y: bottom + 15, "text-anchor": "middle" }, plainNumber(value))),
    svg("path", { class: `series ${methodColour(method)}`, d: line(bins.map((bin) => [sx(bin.reward), sy(bin.accuracy)])) }));
  for (const bin of bins) {
    const [x, words] = [sx(bin.reward), `${plainNumber(bin.tenth / 10)} to ${plainNumber((bin.tenth + 1) / 10)}: ${grouped(bin.correct)} of `
      + `${counted(bin.total, "answer")} right, ${percent(bin.accuracy)} (${range(bin.accuracy_low, bin.accuracy_high)})`];
    const tall = (COUNTS_HEIGHT - 8) * (Math.log1p(bin.total) / most);
    node.append(whisker(method, x, sy(bin.accuracy_low), sy(bin.accuracy_high)),
      svg("circle", { class: `mark ${methodColour(method)}`, cx: x, cy: sy(bin.accuracy), r: 4 }, svg("title", {}, words)),
      svg("rect", { class: "answers", x: sx(bin.tenth / 10) + 0.5, width: sx(0.1) - sx(0) - 1, y: bottom - tall, height: tall }, svg("title", {}, words)));
  }
  return node;
}

const ROW = 22;

function aurocChart(dataset) {
  const known = calibrated(dataset).filter((one) => one.curves.some(({ auroc }) => isNumber(auroc)));
  if (known.length === 0) return undefined;
  return figure({
    name: "auroc", caption: "Rewards as a ranking of answers",
    note: "AUROC: the probability that a right answer has a higher reward than a wrong one. 0.5 is chance.",
    legend: Object.entries(MEASURES).map(([name, words]) => ({ words, mark: MEASURE_MARKS[name] })),
    panels: [{ draw: (width) => aurocPlot(known, width) }],
    table: () => ({ columns: ["method", "data set", "measure", "answers", "right", "auroc"], rows: known.flatMap((one) =>
      one.curves.map(({ measure, auroc }) => [one.method, dataset, measure, one.total, one.correct, auroc])) }),
  });
}

/** A row per method, with a mark for each measure. */
function aurocPlot(known, width) {
  const values = known.flatMap((one) => one.curves.map(({ auroc }) => auroc)).filter(isNumber);
  const names = Math.min(150, Math.max(...known.map(({ method }) => widthOf(shortened(method, 20)))) + 14);
  const x = [Math.min(0.5, Math.floor(Math.min(...values) * 10) / 10), 1];
  const { node, sx, inner } = plot({ title: "AUROC by method", width, height: known.length * ROW + 50,
    margin: { left: names, right: 14, top: 6, bottom: 40 }, x: { range: x, ticks: ticks(...x, 5), format: plainNumber, label: "AUROC" },
    y: { range: [0, 1], ticks: [], format: String } });
  if (x[0] < 0.5) node.append(svg("line", { class: "diagonal", x1: sx(0.5), x2: sx(0.5), y1: inner.top, y2: inner.bottom }));
  known.forEach((one, place) => {
    const y = inner.top + (place + 0.5) * ROW;
    node.append(svg("line", { class: "grid", x1: inner.left, x2: inner.right, y1: y, y2: y }),
      svg("text", { x: inner.left - 10, y: y + 4, "text-anchor": "end" }, shortened(one.method, 20)));
    for (const { measure, auroc } of one.curves.filter(({ auroc }) => isNumber(auroc))) {
      node.append(fill(MEASURE_MARKS[measure](sx(auroc), y), {}, [svg("title", {}, `${one.method}, ${MEASURES[measure]}: ${auroc.toFixed(3)}`)]));
    }
  });
  return node;
}
