// Which charts are shown, and their settings.

const charts = { dataset: data.datasets[0]?.name, flops: "paper", log: true, measure: "last", order: "hardness", cells: "all" };

/** A group of buttons of which one is pressed. */
function toggled(label, kinds, kind, onchange, words = {}) {
  return el("span", { class: "toggle", role: "group", "aria-label": label }, kinds.map((name) =>
    el("button", { type: "button", "aria-pressed": String(name === kind), onclick: () => onchange(name) }, words[name] ?? name)));
}

function showCharts() {
  if (data.datasets.length > 1) {
    byId("chart-controls").append(choice("data set", data.datasets.map(({ name }) => [name, name]), charts.dataset,
      (dataset) => redrawCharts({ dataset })));
  }
  byId("engine-charts").append(...engineFigures());
  redrawCharts({});
}

/** Draws the charts again after a setting has changed; what had the focus keeps it. */
function redrawCharts(change) {
  Object.assign(charts, change);
  const focused = document.activeElement;
  const [caption, words] = [focused?.closest("figure")?.querySelector("figcaption")?.textContent, focused?.textContent];
  const members = data.summary.rows.filter((row) => row.dataset === charts.dataset);
  show("charts", [scatter(members, charts.flops), ...sweepCharts(members), samplesChart(members), reliabilityChart(charts.dataset, charts),
    rewardHistograms(charts.dataset, charts), aurocChart(charts.dataset), acceptanceChart(members), waveChart(members),
    lengthChart(charts.dataset)]);
  show("problem-charts", [...fieldCharts(members), matrixChart(charts.dataset, charts)]);
  if (!caption) return;
  const same = [...document.querySelectorAll("figure")].find((figure) => figure.querySelector("figcaption").textContent === caption);
  [...(same?.querySelectorAll("button") ?? [])].find((button) => button.textContent === words)?.focus();
}

function show(id, figures) {
  const shown = figures.filter(Boolean);
  byId(id).replaceChildren(...shown);
  // The choice of another data set stays.
  byId(id).closest("section").hidden = shown.length === 0 && !byId(id).closest("section").querySelector("select");
}
