// Acceptance by step, and trajectories by wave.

function acceptanceChart(members) {
  const known = members.filter((row) => row.acceptance);
  if (known.length === 0) return undefined;
  const steps = Math.max(...known.map((row) => row.acceptance.by_step.length));
  const draw = (width) => {
    const { node, sx, sy } = plot({ title: "Share of draft steps accepted, by step position", width,
      x: countAxis(Math.max(2, steps), "step"), y: { ...shareAxis(), range: [0, 1.03] } });
    for (const row of known) {
      const points = judgedSteps(row);
      const most = Math.max(...points.map(({ accepted, rejected }) => accepted + rejected));
      node.append(seriesLine(row.method, points.map(({ step, share }) => [sx(step), sy(share)])));
      for (const { step, share, accepted, rejected } of points) {
        const words = `${grouped(accepted)} of ${grouped(accepted + rejected)} accepted, ${percent(share)}`;
        const mark = methodMark(row.method, sx(step), sy(share), `${row.method}, step ${step}: ${words}`);
        mark.setAttribute("fill-opacity", (0.25 + 0.75 * Math.sqrt((accepted + rejected) / most)).toFixed(2));
        node.append(mark);
      }
    }
    return node;
  };
  return figure({
    name: "acceptance-by-step", caption: "Acceptance by step",
    note: "Share of the draft steps judged against the threshold. Paler: fewer steps.",
    legend: methodEntries(known.map((row) => row.method)), panels: [{ draw }],
    table: () => ({ columns: ["method", "data set", "step", "accepted", "rejected", "share"], rows: known.flatMap((row) =>
      judgedSteps(row).map(({ step, accepted, rejected, share }) => [row.method, row.dataset, step, accepted, rejected, share])) }),
  });
}

const judgedSteps = (row) => row.acceptance.by_step.map((verdicts, place) => ({ ...verdicts, step: place + 1 }))
  .filter(({ share }) => isNumber(share));

function waveChart(members) {
  const known = members.filter((row) => row.waves?.length > 0);
  const waves = Math.max(0, ...known.map((row) => row.waves.length));
  if (waves < 2) return undefined;
  const most = Math.max(...known.map((row) => row.waves[0]));
  const draw = (width) => {
    const { node, sx, sy } = plot({ title: "Unfinished trajectories in each wave", width, x: countAxis(waves, "wave"),
      y: { range: [0, most], ticks: ticks(0, most), format: shortSI } });
    for (const row of known) {
      const points = row.waves.map((count, place) => [sx(place + 1), sy(count)]);
      node.append(seriesLine(row.method, points), ...row.waves.map((count, place) => methodMark(row.method, ...points[place],
        `${row.method}, wave ${place + 1}: ${counted(count, "trajectory", "trajectories")}`)));
    }
    return node;
  };
  return figure({
    name: "waves", caption: "Trajectories by wave", note: "Number of trajectories worked on in each wave.",
    legend: methodEntries(known.map((row) => row.method)), panels: [{ draw }],
    table: () => ({ columns: ["method", "data set", "wave", "trajectories"], rows: known.flatMap((row) =>
      row.waves.map((count, place) => [row.method, row.dataset, place + 1, count])) }),
  });
}
