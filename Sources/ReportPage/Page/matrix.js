// Every problem by every method, as cells to click: which problems are hard, and where methods differ.

const ORDERS = { job: "as in the data", hardness: "easiest first" };
const CELLS = { all: "all problems", differ: "where methods differ" };
// Shares of right answers that have a colour of their own: none, some, most, all.
const LEVELS = [{ kind: "none-right", words: "wrong" }, { kind: "some-right", words: "some samples right" },
  { kind: "most-right", words: "half or more right" }, { kind: "all-right", words: "right" }];

function matrixChart(dataset, { order, cells }) {
  const number = data.datasets.findIndex(({ name }) => name === dataset);
  const all = data.problems.flatMap((problem, place) => (problem[0] === number ? [place] : []));
  const table = new Map(all.map((place) => [place, outcomesOf(place)]));
  const right = (place) => table.get(place).reduce((sum, cell) => sum + (cell?.share ?? 0), 0);
  let shown = all.filter((place) => table.get(place).some(Boolean));
  if (data.methods.length < 2 || shown.length < 2) return undefined;
  if (cells === "differ") shown = shown.filter((place) => new Set(table.get(place).map((cell) => cell?.share)).size > 1);
  if (order === "hardness") shown = [...shown].sort((one, other) => right(other) - right(one));
  const rows = shown.flatMap((place) => table.get(place).flatMap((cell, method) => (cell
    ? [[data.problems[place][1], dataset, data.methods[method], cell.right, cell.rows.length]] : [])));
  return figure({
    name: "problems-by-method", caption: "Problems by method", wide: true,
    note: `${counted(shown.length, "problem")}, a column each. Click a cell to open the answer.`,
    legend: LEVELS.filter(({ kind }) => sampled || !/some|most/.test(kind)).map(({ kind, words }) => boxEntry(`cell ${kind}`, words)),
    controls: [toggled("Problems shown", Object.keys(CELLS), cells, (kind) => redrawCharts({ cells: kind }), CELLS),
      toggled("Order of the problems", Object.keys(ORDERS), order, (kind) => redrawCharts({ order: kind }), ORDERS)],
    panels: [{ draw: (width) => matrix(shown, table, width) }],
    table: () => ({ columns: ["problem", "data set", "method", "right", "answers"], rows }),
  });
}

/** The answers of each method to a problem, and the share of right ones. */
function outcomesOf(place) {
  const cells = Array(data.methods.length);
  for (const row of rowsOfProblem.get(place) ?? []) {
    const cell = (cells[methodNumber(row.method)] ??= { rows: [], right: 0 });
    cell.rows.push(row);
    cell.right += row.state & RIGHT ? 1 : 0;
    cell.share = cell.right / cell.rows.length;
  }
  return cells;
}

const levelOf = ({ share }) => (share === 0 ? 0 : share === 1 ? 3 : share < 0.5 ? 1 : 2);

/** Bands of columns, one below the other; the cells of one colour are one path, since there may be tens of thousands. */
function matrix(problems, table, width) {
  const names = Math.min(130, Math.max(...data.methods.map((name) => widthOf(shortened(name, 18)))) + 10);
  const methods = data.methods.length;
  const room = width - names;
  const rowsAtLeast = methods > 30 ? 5 : 12;
  const bandsOf = (size) => Math.ceil(problems.length / Math.max(1, Math.floor(room / size)));
  const bands = bandsOf([9, 7, 6, 5, 4, 3].find((size) => bandsOf(size) * methods * rowsAtLeast <= 700) ?? 3);
  const perBand = Math.max(1, Math.ceil(problems.length / bands));
  const size = clamped(Math.floor(room / perBand), 1, 14);
  const rowHeight = Math.max(size, rowsAtLeast);
  const bandHeight = methods * rowHeight + 12;
  const paths = LEVELS.map(() => []);
  problems.forEach((place, column) => table.get(place).forEach((cell, method) => {
    if (!cell) return;
    const [x, y] = [names + (column % perBand) * size, Math.floor(column / perBand) * bandHeight + method * rowHeight];
    const gap = size > 4 ? 1 : 0.4;
    paths[levelOf(cell)].push(`M${x} ${y}h${size - gap}v${rowHeight - 1}h${gap - size}z`);
  }));
  const node = svg("svg", { class: "plot matrix", viewBox: `0 0 ${width} ${Math.max(1, bands * bandHeight)}`, role: "img",
    "aria-label": "Problems by method" },
    paths.map((path, level) => svg("path", { class: `cell ${LEVELS[level].kind}`, d: path.join("") })),
    Array.from({ length: bands }, (_, band) => data.methods.map((name, method) => rowHeight >= 12 && svg("text",
      { x: names - 6, y: band * bandHeight + method * rowHeight + rowHeight / 2 + 3, "text-anchor": "end", class: "small" }, shortened(name, 18)))),
    svg("rect", { class: "cursor", width: size, height: rowHeight, visibility: "hidden" }));
  const at = (event) => {
    const box = node.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) * width / box.width - names, (event.clientY - box.top) * width / box.width];
    const [column, band] = [Math.floor(x / size), Math.floor(y / bandHeight)];
    const method = Math.floor((y - band * bandHeight) / rowHeight);
    const place = x >= 0 && column < perBand ? problems[band * perBand + column] : undefined;
    const cell = place === undefined ? undefined : table.get(place)[method];
    return cell && { cell, x: names + column * size, y: band * bandHeight + method * rowHeight };
  };
  listenToCells(node, at);
  return node;
}

function listenToCells(node, at) {
  const cursor = node.querySelector(".cursor");
  const words = svg("title", {}, "");
  node.prepend(words);
  node.addEventListener("pointermove", (event) => {
    const found = at(event);
    cursor.setAttribute("visibility", found ? "visible" : "hidden");
    node.classList.toggle("pointing", Boolean(found));
    if (!found) return;
    fill(cursor, { x: found.x, y: found.y }, []);
    const [row] = found.cell.rows;
    words.textContent = plain(`${row.problem}, ${row.method}: ${found.cell.rows.length > 1
      ? `${found.cell.right} of ${found.cell.rows.length} right` : OUTCOMES[outcome(row)].words}`);
  });
  node.addEventListener("pointerleave", () => cursor.setAttribute("visibility", "hidden"));
  node.addEventListener("click", (event) => {
    const found = at(event);
    if (found) visit(found.cell.rows[0]);
  });
}
