// The figures of every method on every data set, in sortable tables.

function showTables() {
  const hasSamples = data.summary.rows.some((row) => row.samples);
  const tables = [[byId("results"), used(RESULT_COLUMNS)], [byId("samples"), hasSamples ? used(sampleColumns()) : []],
    [byId("decisions"), used(DECISION_COLUMNS)]].filter(([, columns]) => columns.length > 0);
  for (const [place, columns] of tables) sortable(place, columns);
  showNotes(tables.flatMap(([, columns]) => columns));
  showBreakdowns();
  showTokens();
}

function sortable(place, columns) {
  let sort = {};
  const draw = () => {
    const focused = place.contains(document.activeElement) && document.activeElement.dataset.column;
    const heads = [el("th", { scope: "col" }, "method"), columns.map(head)];
    place.replaceChildren(el("table", { class: tableKind(columns.length) }, el("thead", {}, groupRow(columns), el("tr", {}, heads)),
      data.datasets.map(({ name }) => datasetRows(name, columns, sort))));
    if (focused) place.querySelector(`[data-column="${focused}"]`).focus();
  };
  const head = (column, number) => {
    const direction = sort.column === column ? (sort.descending ? "descending" : "ascending") : undefined;
    return el("th", { scope: "col", class: "num", "aria-sort": direction },
      el("button", { type: "button", "data-column": String(number), onclick: () => { sort = nextSort(sort, column); draw(); } },
        column.name),
      // Browsers leave buttons out where they repeat a head on the next page.
      el("span", { class: "on-paper" }, column.name));
  };
  draw();
}

/** Largest first, then smallest first, then the order of the job. */
function nextSort(sort, column) {
  if (sort.column !== column) return { column, descending: true };
  return sort.descending ? { column, descending: false } : {};
}

function datasetRows(dataset, columns, sort) {
  const members = data.summary.rows.filter((row) => row.dataset === dataset);
  if (sort.column) members.sort((one, other) => compared(sort.column.key(one), sort.column.key(other), sort.descending));
  const most = Math.max(0, ...members.map((row) => row.total));
  const isEqual = members.every((row) => row.total === most);
  const title = el("th", { scope: "rowgroup", colspan: String(columns.length + 1) }, ...visible(dataset),
    el("small", { class: "dim" }, `  ${isEqual ? "" : "up to "}${counted(most, "answer")} per method`));
  return el("tbody", {}, el("tr", {}, title), members.map((row) => el("tr", {},
    rowHead(row.method), columns.map((column) => cell(column.label ?? [column.group, column.name].filter(Boolean).join(" "), column.cell(row))))));
}

/** On a narrow screen, and with very many columns on paper, rows are blocks in which every number has the name of its column. */
const tableKind = (columns) => (columns > 11 ? "stacked many" : "stacked");
const cell = (name, ...content) => el("td", { class: content[0] === "–" ? "num nothing" : "num", "data-label": name }, ...content);

/** Missing numbers come last in either direction. */
function compared(one, other, descending) {
  if (!isNumber(one) || !isNumber(other)) return Number(!isNumber(one)) - Number(!isNumber(other));
  return descending ? other - one : one - other;
}

function groupRow(columns) {
  const cells = [];
  for (const { group } of columns) {
    if (cells.at(-1)?.group === group) cells.at(-1).span += 1;
    else cells.push({ group, span: 1 });
  }
  return el("tr", {}, el("td", {}), cells.map(({ group, span }) => (group
    ? el("th", { class: "group", scope: "colgroup", colspan: String(span) }, group)
    : el("td", { colspan: String(span) }))));
}

function showNotes(columns) {
  const has = (group) => columns.some((column) => column.group === group);
  const notes = [
    `accuracy: with Wilson's 95% interval${sampled ? ", clustered by problem because problems have several samples" : ""}.`,
    has("paired with target only") && "paired: compared with the target alone on the same problems; difference in percentage points "
      + "with its 95% interval (Agresti and Min); p of McNemar's exact two-sided test.",
    has("drafts accepted") && "accepted: share of the draft steps judged against the threshold.",
    has("pass@k") && "avg@n: accuracy over all n samples of each problem, ± its standard error. pass@k: at least one of k samples is right, estimated "
      + "from all n. maj@k: the answer that most of the first k samples give is right. solved counts answers; FLOPs per problem are those of all its samples.",
    has("draft alone") && "draft alone: answers without a step by the target, and those of them that are right, "
      + "as shares of all answers.",
    "paper: tokens that a step-at-a-time run writes or judges, each once. spent: every token that a request read or wrote, "
      + "including look-ahead and prompts read again. ×: relative to the target alone.",
  ];
  const undecided = data.summary.rows.reduce((all, row) => all + (row.undecided ?? 0), 0);
  if (undecided > 0) {
    notes.push(`${undecided === 1 ? "1 answer was not decided by exact and counts" : `${grouped(undecided)} answers were not decided by exact and count`}`
      + " as wrong; regrade with math-verify: rsd-batch grade RUN --with math-verify.");
  }
  byId("table-notes").append(...notes.filter(Boolean).map((note) => el("p", {}, note)));
}

/** The accuracies by the values of each field, such as `level`: a table per data set and field, folded at first. */
function showBreakdowns() {
  const place = byId("breakdowns");
  const tables = data.datasets.flatMap(({ name }) => {
    const members = data.summary.rows.filter((row) => row.dataset === name && row.breakdowns);
    return (members[0]?.breakdowns ?? []).map(({ field, groups }, number) => {
      const rows = members.map((row) => ({ method: row.method, groups: row.breakdowns[number].groups }));
      const problems = (column) => Math.max(...rows.map(({ groups }) => groups[column].problems));
      const heads = groups.map(({ value }, column) => el("th", { scope: "col", class: "num" }, ...visible(fieldValue(value)),
        el("small", { class: "dim" }, ` ${counted(problems(column), "problem")}`)));
      const body = rows.map(({ method, groups }) => el("tr", {}, rowHead(method),
        groups.map((group) => cell(fieldValue(group.value), percent(group.accuracy),
          el("small", {}, range(group.accuracy_low, group.accuracy_high))))));
      const title = data.datasets.length > 1 ? `${name}: ${field}` : field;
      return el("div", { class: "scroll" }, el("table", { class: tableKind(groups.length) }, el("caption", {}, ...visible(title)),
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "method"), heads)), el("tbody", {}, body)));
    });
  });
  place.hidden = tables.length === 0;
  place.querySelector("summary").append("Accuracy by ", ...visible(data.fields.map(({ name }) => name).join(", ")));
  place.append(...tables);
}

const FATES = [
  ["draft", "kept"], ["draft", "rejected"], ["draft", "lookahead"], ["draft", "prompt"],
  ["target", "kept"], ["target", "rejected"], ["target", "lookahead"], ["target", "judged"],
  ["target", "prompt"],
  ["prm", "judged"], ["prm", "prompt"],
];

function showTokens() {
  const several = data.datasets.length > 1;
  const fates = FATES.filter(([role, fate]) => data.summary.rows.some((row) => row.tokens[role]?.[fate] > 0));
  const names = { lookahead: "look-ahead", prompt: "prompt read" };
  const heads = [el("th", { scope: "col" }, "method"), several && el("th", { scope: "col" }, "data set"),
    fates.map(([role, fate]) => el("th", { scope: "col", class: "num" }, `${role} ${names[fate] ?? fate}`))];
  const body = data.summary.rows.map((row) => el("tr", {}, rowHead(row.method),
    several && el("td", { "data-label": "data set" }, ...visible(row.dataset)),
    fates.map(([role, fate]) => cell(`${role} ${names[fate] ?? fate}`, row.tokens[role]?.[fate] ? grouped(row.tokens[role][fate]) : "–"))));
  byId("tokens").querySelector("div").append(
    el("table", { class: tableKind(fates.length) }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, body)));
}
