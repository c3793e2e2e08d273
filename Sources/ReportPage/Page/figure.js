// A chart on the page: drawn as wide as there is room, and downloadable as a picture and as numbers.

const NARROW = 250;
const MOST_PANELS = 48;
// Panels that fit on a page of paper.
const ONE_PAGE = 9;
const PRINTED = { whole: 700, half: 338 };

/**
 * A chart.
 *
 * name: for files. caption, note: text. legend: entries, see marks.js. controls: elements.
 * panels: `{ title, draw: (width) => svg }` side by side; `narrow` for small multiples.
 * wide: whether it takes a whole row of the page.
 * table: a function that returns `{ columns: [name], rows: [[value]] }`, the numbers that are drawn.
 */
function figure(chart) {
  const { caption, legend: entries = [], wide, narrow, controls = [] } = chart;
  const panels = chart.panels.slice(0, MOST_PANELS);
  const rest = chart.panels.length - panels.length;
  const note = rest > 0 ? `${chart.note} The first ${MOST_PANELS} of ${chart.panels.length} are drawn; the files have all.` : chart.note;
  const boxes = panels.map(({ title, draw }) => el("div", { class: "panel" }, title && el("h3", {}, ...visible(title)), drawing(draw)));
  const node = el("figure", { class: [wide && "wide", narrow && "narrow", panels.length > ONE_PAGE && "tall", panels.length > 1 && "several"].filter(Boolean).join(" ") },
    el("div", { class: "figure-head" }, el("figcaption", {}, caption), el("div", { class: "downloads" }, controls,
      el("button", { type: "button", onclick: () => downloadSVG(chart), "aria-label": `${caption}: download as SVG` }, "SVG"),
      el("button", { type: "button", onclick: () => downloadCSV(chart), "aria-label": `${caption}: download the data as CSV` }, "CSV"))),
    note && el("p", {}, ...visible(note)), entries.length > 0 && legend(entries), el("div", { class: "panels" }, boxes));
  fadeOthers(node);
  return node;
}

const drawings = new WeakMap();
const resized = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) redraw(target, contentRect.width);
});

/** An element whose content is drawn again whenever its width changes. */
function drawing(draw) {
  const box = el("div", { class: "drawing" });
  drawings.set(box, { draw, width: 0 });
  resized.observe(box);
  return box;
}

function redraw(box, width) {
  const state = drawings.get(box);
  if (!(width > 0) || Math.abs(width - state.width) < 3) return;
  state.width = width;
  box.replaceChildren(state.draw(Math.round(width)));
}

// Paper has a width of its own, and nothing is resized before it is printed.
window.addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll(".drawing")) {
    const kinds = box.closest("figure").classList;
    const columns = !kinds.contains("several") ? 1 : kinds.contains("narrow") && kinds.contains("wide") ? 3 : 2;
    redraw(box, (kinds.contains("wide") ? PRINTED.whole : PRINTED.half) / columns);
  }
});
window.addEventListener("afterprint", () => {
  for (const box of document.querySelectorAll(".drawing")) redraw(box, box.clientWidth);
});
