// Which trajectories are listed.

const OUTCOME_FILTERS = {
  right: (row) => row.state & RIGHT,
  wrong: (row) => !(row.state & (RIGHT | FAILED)),
  cut: (row) => row.state & CUT,
  failed: (row) => row.state & FAILED,
};

const STEP_FILTERS = {
  rewritten: ["a rewritten step", (row) => row.origins.includes("r")],
  kept: ["no step by the target", (row) => row.origins !== "" && !/[tr]/.test(row.origins)],
  target: ["only steps by the target", (row) => row.origins !== "" && !row.origins.includes("d")],
};

/** A value of a problem's field, given by the places of both, as in the menu and in the address. */
const valueName = ([field, place]) => `${data.fields[field].name}: ${fieldValue(data.fields[field].values[place])}`;

function valueOptions() {
  const names = data.fields.flatMap(({ values }, field) => values.map((_, place) => valueName([field, place])));
  return [...new Set(names)].map((name) => [name, name]);
}

/** The menus: key in the address, label, the option that filters nothing, and the others. */
function filterMenus() {
  const named = (names) => names.map((name) => [name, name]);
  const outcomes = named(Object.keys(OUTCOME_FILTERS));
  const several = data.methods.length > 1;
  return [
    { key: "method", label: "method", all: "all methods", options: named(data.methods) },
    { key: "outcome", label: "outcome", all: "any outcome", options: outcomes },
    several && { key: "than", label: "another method on the same problem", all: "other methods: any", options: data.methods.map((name) => [name, `and ${name} is`]) },
    several && { key: "other", label: "the outcome of the other method", all: "any outcome", options: outcomes },
    { key: "steps", label: "steps", all: "any steps", options: Object.entries(STEP_FILTERS).map(([key, [words]]) => [key, `has ${words}`]) },
    data.datasets.length > 1 && { key: "dataset", label: "data set", all: "all data sets", options: named(data.datasets.map(({ name }) => name)) },
    data.fields.length > 0 && { key: "value", label: data.fields.map(({ name }) => name).join(", "), all: "all problems", options: valueOptions() },
  ].filter(Boolean);
}

/** Makes the form, once. */
function makeFilters(changed) {
  const search = el("input", { id: "search", type: "search", placeholder: "search problems and answers  ( / )",
    "aria-label": "Search in ids, problems and answers", autocomplete: "off", spellcheck: "false", oninput: () => changed("text", search.value) });
  const menus = filterMenus().map(({ key, label, all, options }) => {
    const menu = choice("", [["", all], ...options], "", (value) => changed(key, value));
    menu.querySelector("select").dataset.key = key;
    menu.querySelector("select").setAttribute("aria-label", `Filter by ${label}`);
    return menu;
  });
  const clear = el("button", { type: "button", id: "clear", onclick: () => { Object.assign(browser.filter, NO_FILTER); showFilters(); applyFilter(); } }, "clear");
  byId("filters").append(search, ...menus, clear);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
}

const NO_FILTER = { method: "", dataset: "", outcome: "", than: "", other: "", steps: "", value: "", text: "" };

/** Shows the filters that are set in the form; those that this run does not have are dropped. */
function showFilters() {
  byId("search").value = browser.filter.text;
  for (const menu of byId("filters").querySelectorAll("select")) {
    const key = menu.dataset.key;
    menu.value = browser.filter[key];
    if (menu.selectedIndex < 0) menu.value = browser.filter[key] = "";
  }
  const keys = new Set([...byId("filters").querySelectorAll("select")].map((menu) => menu.dataset.key));
  for (const key of Object.keys(NO_FILTER)) if (key !== "text" && !keys.has(key)) browser.filter[key] = "";
}

/** The outcome of another method can be chosen once the method is. */
function fitFilters() {
  const other = byId("filters").querySelector('[data-key="other"]');
  if (other) other.closest("label").hidden = !browser.filter.than;
}

/** Whether a trajectory passes all filters but the search. */
function passes(row) {
  const { method, dataset, outcome, than, other, steps, value } = browser.filter;
  return (!method || row.method === method) && (!dataset || row.dataset === dataset)
    && (!value || row.values.some((pair) => valueName(pair) === value))
    && (!outcome || OUTCOME_FILTERS[outcome](row)) && (!steps || STEP_FILTERS[steps][1](row)) && (!than || isBeside(row, than, other));
}

/** Whether the other method has an answer with this outcome to the same problem: with the same sample number, or its only one. */
function isBeside(row, method, outcome) {
  const others = rowsOfProblem.get(row.place).filter((other) => other !== row && other.method === method);
  const other = others.length === 1 ? others[0] : others.find(({ sample }) => sample === row.sample);
  return other !== undefined && (!outcome || Boolean(OUTCOME_FILTERS[outcome](other)));
}
