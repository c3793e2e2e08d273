// Accuracy by the values of a field of the data set, such as `level`.

const MOST_WHISKERS = 90;

function fieldCharts(members) {
  const known = members.filter((row) => row.breakdowns);
  return (known[0]?.breakdowns ?? []).map(({ field, groups }, number) => {
    const series = known.map((row) => ({ method: row.method, groups: row.breakdowns[number].groups }));
    const names = groups.map(({ value }) => fieldValue(value));
    return figure({
      name: `accuracy-by-field-${number + 1}`, caption: `Accuracy by ${shortened(field)}`, note: "Bars: 95% intervals.", wide: series.length * groups.length > 40,
      legend: methodEntries(series.map(({ method }) => method)),
      panels: [{ draw: (width) => fieldPlot(field, names, series, width) }],
      table: () => ({ columns: ["method", "data set", "field", "value", "problems", "answers", "right", "accuracy", "accuracy_low", "accuracy_high"],
        rows: series.flatMap(({ method, groups }) => groups.map((group, place) => [method, known[0].dataset, field, names[place],
          group.problems, group.total, group.correct, group.accuracy, group.accuracy_low, group.accuracy_high])) }),
    });
  });
}

function fieldPlot(field, names, series, width) {
  const shares = series.flatMap(({ groups }) => groups.flatMap((group) => [group.accuracy, group.accuracy_low, group.accuracy_high]));
  const y = within(extent(shares.filter(isNumber), 0.04));
  const values = ticks(...y);
  const { node, sx, sy, inner } = plot({ title: `Accuracy by ${field}`, width, height: 320, margin: { bottom: slant(names, width) ? 76 : 26 },
    x: { range: [0, names.length], ticks: [], format: String }, y: { range: y, ticks: values, format: percentFormat(values) } });
  const room = (sx(1) - sx(0)) * 0.76;
  const hasWhiskers = names.length * series.length <= MOST_WHISKERS;
  names.forEach((name, place) => {
    const middle = sx(place + 0.5);
    if (place > 0) node.append(svg("line", { class: "grid", x1: sx(place), x2: sx(place), y1: inner.top, y2: inner.bottom }));
    series.forEach(({ method, groups }, number) => {
      const group = groups[place];
      if (!isNumber(group.accuracy)) return;
      const x = middle + room * ((number + 0.5) / series.length - 0.5);
      if (hasWhiskers) node.append(whisker(method, x, sy(group.accuracy_low), sy(group.accuracy_high)));
      node.append(methodMark(method, x, sy(group.accuracy), `${method}, ${field} ${name}: ${grouped(group.correct)} of `
        + `${counted(group.total, "answer")} right, ${percent(group.accuracy)}`));
    });
  });
  node.append(...nameTicks(names, (place) => sx(place + 0.5), slant(names, width), inner.bottom));
  return node;
}

const slant = (names, width) => names.some((name) => widthOf(shortened(name)) > (width - 60) / names.length - 6);

/** Names below an axis, slanted if they are too long to stand side by side. */
function nameTicks(names, at, isLong, bottom) {
  return names.map((name, place) => svg("text", isLong
    ? { x: at(place) + 4, y: bottom + 14, "text-anchor": "end", transform: `rotate(-35 ${at(place) + 4} ${bottom + 14})` }
    : { x: at(place), y: bottom + 17, "text-anchor": "middle" }, svg("title", {}, name), shortened(name, isLong ? 14 : LONGEST_LABEL)));
}
