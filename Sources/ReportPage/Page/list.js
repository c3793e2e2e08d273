// The list of trajectories: filtered, and drawn only where it is visible.

const ITEM = 44;
const LONGEST_STRIP = 24;

const browser = { found: rows, selected: undefined, filter: { method: "", dataset: "", outcome: "", value: "", text: "" } };

function showList() {
  const { filter } = browser;
  const changed = (key) => (value) => { filter[key] = value; applyFilter(); };
  const search = el("input", { id: "search", type: "search", placeholder: "problem id  ( / )", "aria-label": "Search by problem id",
    autocomplete: "off", spellcheck: "false", oninput: (event) => changed("text")(event.target.value) });
  const named = (names, all) => [["", all], ...names.map((name) => [name, name])];
  const only = (key, label, options) => {
    const menu = choice("", options, "", changed(key));
    menu.querySelector("select").setAttribute("aria-label", `Filter by ${label}`);
    return menu;
  };
  const datasets = data.datasets.map(({ name }) => name);
  byId("filters").append(...[search, only("method", "method", named(data.methods, "all methods")),
    datasets.length > 1 && only("dataset", "data set", named(datasets, "all data sets")),
    only("outcome", "outcome", named(Object.keys(OUTCOME_FILTERS), "any outcome")),
    data.fields.length > 0 && only("value", data.fields.map(({ name }) => name).join(", "), valueOptions())].filter(Boolean));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("list").addEventListener("scroll", drawItems, { passive: true });
  new ResizeObserver(drawItems).observe(byId("list"));
  applyFilter();
}

const OUTCOME_FILTERS = {
  right: (row) => row.state & RIGHT,
  wrong: (row) => !(row.state & (RIGHT | FAILED)),
  cut: (row) => row.state & CUT,
  failed: (row) => row.state & FAILED,
};

const valueOptions = () => [["", "all problems"], ...data.fields.flatMap(({ name, values }, field) =>
  values.map((value, place) => [`${field} ${place}`, `${name}: ${fieldValue(value)}`]))];

function applyFilter() {
  const { method, dataset, outcome, value, text } = browser.filter;
  const wanted = text.trim().toLowerCase();
  browser.found = rows.filter((row) => (!method || row.method === method) && (!dataset || row.dataset === dataset)
    && (!value || row.values.some((pair) => pair.join(" ") === value)) && (!outcome || OUTCOME_FILTERS[outcome](row)) && (!wanted || row.problem.toLowerCase().includes(wanted)));
  byId("found").textContent = browser.found.length === rows.length ? counted(rows.length, "trajectory", "trajectories")
    : `${grouped(browser.found.length)} of ${counted(rows.length, "trajectory", "trajectories")}`;
  const height = `height: ${browser.found.length * ITEM}px`;
  byId("list").replaceChildren(el("div", { class: "space", role: "presentation", style: height }));
  byId("list").scrollTop = 0;
  const place = browser.found.indexOf(browser.selected);
  if (place >= 0) reveal(place);
  drawItems();
}

function drawItems() {
  const list = byId("list");
  const first = Math.max(0, Math.floor(list.scrollTop / ITEM) - 4);
  const last = Math.min(browser.found.length, Math.ceil((list.scrollTop + list.clientHeight) / ITEM) + 4);
  list.firstElementChild.replaceChildren(...browser.found.slice(first, last).map((row, place) => item(row, first + place)));
  if (byId(`item-${browser.selected?.number}`)) list.setAttribute("aria-activedescendant", `item-${browser.selected.number}`);
  else list.removeAttribute("aria-activedescendant");
}

function item(row, place) {
  const kind = outcome(row);
  const attributes = {
    class: "item", role: "option", id: `item-${row.number}`, style: `top: ${place * ITEM}px`, onclick: () => select(row),
    "aria-selected": String(row === browser.selected), "aria-setsize": String(browser.found.length),
    "aria-posinset": String(place + 1),
  };
  return el("div", attributes, outcomeMark(kind),
    el("bdi", { class: "id" }, ...visible(row.problem), sampled ? el("span", { class: "dim" }, ` #${row.sample}`) : ""),
    el("bdi", { class: "method" }, ...visible(data.datasets.length > 1 ? `${row.method} · ${row.dataset}` : row.method)),
    strip(row));
}

const outcomeMark = (kind) => el("span", { class: `mark ${kind}`, title: OUTCOMES[kind].words, role: "img",
  "aria-label": OUTCOMES[kind].words }, OUTCOMES[kind].mark);

/** The steps as small bars, coloured by origin. */
function strip(row) {
  const shown = row.origins.slice(0, LONGEST_STRIP);
  const target = [...row.origins].filter((letter) => letter === "t").length;
  const words = `${counted(row.origins.length, "step")}, ${target} by the target`;
  return el("span", { class: "strip", role: "img", "aria-label": words },
    [...shown].map((letter) => el("i", { class: letter === "d" || letter === "t" ? letter : "" })),
    row.origins.length > shown.length && "…");
}

function reveal(place) {
  const list = byId("list");
  const top = place * ITEM;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ITEM > list.scrollTop + list.clientHeight) list.scrollTop = top + ITEM - list.clientHeight;
}

function select(row) {
  if (!row) return;
  browser.selected = row;
  const place = browser.found.indexOf(row);
  if (place >= 0) reveal(place);
  drawItems();
  showTrajectory(row);
  history.replaceState(null, "", `#${encodeURIComponent(row.id)}`);
}

/** Selects the next or previous trajectory of the list. */
function move(by) {
  const place = browser.found.indexOf(browser.selected);
  select(browser.found[place < 0 ? 0 : Math.min(browser.found.length - 1, Math.max(0, place + by))]);
}

/** Selects another answer to the same problem. */
function moveAcross(by) {
  if (!browser.selected) return move(0);
  const others = rowsOfProblem.get(browser.selected.place);
  select(others[(others.indexOf(browser.selected) + by + others.length) % others.length]);
}
