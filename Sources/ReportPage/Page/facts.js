// The title, and facts about the job.

function showFacts() {
  const { summary } = data;
  byId("job").append(...visible(data.job));
  byId("lead").append(
    `${counted(rows.length, "answer")} by ${counted(data.methods.length, "method")}`
      + ` to ${counted(data.problems.length, "problem")} of ${data.datasets.map((dataset) => dataset.name).join(", ")}.`);
  showNotice();
  const size = (model) => isNumber(model.parameters)
    ? ` ${si(model.parameters)} parameters (${grouped(model.parameters)}, ${model.source})`
    : ` of unknown size${model.source ? `: ${model.source}; set models.${model.role}.parameters in the job` : ""}`;
  const models = data.models.map((model) => el("div", {}, el("b", {}, model.role), " ",
    el("span", { title: model.path }, ...visible(model.name)), el("span", { class: "dim" }, size(model))));
  const datasets = data.datasets.map((set) => el("div", {}, ...visible(set.name),
    el("span", { class: "dim" }, ` ${counted(set.problems, "problem")}`)));
  const invariant = {
    true: "yes: answers do not depend on the other requests in a batch",
    false: "no: even greedy answers may change with the load",
  };
  const { run } = summary;
  const facts = [
    ["models", models],
    ["data sets", datasets],
    ["grader", summary.grader],
    ["FLOPs, paper", summary.flops?.paper],
    ["FLOPs, spent", summary.flops?.spent],
    ["residency", data.residency],
    ["batch-invariant", invariant[data.batch_invariant]],
    ["program", `rsd-batch ${data.program}`],
    ["engine", data.engine],
    ["host", data.host],
    ["shard", data.shard && `${data.shard}: the other shards have the other problems`],
    ["shards", data.merged && `${data.merged.shards}, merged; engine times are sums, and each shard has its own timeline`],
    ["begun", data.created],
    ["waves, swaps", `${counted(run.waves, "wave")}, ${counted(run.swaps, "swap")}, ${startWords(run)}`],
    ["GPU energy", run.joules && energyWords(run.joules)],
    ["requests", run.requests && `${grouped(run.requests.asked)} sent, ${grouped(run.requests.shared)} shared between methods`],
  ];
  byId("facts").append(...facts.filter(([, value]) => value).flatMap(([name, value]) =>
    [el("dt", {}, name), el("dd", { dir: "auto" }, ...(typeof value === "string" ? visible(value) : value))]));
  byId("spec").querySelector("pre").append(...visible(data.spec));
}

const sum = (figures) => Object.values(figures).reduce((all, figure) => all + figure, 0);

function energyWords({ entering, working }) {
  const parts = [["starting", sum(entering)], ...Object.entries(working).sort(([one], [other]) => byRole(one, other))];
  return `${energy(sum(entering) + sum(working))}: ${parts.map(([name, joules]) => `${name} ${energy(joules)}`).join(", ")};`
    + " including other programs";
}

function showNotice() {
  const notices = [];
  if (rows.length < data.total) {
    notices.push(`The run is not finished: ${grouped(rows.length)} of ${grouped(data.total)} answers are shown.`);
  }
  notices.push(...(data.merged?.missing ?? []).map((sentence) => `${sentence}.`));
  notices.push(...data.cut_answers);
  if (data.in_full < rows.length) {
    notices.push(`${grouped(data.in_full)} of ${grouped(rows.length)} trajectories are shown in full, from the first `
      + "problems of each data set. The numbers cover all trajectories, and results.jsonl has all of them.");
  }
  byId("notice").hidden = notices.length === 0;
  byId("notice").textContent = notices.join(" ");
}
