// Accuracy by the values of a field of the data set, such as `level`.

const MOST_WHISKERS = 90;

const hasIntervals = (names, series) => names.length * series.length <= MOST_WHISKERS;

function fieldCharts(members) {
  const known = members.filter((row) => row.breakdowns);
  return (known[0]?.breakdowns ?? []).map(({ field, groups }, number) => {
    const series = known.map((row) => ({ method: row.method, groups: row.breakdowns[number].groups }));
    const names = groups.map(({ value }) => fieldValue(value));
    return figure({
      name: `accuracy-by-${field}`, caption: `Accuracy by ${shortened(field)}`, wide: series.length * groups.length > 40,
      note: hasIntervals(names, series) ? "Bars: 95% intervals." : "The data has 95% intervals.",
      legend: methodEntries(series.map(({ method }) => method)),
      panels: [{ draw: (width) => fieldPlot(field, names, series, width) }],
      table: () => ({ columns: ["method", "data set", "field", "value", "problems", "answers", "right", "accuracy", "accuracy_low", "accuracy_high"],
        rows: series.flatMap(({ method, groups }) => groups.map((group, place) => [method, known[0].dataset, field, names[place],
          group.problems, group.total, group.correct, group.accuracy, group.accuracy_low, group.accuracy_high])) }),
    });
  });
}

// Less room for a value than this, in pixels, and the values become rows.
const LEAST_ROOM = 44;
const fieldPlot = (field, names, series, width) =>
  ((width - 60) / names.length < LEAST_ROOM ? fieldRows : fieldColumns)(field, names, series, width);

function accuracyTicks(series) {
  const shares = series.flatMap(({ groups }) => groups.flatMap((group) => [group.accuracy, group.accuracy_low, group.accuracy_high]));
  const range = within(extent(shares.filter(isNumber), 0.04));
  const values = ticks(...range);
  return { range, ticks: values, format: percentFormat(values) };
}

const groupWords = (method, field, name, group) =>
  `${method}, ${field} ${name}: ${grouped(group.correct)} of ${counted(group.total, "answer")} right, ${percent(group.accuracy)}`;

function fieldColumns(field, names, series, width) {
  const isLong = names.some((name) => widthOf(shortened(name)) > (width - 60) / names.length - 6);
  const { node, sx, sy, inner } = plot({ title: `Accuracy by ${field}`, width, height: 320, margin: isLong ? { left: 66, bottom: 76 } : { bottom: 26 },
    x: { range: [0, names.length], ticks: [], format: String }, y: accuracyTicks(series) });
  const room = (sx(1) - sx(0)) * 0.76;
  names.forEach((name, place) => {
    if (place > 0) node.append(svg("line", { class: "grid", x1: sx(place), x2: sx(place), y1: inner.top, y2: inner.bottom }));
    series.forEach(({ method, groups }, number) => {
      const group = groups[place];
      if (!isNumber(group.accuracy)) return;
      const x = sx(place + 0.5) + room * ((number + 0.5) / series.length - 0.5);
      if (hasIntervals(names, series)) node.append(whisker(method, x, sy(group.accuracy_low), sy(group.accuracy_high)));
      node.append(methodMark(method, x, sy(group.accuracy), groupWords(method, field, name, group)));
    });
  });
  node.append(...nameTicks(names, (place) => sx(place + 0.5), isLong, inner.bottom));
  return node;
}

/** Names below an axis, slanted if they are too long to stand side by side. */
function nameTicks(names, at, isLong, bottom) {
  return names.map((name, place) => svg("text", isLong
    ? { x: at(place) + 4, y: bottom + 14, "text-anchor": "end", transform: `rotate(-35 ${at(place) + 4} ${bottom + 14})` }
    : { x: at(place), y: bottom + 17, "text-anchor": "middle" }, svg("title", {}, name), shortened(name, isLong ? 14 : LONGEST_LABEL)));
}

function fieldRows(field, names, series, width) {
  const tall = clamped(series.length * 6 + 10, 22, 64);
  const left = Math.min(width * 0.34, Math.max(...names.map((name) => widthOf(shortened(name, 18)))) + 12);
  const { node, sx, inner } = plot({ title: `Accuracy by ${field}`, width, height: names.length * tall + 34, margin: { left, top: 6, bottom: 28 },
    x: accuracyTicks(series), y: { range: [0, 1], ticks: [], format: String } });
  names.forEach((name, place) => {
    const top = inner.top + place * tall;
    node.append(svg("line", { class: "grid", x1: inner.left, x2: inner.right, y1: top, y2: top }),
      svg("text", { x: left - 8, y: top + tall / 2 + 4, "text-anchor": "end" }, svg("title", {}, name), shortened(name, 18)));
    series.forEach(({ method, groups }, number) => {
      const group = groups[place];
      if (!isNumber(group.accuracy)) return;
      const y = top + 5 + (tall - 10) * ((number + 0.5) / series.length);
      if (hasIntervals(names, series)) {
        node.append(svg("line", { class: `whisker ${methodColour(method)}`, "data-method": methodNumber(method),
          x1: sx(group.accuracy_low), x2: sx(group.accuracy_high), y1: y, y2: y }));
      }
      node.append(methodMark(method, sx(group.accuracy), y, groupWords(method, field, name, group)));
    });
  });
  return node;
}
