// Keeps the table up with the server. Whatever comes from it becomes text nodes and nothing else.

const FIELDS = ["job", "state", "progress", "accuracy", "acceptance", "left", "begun", "fault"];
const WORDS = { silent: "no sign of life", reading: "reading…" };
const LABELS = { accuracy: "accuracy", acceptance: "accepted", left: "left", begun: "begun" };
const FILES = ["results.jsonl", "summary.json", "summary.csv"];

const byId = (id) => document.getElementById(id);
const body = byId("runs");
const rowOf = (id) => [...body.rows].find((row) => row.dataset.run === id);

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The same as the server writes, without texts. */
function emptyRow(run) {
  const cell = (field) => el("td", { "data-field": field, ...(LABELS[field] ? { "data-label": LABELS[field] } : {}) });
  const files = el("span", { class: "files" },
    ...FILES.map((name) => el("a", { href: run.href + name }, name)));
  const row = el("tr", {},
    el("th", { scope: "row" }, el("a", { href: run.href, dir: "auto", class: "name" }),
      el("span", { class: "job", "data-field": "job", dir: "auto" }), files,
      el("span", { "data-field": "fault", dir: "auto" })),
    cell("state"), el("td", {}, el("span", { "data-field": "progress" }), el("progress", { max: 1, value: 0 })),
    ...["accuracy", "acceptance", "left", "begun"].map(cell));
  row.dataset.run = run.id;
  row.querySelector(".name").textContent = run.id;
  return row;
}

function setText(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

function show(run) {
  let row = rowOf(run.id);
  if (!row) body.prepend(row = emptyRow(run));
  row.dataset.state = run.state;
  for (const field of FIELDS) {
    const text = field === "state" ? WORDS[run.state] ?? run.state : run[field] ?? "";
    setText(row.querySelector(`[data-field="${field}"]`), text);
  }
  const progress = row.querySelector("progress");
  progress.max = Math.max(1, run.total);
  progress.value = run.finished;
  row.querySelector(".files").hidden = run.state !== "done";
}

function keep(ids) {
  const known = new Set(ids);
  for (const row of [...body.rows]) if (!known.has(row.dataset.run)) row.remove();
  byId("empty").hidden = ids.length > 0;
}

let source;
function follow() {
  if (source || document.hidden) return;
  source = new EventSource("events");
  source.addEventListener("runs", (event) => keep(JSON.parse(event.data)));
  source.addEventListener("run", (event) => show(JSON.parse(event.data)));
  source.addEventListener("lead", (event) => setText(byId("lead"), JSON.parse(event.data)));
  source.addEventListener("open", () => { byId("notice").hidden = true; });
  source.addEventListener("error", () => {
    byId("notice").hidden = false;
    setText(byId("notice"), "The server does not answer. If it was started again, open the address that it printed.");
    if (source?.readyState === EventSource.CLOSED) {
      source = undefined;
      setTimeout(follow, 5000);
    }
  });
}

// A browser opens few connections to one server: pages in the background leave theirs to others.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source?.close();
    source = undefined;
  } else {
    follow();
  }
});
// The token is in a cookie by now, and need not be in the history.
if (location.search) history.replaceState(null, "", location.pathname);
follow();
