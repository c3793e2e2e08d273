// The axes that all charts share.

const CHARACTER = 6.4;

/**
 * An empty plot, `width` pixels wide.
 * x, y: { range: [low, high], ticks, format, label, log }
 */
function plot({ x, y, title, width, height = 300, margin = {} }) {
  const longest = Math.max(0, ...y.ticks.map((value) => y.format(value).length));
  const around = { left: 14 + longest * CHARACTER, right: 12, top: y.label ? 24 : 12, bottom: x.label ? 40 : 24, ...margin };
  const inner = { left: around.left, right: width - around.right, top: around.top, bottom: height - around.bottom };
  const [sx, sy] = [scale(x.range, [inner.left, inner.right], x.log), scale(y.range, [inner.bottom, inner.top], y.log)];
  const node = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title },
    y.ticks.map((value) => svg("line", { class: "grid", x1: inner.left, x2: inner.right, y1: sy(value), y2: sy(value) })),
    apart(y.ticks, sy).map((value) => svg("text", { x: inner.left - 7, y: sy(value) + 4, "text-anchor": "end" }, y.format(value))),
    svg("line", { class: "axis", x1: inner.left, x2: inner.right, y1: inner.bottom, y2: inner.bottom }),
    spaced(x.ticks, (value) => x.format(value).length * CHARACTER, sx).map((value) => [
      svg("line", { class: "axis", x1: sx(value), x2: sx(value), y1: inner.bottom, y2: inner.bottom + 4 }),
      svg("text", { x: sx(value), y: inner.bottom + 17, "text-anchor": "middle" }, x.format(value))]),
    x.label && svg("text", { x: inner.right, y: height - 5, "text-anchor": "end" }, x.label),
    y.label && svg("text", { x: 0, y: 11, "text-anchor": "start" }, y.label));
  return { node, sx, sy, inner };
}

/** Every n-th tick, so that the labels do not touch. */
function spaced(values, widthOf, at) {
  const fits = (list) => list.every((value, place) => place === 0
    || at(value) - at(list[place - 1]) >= (widthOf(value) + widthOf(list[place - 1])) / 2 + 6);
  for (let stride = 1; stride < values.length; stride += 1) {
    const some = values.filter((_, place) => place % stride === 0);
    if (fits(some)) return some;
  }
  return values.slice(0, 1);
}

/** The ticks whose labels do not touch the one below. */
function apart(values, at) {
  const kept = [];
  for (const value of values) if (kept.length === 0 || at(kept.at(-1)) - at(value) >= 13) kept.push(value);
  return kept;
}

const line = (points) => points.map(([x, y], place) => `${place === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** A part of a plot in which nothing is drawn outside of the axes. */
function clipped(inner, ...children) {
  const id = `clip-${(clipped.count = (clipped.count ?? 0) + 1)}`;
  const { left, right, top, bottom } = inner;
  return [svg("clipPath", { id }, svg("rect", { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) })),
    svg("g", { "clip-path": `url(#${id})` }, ...children)];
}

/** An axis that counts from 1. */
function countAxis(most, label) {
  const margin = (most - 1) * 0.03;
  return { range: [1 - margin, most + margin], ticks: ticks(1, most, Math.min(10, most)).filter(Number.isInteger), format: String, label };
}

/** An axis of shares from 0 to 1. */
const shareAxis = (label) => ({ range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], format: (value) => percent(value, 0), label });
