// The page's data. The index is parsed at once; the trajectories of a problem when one of them is opened.

const data = JSON.parse(byId("index").textContent);

/** @typedef {{ number: number, method: string, dataset: string, problem: string, sample: number, id: string }} Row */
const RIGHT = 1, CUT = 2, FAILED = 4;

const rows = data.rows.map(([method, place, sample, state, origins], number) => {
  const [dataset, problem, ...values] = data.problems[place];
  const names = [data.methods[method], data.datasets[dataset].name, problem, sample];
  return { number, method: names[0], dataset: names[1], problem, place, sample, state, origins, values, id: names.join("/") };
});

const rowsOfProblem = new Map();
for (const row of rows) {
  if (!rowsOfProblem.has(row.place)) rowsOfProblem.set(row.place, []);
  rowsOfProblem.get(row.place).push(row);
}

const sampled = rows.some((row) => row.sample > 0);
const kindOf = (method) => data.kinds[data.methods.indexOf(method)];

const outcome = (row) =>
  row.state & FAILED ? "failed" : row.state & RIGHT ? "right" : row.state & CUT ? "cut" : "wrong";
const OUTCOMES = {
  right: { mark: "✓", words: "right" },
  wrong: { mark: "✗", words: "wrong" },
  cut: { mark: "✂", words: "wrong, cut by a limit" },
  failed: { mark: "!", words: "failed" },
};

/** The texts of a problem, parsed; `isKept` says whether they will soon be needed again. */
const problemLines = (() => {
  const text = byId("problems").textContent;
  let starts;
  const opened = new Map();
  return (place, isKept = true) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    }
    if (opened.has(place)) return opened.get(place);
    const end = place + 1 < starts.length ? starts[place + 1] - 1 : text.length;
    const block = JSON.parse(text.slice(starts[place], end));
    if (!isKept) return block;
    if (opened.size > 30) opened.delete(opened.keys().next().value);
    opened.set(place, block);
    return block;
  };
})();

/** The value of a problem's field as text. */
const fieldValue = (value) => (value === null ? "none" : typeof value === "string" ? value || '""' : JSON.stringify(value));

/** The problem and the trajectory of a row; undefined if its text is not in the page. */
function open(row) {
  const block = problemLines(row.place);
  if (!block) return undefined;
  const trajectory = block.trajectories[rowsOfProblem.get(row.place).indexOf(row)];
  return { question: block.question, gold: block.gold, fields: block.meta ?? [], text: (part) => block.texts[part.x], ...trajectory };
}
