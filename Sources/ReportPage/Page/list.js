// The list of trajectories: filtered, and drawn only where it is visible.

const ITEM = 44;
const LONGEST_STRIP = 24;

const browser = { found: rows, selected: undefined, isFirst: false, filter: { ...NO_FILTER } };

function showList() {
  let waiting;
  makeFilters((key, value) => {
    browser.filter[key] = value;
    clearTimeout(waiting);
    waiting = setTimeout(applyFilter, key === "text" ? 120 : 0);
  });
  byId("list").addEventListener("scroll", drawItems, { passive: true });
  new ResizeObserver(drawItems).observe(byId("list"));
}

function applyFilter() {
  const { text } = browser.filter;
  fitFilters();
  byId("clear").hidden = !Object.values(browser.filter).some(Boolean);
  writeAddress();
  const passing = rows.filter(passes);
  if (!text.trim()) {
    endSearch();
    list(passing, true);
    return;
  }
  search(text, (matches, isDone) => list(passing.filter((row) => matches.has(row.number)), isDone));
}

/** Shows these trajectories; there may be more to come. */
function list(found, isComplete) {
  browser.found = found;
  if (isComplete) markFound();
  const all = counted(rows.length, "trajectory", "trajectories");
  byId("found").textContent = (found.length === rows.length ? all : `${grouped(found.length)} of ${all}`) + (isComplete ? "" : " …");
  const height = `height: ${found.length * ITEM}px`;
  byId("list").replaceChildren(el("div", { class: "space", role: "presentation", style: height }));
  byId("list").scrollTop = 0;
  const place = found.indexOf(browser.selected);
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
  const target = [...row.origins].filter((letter) => letter !== "d").length;
  const words = `${counted(row.origins.length, "step")}, ${target} by the target`;
  return el("span", { class: "strip", role: "img", "aria-label": words, title: words }, [...shown].map((letter) => el("i", { class: letter })),
    row.origins.length > shown.length && "…");
}

/** Scrolls the list to an item: as little as possible if it is near, into the middle if it is far. */
function reveal(place) {
  const list = byId("list");
  const [top, room] = [place * ITEM, list.clientHeight];
  if (top < list.scrollTop - room || top > list.scrollTop + 2 * room) list.scrollTop = top - (room - ITEM) / 2;
  else if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ITEM > list.scrollTop + room) list.scrollTop = top + ITEM - room;
}

function select(row) {
  if (!row) return;
  browser.selected = row;
  browser.isFirst = false;
  const place = browser.found.indexOf(row);
  if (place >= 0) reveal(place);
  drawItems();
  showTrajectory(row);
  writeAddress();
}

/** Selects a trajectory from elsewhere on the page, and goes there. */
function visit(row) {
  if (!passes(row)) {
    Object.assign(browser.filter, NO_FILTER);
    showFilters();
    applyFilter();
  }
  select(row);
  byId("detail").scrollIntoView({ block: "start" });
}

/** Opens the first answer of the list with a rewritten step, or the first one. */
function selectFirst() {
  const row = browser.found.find(STEP_FILTERS.rewritten[1]) ?? browser.found[0] ?? rows[0];
  if (!row) {
    byId("detail").append(el("p", { class: "placeholder dim" }, "No answer is finished yet."));
    return;
  }
  select(row);
  browser.isFirst = true;
  writeAddress();
}

/** Selects the next or previous trajectory of the list. */
function move(by) {
  const place = browser.found.indexOf(browser.selected);
  select(browser.found[place < 0 ? 0 : clamped(place + by, 0, browser.found.length - 1)]);
  keepInView();
}

/** Selects another answer to the same problem. */
function moveAcross(by) {
  if (!browser.selected) return move(0);
  const others = rowsOfProblem.get(browser.selected.place);
  select(others[(others.indexOf(browser.selected) + by + others.length) % others.length]);
  keepInView();
}

/** Scrolls so that the selected item and the beginning of its trajectory are in view, if they are not. */
function keepInView() {
  const isNarrow = byId("browser").querySelector(".finder").getBoundingClientRect().bottom <= byId("detail").getBoundingClientRect().top;
  const first = isNarrow ? byId("list") : byId("detail");
  const { top } = first.getBoundingClientRect();
  const lowest = isNarrow ? window.innerHeight - byId("list").clientHeight - 80 : window.innerHeight * 0.5;
  if (top < 0 || top > lowest) first.scrollIntoView({ block: "start" });
}
