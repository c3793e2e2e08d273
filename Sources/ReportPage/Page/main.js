// Colours, and the parts of the page in their places.

const THEMES = { auto: "◐ auto", light: "○ light", dark: "● dark" };

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = THEMES[theme];
}

function nextTheme() {
  const names = Object.keys(THEMES);
  const theme = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
  setTheme(theme);
  // A page opened from a file may have no storage.
  try { localStorage.setItem("rsd-batch-theme", theme); } catch { /* not stored */ }
}

function storedTheme() {
  try { return localStorage.getItem("rsd-batch-theme"); } catch { return undefined; }
}

/** Selects the trajectory named in the URL fragment, so that links to one work. */
function selectNamed() {
  const id = decodeURIComponent(location.hash.slice(1));
  const row = rows.find((row) => row.id === id);
  if (!row) return false;
  select(row);
  byId("trajectories").scrollIntoView();
  return true;
}

setTheme(Object.hasOwn(THEMES, storedTheme() ?? "") ? storedTheme() : "auto");
byId("theme").addEventListener("click", nextTheme);
showFacts();
showTables();
showCharts();
showEngines();
showList();
listenToKeys();
if (!selectNamed()) {
  byId("detail").append(el("p", { class: "placeholder dim" }, "Choose a trajectory from the list, or press ", el("kbd", {}, "j"), "."));
}
window.addEventListener("hashchange", selectNamed);
