// Colours and shapes of methods, and their legend.

const SHAPES = [
  (x, y) => svg("circle", { cx: x, cy: y, r: 5 }),
  (x, y) => svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9 }),
  (x, y) => svg("path", { d: `M${x} ${y - 6}l5.8 10.5h-11.6z` }),
  (x, y) => svg("path", { d: `M${x} ${y - 6.5}l6 6.5l-6 6.5l-6-6.5z` }),
  (x, y) => svg("path", { d: `M${x} ${y + 6}l5.8-10.5h-11.6z` }),
  (x, y) => svg("path", { d: `M${x - 1.9} ${y - 5.8}h3.8v3.9h3.9v3.8h-3.9v3.9h-3.8v-3.9h-3.9v-3.8h3.9z` }),
  (x, y) => svg("path", { d: `M${x} ${y - 6.6}l6.2 4.6l-2.4 7.4h-7.6l-2.4-7.4z` }),
];
const COLOURS = 10;

const methodPlace = new Map(data.methods.map((name, place) => [name, place]));
const methodNumber = (name) => methodPlace.get(name) ?? 0;
const methodColour = (name) => `c${methodNumber(name) % COLOURS}`;

/** The mark of a method: colours repeat after ten and shapes after seven, so seventy methods have different ones. */
function methodMark(method, x, y, title) {
  const mark = SHAPES[methodNumber(method) % SHAPES.length](Number(x.toFixed(2)), Number(y.toFixed(2)));
  mark.setAttribute("class", `mark ${methodColour(method)}`);
  mark.setAttribute("data-method", methodNumber(method));
  if (title) mark.append(svg("title", {}, title));
  return mark;
}

/** Lines of the second ten methods are dashed, of the third dotted. */
const DASHES = [undefined, "6 3", "1.5 3"];
const seriesLine = (method, points) => svg("path", { class: `series ${methodColour(method)}`, d: line(points),
  "data-method": methodNumber(method), "stroke-dasharray": DASHES[Math.floor(methodNumber(method) / COLOURS) % DASHES.length] });

const whisker = (method, x, low, high) => svg("line", { class: `whisker ${methodColour(method)}`, "data-method": methodNumber(method),
  x1: x, x2: x, y1: low, y2: high });

/** Entries of a legend: `{ mark: (x, y) => node, words, method }`. */
const methodEntries = (methods) => methods.map((method) => ({ method, words: method, mark: (x, y) => methodMark(method, x, y) }));
const boxEntry = (kind, words) => ({ words, mark: (x, y) => svg("rect", { class: kind, x: x - 5, y: y - 5, width: 10, height: 10 }) });
const lineEntry = (kind, words) => ({ words, mark: (x, y) => svg("line", { class: kind, x1: x - 7, x2: x + 7, y1: y, y2: y }) });

function legend(entries) {
  return el("ul", { class: "legend" }, entries.map(({ mark, words, method }) =>
    el("li", { "data-method": method === undefined ? undefined : methodNumber(method) },
      svg("svg", { class: "plot", viewBox: "0 0 14 14", "aria-hidden": "true" }, mark(7, 7)), ...visible(words))));
}

/** While the pointer is over a method's mark or its entry in the legend, the others fade. */
function fadeOthers(figure) {
  const focus = (event) => {
    const number = event.target.closest?.("[data-method]")?.dataset.method;
    figure.classList.toggle("focused", number !== undefined);
    for (const node of figure.querySelectorAll("[data-method]")) node.classList.toggle("in-focus", node.dataset.method === number);
  };
  figure.addEventListener("pointerover", focus);
  figure.addEventListener("pointerleave", focus);
}
