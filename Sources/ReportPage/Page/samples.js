// How many samples of a problem it takes: pass@k and maj@k.

const AT_K = { pass_at_k: "pass@k", maj_at_k: "maj@k" };

function samplesChart(members) {
  const known = members.filter((row) => row.samples);
  const kinds = Object.keys(AT_K).filter((kind) => known.some((row) => row.samples[kind]?.length > 1));
  if (kinds.length === 0) return undefined;
  return figure({
    name: "samples", caption: "Several samples of a problem", wide: true,
    note: "pass@k: at least one of k samples is right, estimated from all of them. maj@k: the answer that most of the first k samples give is right. Bars: 95% intervals.",
    legend: methodEntries(known.map(({ method }) => method)),
    panels: kinds.map((kind) => ({ title: AT_K[kind], draw: (width) => atKPlot(known, kind, width) })),
    table: () => ({ columns: ["method", "data set", "figure", "k", "value", "low", "high", "problems"], rows: known.flatMap((row) =>
      kinds.flatMap((kind) => (row.samples[kind] ?? []).map((at) => [row.method, row.dataset, AT_K[kind], at.k, at.value, at.low, at.high, at.problems]))) }),
  });
}

function atKPlot(known, kind, width) {
  const points = known.flatMap((row) => row.samples[kind] ?? []);
  const ks = [...new Set(points.map(({ k }) => k))].sort((one, other) => one - other);
  const y = within(extent(points.flatMap(({ value, low, high }) => [value, low, high]).filter(isNumber), 0.04));
  const values = ticks(...y);
  const { node, sx, sy } = plot({ title: AT_K[kind], width, height: clamped(width * 0.6, 240, 340),
    x: { range: [ks[0] / 1.08, ks.at(-1) * 1.08], log: true, ticks: ks, format: String, label: "samples, k" },
    y: { range: y, ticks: values, format: percentFormat(values) } });
  for (const row of known) {
    const own = row.samples[kind] ?? [];
    node.append(seriesLine(row.method, own.map(({ k, value }) => [sx(k), sy(value)])),
      ...own.filter(({ low }) => isNumber(low)).map(({ k, low, high }) => whisker(row.method, sx(k), sy(low), sy(high))),
      ...own.map(({ k, value, low, high }) => methodMark(row.method, sx(k), sy(value),
        `${row.method}, ${AT_K[kind].slice(0, -1)}${k}: ${percent(value)} (${range(low, high)})`)));
  }
  return node;
}
