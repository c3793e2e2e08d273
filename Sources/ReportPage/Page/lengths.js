// Lengths of right and wrong answers.

function lengthChart(dataset) {
  const known = data.figures.lengths.filter((one) => one.dataset === dataset);
  if (known.length === 0) return undefined;
  const most = known[0].width * known[0].right.length;
  const x = { range: [0, most], ticks: ticks(0, most, 4), format: shortSI };
  return figure({
    name: "lengths", caption: "Lengths of answers", wide: known.length > 2, narrow: true,
    note: "Number of answers by the tokens of the response: right above the line, wrong below it. Short strokes: medians.",
    legend: [boxEntry("answered right", "right"), boxEntry("answered wrong", "wrong")],
    panels: known.map((one) => ({ title: one.method, draw: (width) => mirrored({
      width, title: `Lengths of answers, ${one.method}`, x, size: one.width,
      up: [["answered right", one.right]], down: ["answered wrong", one.wrong],
      words: (bin) => `${grouped(bin * one.width)} to ${grouped((bin + 1) * one.width - 1)} tokens`,
      marks: [[one.median_right, true, "right"], [one.median_wrong, false, "wrong"]].filter(([at]) => isNumber(at))
        .map(([at, up, words]) => ({ at, up, words: `median of ${words} answers: ${plainNumber(at)} tokens` })) }) })),
    table: () => ({ columns: ["method", "data set", "tokens_from", "tokens_to", "right", "wrong", "median_right", "median_wrong"],
      rows: known.flatMap((one) => one.right.map((count, bin) => [one.method, dataset, bin * one.width, (bin + 1) * one.width - 1, count,
        one.wrong[bin], one.median_right, one.median_wrong])) }),
  });
}
