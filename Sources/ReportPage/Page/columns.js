// The columns of the result tables: name, sort key and cell content.

const isBaseline = (row) => data.summary.rows.some((other) => other.paired?.baseline === row.method);
const baselineOf = (row) => data.summary.rows.find((other) =>
  other.dataset === row.dataset && other.method === (row.paired?.baseline ?? (isBaseline(row) ? row.method : undefined)));

/** The cost as a multiple of the baseline's. */
function times(row, key) {
  const base = baselineOf(row)?.[key];
  return base > 0 && isNumber(row[key]) ? `${fixed(row[key] / base, 2)}×` : "";
}

function cuts(row) {
  const limits = Object.entries(row.finishes).filter(([finish]) => !["eos", "answered", "failed"].includes(finish));
  return limits.reduce((sum, [, count]) => sum + count, 0);
}

const range = (low, high) => (isNumber(low) ? `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}` : "");

function intervalMark(row) {
  if (!isNumber(row.accuracy_low)) return undefined;
  const x = (share) => 2 + 88 * share;
  return svg("svg", { class: "interval", viewBox: "0 0 92 12", "aria-hidden": "true" },
    svg("line", { class: "axis", x1: 2, x2: 90, y1: 6, y2: 6 }),
    svg("line", { x1: x(row.accuracy_low), x2: x(row.accuracy_high), y1: 6, y2: 6 }),
    svg("circle", { cx: x(row.accuracy), cy: 6, r: 2.6 }));
}

const shareColumn = (group, name, key) => ({ group, name, key, cell: (row) => percent(key(row)) });
const countColumn = (group, name, key) => ({ group, name, key, cell: (row) => (key(row) ? grouped(key(row)) : "–") });
const flopsColumn = (name, key, unit = "problem") => ({ group: `FLOPs per ${unit}`, name, label: `${name} FLOPs per ${unit}`, key: (row) => row[key],
  cell: (row) => [si(row[key]), el("small", {}, times(row, key))] });
const pairedColumn = (name, key, cell) => ({ group: "paired with target only", name, label: `paired ${name}`,
  key: (row) => row.paired && key(row.paired), cell: (row) => (row.paired?.pairs > 0 ? cell(row.paired) : "–") });

const RESULT_COLUMNS = [
  { group: "", name: "solved", key: (row) => row.correct, cell: (row) => `${grouped(row.correct)}/${grouped(row.total)}` },
  { group: "accuracy, 95%", name: "accuracy", label: "accuracy, 95%", key: (row) => row.accuracy,
    cell: (row) => [percent(row.accuracy), el("small", {}, range(row.accuracy_low, row.accuracy_high)), intervalMark(row)] },
  pairedColumn("difference", (paired) => paired.difference, (paired) =>
    [points(paired.difference), el("small", {}, `${points(paired.difference_low)} to ${points(paired.difference_high)}`)]),
  pairedColumn("wins–losses", (paired) => paired.wins - paired.losses, (paired) => `${grouped(paired.wins)}–${grouped(paired.losses)}`),
  pairedColumn("p", (paired) => paired.p, (paired) => pValue(paired.p)),
  shareColumn("steps", "by target", (row) => row.target_step_share),
  flopsColumn("paper", "flops_paper_per_problem"),
  flopsColumn("spent", "flops_spent_per_problem"),
  countColumn("", "cut", cuts),
  countColumn("", "failed", (row) => row.finishes.failed),
];

const DECISION_COLUMNS = [
  shareColumn("drafts accepted", "of steps", (row) => row.acceptance_rate),
  shareColumn("drafts accepted", "of tokens", (row) => row.acceptance_rate_tokens),
  shareColumn("steps accepted", "in right answers", (row) => row.acceptance?.right.steps.share),
  shareColumn("steps accepted", "in wrong answers", (row) => row.acceptance?.wrong.steps.share),
  shareColumn("draft alone", "answered", (row) => row.draft_alone?.share),
  shareColumn("draft alone", "solved", (row) => row.draft_alone?.correct_share),
  countColumn("", "waves", (row) => row.waves?.length),
];

/** The figures of several samples of a problem, for each k of the run. */
function sampleColumns() {
  const ksOf = (kind) => [...new Set(data.summary.rows.flatMap((row) => (row.samples?.[kind] ?? []).map(({ k }) => k)))]
    .filter((k) => k > 1).sort((one, other) => one - other);
  // Intervals only where they leave the table its place; the chart has them all.
  const hasRoom = ksOf("pass_at_k").length + ksOf("maj_at_k").length <= 6;
  const columnsAtK = (figure, kind) => ksOf(kind).map((k) => {
    const at = (row) => row.samples?.[kind]?.find((one) => one.k === k);
    const words = ({ value, low, high }) => [percent(value), hasRoom && el("small", {}, range(low, high))].filter(Boolean);
    return { group: `${figure}@k`, name: `${figure}@${k}`, label: `${figure}@${k}`, key: (row) => at(row)?.value,
      cell: (row) => (at(row) ? words(at(row)) : "–") };
  });
  const plusMinus = (share) => (isNumber(share) ? el("small", {}, `±${(share * 100).toFixed(1)}`) : undefined);
  return [
    { group: "", name: "samples", key: (row) => row.samples?.n, cell: (row) => String(row.samples?.n ?? 1) },
    { group: "", name: "avg@n", key: (row) => row.samples?.avg, cell: (row) => [percent(row.accuracy), plusMinus(row.samples?.avg_stderr)] },
    ...columnsAtK("pass", "pass_at_k"), ...columnsAtK("maj", "maj_at_k"),
    flopsColumn("paper", "flops_paper_per_answer", "answer"), flopsColumn("spent", "flops_spent_per_answer", "answer"),
  ];
}

/** The columns with at least one value. */
const used = (columns) => columns.filter(({ key, name }) => data.summary.rows.some((row) =>
  (name === "cut" ? key(row) > 0 : isNumber(key(row)))));
