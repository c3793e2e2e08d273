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

setTheme(Object.hasOwn(THEMES, storedTheme() ?? "") ? storedTheme() : "auto");
byId("theme").addEventListener("click", nextTheme);
showFacts();
showTables();
showCharts();
showEngines();
showList();
listenToKeys();
if (readAddress()) {
  byId("trajectories").scrollIntoView();
} else {
  applyFilter();
  selectFirst();
}
window.addEventListener("hashchange", readAddress);
