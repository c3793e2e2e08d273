// Keyboard shortcuts.

const KEYS = [
  [["j", "ArrowDown"], "next trajectory", () => move(1)],
  [["k", "ArrowUp"], "previous trajectory", () => move(-1)],
  [["l", "ArrowRight"], "next answer to the same problem", () => moveAcross(1)],
  [["h", "ArrowLeft"], "previous answer to the same problem", () => moveAcross(-1)],
  [["/"], "search in problems and answers", () => byId("search").focus()],
  [["c"], "compare with another answer", () => byId("compare")?.querySelector("select").focus()],
  [["Escape"], "leave the search; end the comparison", escape],
  [["t"], "colours: system, light, dark", () => nextTheme()],
  [["?"], "this help", () => byId("help").showModal()],
];
const KEY_NAMES = { ArrowDown: "↓", ArrowUp: "↑", ArrowRight: "→", ArrowLeft: "←", Escape: "Esc" };

function escape() {
  if (document.activeElement?.id === "search" && byId("search").value) {
    byId("search").value = "";
    browser.filter.text = "";
    applyFilter();
  } else if (document.activeElement?.matches("input, select")) {
    byId("list").focus();
  } else if (comparing.name && browser.selected) {
    comparing.name = "";
    showTrajectory(browser.selected);
    writeAddress();
  }
}

/** Arrow keys scroll the page unless the trajectories have the focus. */
function isOurs(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return false;
  const focused = document.activeElement;
  if (focused?.matches("input, select, textarea")) return event.key === "Escape";
  return !event.key.startsWith("Arrow") || byId("browser").contains(focused);
}

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const action = isOurs(event) && KEYS.find(([keys]) => keys.includes(event.key))?.[2];
    if (!action) return;
    event.preventDefault();
    if (["j", "k", "l", "h"].includes(event.key)) byId("list").focus({ preventScroll: true });
    action();
  });
  byId("help").querySelector("dl").append(...KEYS.flatMap(([keys, words]) =>
    [el("dt", {}, keys.flatMap((key, place) => [place > 0 ? " " : "", el("kbd", {}, KEY_NAMES[key] ?? key)])), el("dd", {}, words)]));
  byId("help-button").addEventListener("click", () => byId("help").showModal());
}
