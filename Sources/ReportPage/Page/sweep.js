// Accuracy and acceptance against the threshold, for methods that differ only in it.

/** A chart for each scale of thresholds: a reward of 0.7 and a score of 7 have no axis in common. */
function sweepCharts(members) {
  const rowOf = new Map(members.map((row) => [row.method, row]));
  const sweeps = data.sweeps.map((sweep) => ({ ...sweep,
    points: sweep.points.map(({ method, threshold }) => ({ threshold, row: rowOf.get(method) })).filter(({ row }) => isNumber(row?.accuracy)) }))
    .filter(({ points }) => points.length > 1);
  const scales = [...new Set(sweeps.map(({ scale }) => scale))];
  return scales.map((scale) => sweepChart(members, sweeps.filter((sweep) => sweep.scale === scale), scales.length > 1 ? scale : undefined));
}

/** scale: what the thresholds are compared with, if there are charts of others. */
function sweepChart(members, sweeps, scale) {
  const all = sweeps.flatMap(({ points }) => points);
  const [low, high] = extent(all.map(({ threshold }) => threshold), 0.04);
  const label = scale ? `threshold on the ${scale}` : "threshold";
  const x = { range: [low, high], ticks: ticks(low, high), format: plainNumber, label };
  const near = sweepRange(all.map(({ row }) => row), [], (row) => row.accuracy, accuracyInterval);
  const alone = members.filter((row) => ["draft_only", "target_only"].includes(kindOf(row.method)) && isNumber(row.accuracy)
    && row.accuracy > near[0] - (near[1] - near[0]));
  const name = (sweep) => (sweeps.length > 1 ? sweep.settings : sweep.points[0].row.method.replace(/[-_ ]?[\d.]+$/, "") || sweep.settings);
  return figure({
    name: label.replaceAll(" ", "-"), caption: `T${label.slice(1)}`, wide: true,
    note: "Methods that differ only in their threshold. Bars: 95% intervals."
      + `${sweeps.length > 1 || scale ? ` Line${sweeps.length > 1 ? "s" : ""}: ${sweeps.map(({ settings }) => settings).join("; ")}.` : ""}`,
    legend: alone.map(({ method }) => lineEntry(`reference ${methodColour(method)}`, method)),
    panels: [
      { title: "Accuracy", draw: (width) => sweepPlot(sweeps, { width, x, title: "Accuracy against the threshold", value: (row) => row.accuracy,
        interval: accuracyInterval, alone }) },
      { title: "Draft steps accepted", draw: (width) => sweepPlot(sweeps, { width, x, title: "Acceptance against the threshold",
        value: (row) => row.acceptance_rate, interval: () => [], alone: [] }) },
    ],
    table: () => ({ columns: ["settings", "threshold", "method", "accuracy", "accuracy_low", "accuracy_high", "acceptance_rate", "acceptance_rate_tokens"],
      rows: sweeps.flatMap((sweep) => sweep.points.map(({ threshold, row }) => [name(sweep), threshold, row.method, row.accuracy,
        row.accuracy_low, row.accuracy_high, row.acceptance_rate, row.acceptance_rate_tokens])) }),
  });
}

const accuracyInterval = (row) => [row.accuracy_low, row.accuracy_high];

/** The shares to show: those of the sweeps with their intervals, and those of methods to compare with. */
function sweepRange(rows, alone, value, interval) {
  return within(extent([...rows.flatMap((row) => [value(row), ...interval(row)]), ...alone.map(value)].filter(isNumber), 0.06));
}

function sweepPlot(sweeps, { width, x, title, value, interval, alone }) {
  const y = sweepRange(sweeps.flatMap(({ points }) => points.map(({ row }) => row)), alone, value, interval);
  const values = ticks(...y);
  const { node, sx, sy, inner } = plot({ title, width, height: clamped(width * 0.55, 220, 300), x,
    y: { range: y, ticks: values, format: percentFormat(values) } });
  for (const row of alone) {
    node.append(svg("line", { class: `reference ${methodColour(row.method)}`, x1: inner.left, x2: inner.right, y1: sy(value(row)), y2: sy(value(row)) },
      svg("title", {}, `${row.method}: ${percent(value(row))}`)));
  }
  for (const { points } of sweeps) {
    const known = points.filter(({ row }) => isNumber(value(row)));
    node.append(svg("path", { class: "series plain", d: line(known.map(({ threshold, row }) => [sx(threshold), sy(value(row))])) }));
    for (const { threshold, row } of known) {
      const [from, to] = interval(row);
      if (isNumber(from)) node.append(whisker(row.method, sx(threshold), sy(from), sy(to)));
      node.append(methodMark(row.method, sx(threshold), sy(value(row)), `${row.method}: ${percent(value(row))}`));
    }
  }
  return node;
}
