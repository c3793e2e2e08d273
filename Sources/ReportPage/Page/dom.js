// Elements from names and texts. Texts only become text nodes: nothing in a model's output can become markup.

const byId = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** Texts in drawings have no elements for odd characters, and become XML, which does not allow all of them. */
const svg = (tag, attributes, ...children) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag),
  Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, plainIfText(value)])), children.flat(Infinity).map(plainIfText));
const plainIfText = (value) => (typeof value === "string" ? plain(value) : value);

/** The head of a table's row. */
const rowHead = (name) => el("th", { scope: "row" }, el("span", { class: "name" }, ...visible(name)));

/** A select with its label; `options` are pairs of value and text. */
function choice(label, options, value, onchange) {
  const select = el("select", { onchange: () => onchange(select.value) },
    options.map(([value, text]) => el("option", { value }, text)));
  select.value = value;
  return el("label", {}, label, select);
}

// Characters that are invisible or would reorder the line: controls except line breaks and tabs, directional marks and
// overrides (Unicode UAX #9), invisible separators, the byte order mark.
const ODD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const ODD_RUNS = new RegExp(`(${ODD.source})\\1*`, "g");
const MOST_ODD_RUNS = 500;

/** The text with a replacement character for each odd one, and for halves of pairs. */
const plain = (text) => text.replaceAll(ODD_RUNS, "\ufffd").replace(/[\ufffe\uffff]/g, "\ufffd")
  .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

/** The text as nodes; such characters are shown as code points, or as `?` if there are very many. */
function visible(text) {
  if (!ODD.test(text)) return [document.createTextNode(text)];
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ODD_RUNS)) {
    if (nodes.length > 2 * MOST_ODD_RUNS) break;
    const code = match[1].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    const count = match[0].length;
    nodes.push(text.slice(end, match.index), el("span", { class: "odd" }, `U+${code}${count > 1 ? ` ×${count}` : ""}`));
    end = match.index + count;
  }
  nodes.push(text.slice(end).replaceAll(ODD_RUNS, "?"));
  return nodes;
}
