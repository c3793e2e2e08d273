// Charts as files: SVG with all styles resolved, in light colours on white, and CSV.

const EXPORTED = { whole: 720, half: 560 };
const EDGE = 10;
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "fill-opacity", "paint-order",
  "font-family", "font-size", "font-weight"];
// Properties that elements do not take from those around them, with what they are by default.
const OWN = { opacity: "1" };

function save(content, type, name) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const fileName = ({ name }, ending) => `${[data.job, name].map((part) => part.replace(/[^\w.-]+/g, "_").slice(0, 60)).join("-")}.${ending}`;

function downloadCSV(chart) {
  const { columns, rows } = chart.table();
  save(csv([columns, ...rows]), "text/csv", fileName(chart, "csv"));
}

/** Lines of a CSV file (RFC 4180); missing values are empty. */
const csv = (lines) => lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");

function csvCell(value) {
  const text = value === undefined || value === null || Number.isNaN(value) ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function downloadSVG(chart) {
  save(standaloneSVG(chart), "image/svg+xml", fileName(chart, "svg"));
}

/** The chart with caption and legend as the text of an SVG file that needs no other. */
function standaloneSVG(chart) {
  const place = el("div", { class: "export" });
  document.body.append(place);
  try {
    const node = assembled(chart, place);
    resolveStyles(node);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(node)}\n`;
  } finally {
    place.remove();
  }
}

/** Caption, legend and panels, from top to bottom, in one drawing. */
function assembled({ caption, note, legend: entries = [], panels, wide, narrow }, place) {
  const whole = wide || panels.length > 1 ? EXPORTED.whole : EXPORTED.half;
  const columns = Math.min(panels.length, narrow ? Math.floor(whole / NARROW) : 2);
  const width = Math.floor((whole - 20 * (columns - 1)) / columns);
  const node = svg("svg", { class: "plot", width: whole });
  place.append(node);
  node.append(svg("text", { class: "title", x: 0, y: 16 }, caption), svg("desc", {}, note ?? ""));
  let top = 26 + placeLegend(node, entries, whole, 26);
  for (let begin = 0; begin < panels.length; begin += columns) {
    let height = 0;
    for (const [column, { title, draw }] of panels.slice(begin, begin + columns).entries()) {
      const part = draw(width);
      const x = column * (width + 20);
      if (title) node.append(svg("text", { class: "label", x, y: top + 13 }, shortened(title, Math.floor(width / CHARACTER))));
      const [, , , own] = part.getAttribute("viewBox").split(" ").map(Number);
      for (const [name, value] of Object.entries({ x, y: top + (title ? 20 : 0), width, height: own })) part.setAttribute(name, value);
      node.append(part);
      height = Math.max(height, own + (title ? 20 : 0));
    }
    top += height + 12;
  }
  const [outerWidth, outerHeight] = [whole + 2 * EDGE, top + 2 * EDGE];
  for (const [name, value] of Object.entries({ width: outerWidth, height: outerHeight, viewBox: `${-EDGE} ${-EDGE} ${outerWidth} ${outerHeight}` })) {
    node.setAttribute(name, value);
  }
  node.prepend(svg("rect", { class: "ground", x: -EDGE, y: -EDGE, width: outerWidth, height: outerHeight }));
  return node;
}

/** Draws the entries in rows and returns their height. */
function placeLegend(node, entries, width, top) {
  let [x, y] = [0, top];
  for (const { mark, words } of entries) {
    const text = svg("text", { y: y + 12 }, shortened(words, 60));
    node.append(text);
    const length = 22 + text.getComputedTextLength();
    if (x > 0 && x + length > width) [x, y] = [0, y + 18];
    text.setAttribute("x", x + 18);
    text.setAttribute("y", y + 12);
    node.append(mark(x + 8, y + 8));
    x += length + 14;
  }
  return entries.length > 0 ? y - top + 26 : 6;
}

/** Writes the computed styles into the elements, which then need no style sheet; what is not visible is left out. */
function resolveStyles(node) {
  const all = [...node.querySelectorAll("*")].filter((part) => !part.closest("title, desc"));
  const resolved = new Map([node, ...all].map((part) => [part, stylesOf(part)]));
  for (const [part, styles] of resolved) {
    const inherited = resolved.get(part.parentNode);
    if (styles.visibility === "hidden") {
      part.remove();
      continue;
    }
    for (const name of STYLES) {
      const isDefault = OWN[name] ? styles[name] === OWN[name] : styles[name] === inherited?.[name];
      if (!isDefault) part.setAttribute(name, styles[name]);
      else part.removeAttribute(name);
    }
    for (const name of ["class", "style", "data-method", "role", "tabindex"]) part.removeAttribute(name);
  }
}

function stylesOf(part) {
  const style = getComputedStyle(part);
  return Object.fromEntries([...STYLES, "visibility"].map((name) => [name, plainColour(style.getPropertyValue(name))]));
}

/** `color(srgb 0.5 0 1)`, as mixed colours are computed, as `#8000ff`, which every program reads. */
const plainColour = (value) => value.replace(/color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ [\d.]+)?\)/g, (_, ...parts) =>
  `#${parts.slice(0, 3).map((part) => Math.round(clamped(Number(part), 0, 1) * 255).toString(16).padStart(2, "0")).join("")}`);
