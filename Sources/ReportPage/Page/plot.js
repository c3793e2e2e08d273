// Axes and marks, shared by all charts.

/** Round numbers over a range, about `count` of them. */
function ticks(low, high, count = 5) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999);
  const list = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) {
    list.push(Math.abs(value) < step / 1e6 ? 0 : value);
  }
  return list;
}

/** Powers of ten with their doubles and fives, as many as fit. */
function logTicks(low, high) {
  const list = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of [1, 2, 5]) list.push(factor * 10 ** power);
  }
  const inside = list.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  return inside.length <= 7 ? inside : inside.filter((value) => /^1/.test(String(value)) || /^1e/.test(value.toExponential()));
}

/**
 * An empty plot.
 * x, y: { range: [low, high], ticks, format, label, log }
 */
function plot({ x, y, title, width = 520, height = 300, margin = { left: 46, right: 16, top: 12, bottom: 38 } }) {
  const inner = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  const scale = ({ range: [low, high], log }, from, to) => {
    const at = log ? Math.log : (value) => value;
    const span = at(high) - at(low) || 1;
    return (value) => from + ((at(value) - at(low)) / span) * (to - from);
  };
  const [sx, sy] = [scale(x, inner.left, inner.right), scale(y, inner.bottom, inner.top)];
  const node = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title },
    y.ticks.map((value) => [
      svg("line", { class: "grid", x1: inner.left, x2: inner.right, y1: sy(value), y2: sy(value) }),
      svg("text", { x: inner.left - 7, y: sy(value) + 4, "text-anchor": "end" }, y.format(value))]),
    svg("line", { class: "axis", x1: inner.left, x2: inner.right, y1: inner.bottom, y2: inner.bottom }),
    x.ticks.map((value) => [
      svg("line", { class: "axis", x1: sx(value), x2: sx(value), y1: inner.bottom, y2: inner.bottom + 4 }),
      svg("text", { x: sx(value), y: inner.bottom + 17, "text-anchor": "middle" }, x.format(value))]),
    x.label && svg("text", { x: inner.right, y: height - 3, "text-anchor": "end" }, x.label),
    y.label && svg("text", { x: 0, y: 8, "text-anchor": "start" }, y.label));
  return { node, sx, sy, inner };
}

const SHAPES = [
  (x, y) => svg("circle", { cx: x, cy: y, r: 5 }),
  (x, y) => svg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9 }),
  (x, y) => svg("path", { d: `M${x} ${y - 6}l5.5 10h-11z` }),
  (x, y) => svg("path", { d: `M${x} ${y - 6.5}l6 6.5l-6 6.5l-6-6.5z` }),
  (x, y) => svg("path", { d: `M${x} ${y + 6}l5.5-10h-11z` }),
];

/** The mark of a method: colours repeat after eight and shapes after five, so forty methods are distinguishable. */
function methodMark(method, x, y, title) {
  const number = Math.max(0, data.methods.indexOf(method));
  const mark = SHAPES[number % SHAPES.length](x, y);
  mark.setAttribute("class", `mark ${methodColour(method)}`);
  if (title) mark.append(svg("title", {}, title));
  return mark;
}

function legend(methods) {
  return el("ul", { class: "legend" }, methods.map((method) => el("li", {},
    svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, methodMark(method, 7, 7)), ...visible(method))));
}

function figure(caption, note, ...content) {
  return el("figure", {}, el("figcaption", {}, caption), el("p", {}, note), ...content);
}
