// One trajectory step by step, or two on the same problem side by side.

const comparing = { name: "" };
// A step ends with its delimiter, usually line breaks, which would only be blank space here.
function stepProse(trajectory, part) {
  const text = withoutBlankEnd(trajectory.text(part));
  if (text === "") return el("i", {}, "nothing more");
  return part.h ? withThoughts(trajectory.text(part), part.h) : prose(text);
}

const withoutBlankEnd = (text) => text.replace(/[ \t\r\n]+$/, "");

/** A text whose thoughts are set apart. `lengths` are those of its parts, alternately thought and answer. */
function withThoughts(text, lengths) {
  let start = 0;
  const parts = lengths.map((length, place) => ({ text: text.slice(start, (start += length)), isThought: place % 2 === 0 }));
  const shown = parts.map((part) => ({ ...part, text: withoutBlankEnd(part.text).replace(/^\n+/, "") })).filter((part) => part.text !== "");
  return el("div", {}, shown.map((part) => (part.isThought ? el("div", { class: "thought", title: "thoughts" }, prose(part.text)) : prose(part.text))));
}
const answerName = (row) => (sampled ? `${row.method} #${row.sample}` : row.method);

function showTrajectory(row) {
  const detail = byId("detail");
  const others = rowsOfProblem.get(row.place).filter((other) => other !== row);
  const other = others.find((other) => answerName(other) === comparing.name);
  const found = open(row);
  detail.replaceChildren(heading(row, others, other));
  if (!found) {
    detail.append(el("p", { class: "notice" }, "The steps of this trajectory are not in the page, whose size is limited. They are in results.jsonl; ",
      el("code", {}, `rsd-batch show RUN '${row.id}'`), " prints them."));
    return;
  }
  detail.append(el("div", { class: "question" }, el("h4", {}, "problem"), prose(found.question),
    found.fields.length > 0 && meta(found.fields.map(([name, value]) => `${name}: ${value}`))));
  const pair = other ? [[row, found], [other, open(other)]] : [[row, found]];
  detail.append(el("div", { class: `columns ${other ? "two" : ""}` },
    pair.map(([row, found]) => result(row, found, other && answerName(row))), stepGrid(pair.map(([, found]) => found))));
  markFound();
}

function heading(row, others, other) {
  const names = [["", "nothing"], ...others.map((other) => [answerName(other), answerName(other)])];
  const compare = choice("compare with", names, other ? comparing.name : "", (name) => {
    comparing.name = name;
    showTrajectory(browser.selected);
    writeAddress();
    byId("compare").querySelector("select").focus();
  });
  compare.id = "compare";
  return el("header", {}, el("div", { class: "bar" },
    el("h3", {}, outcomeMark(outcome(row)), " ", el("bdi", {}, ...visible(row.id))),
    others.length > 0 && el("div", { class: "controls" }, compare)));
}

function result(row, found, title) {
  const own = found.verdict && !(found.verdict in OUTCOMES) && found.verdict;
  const verdict = [OUTCOMES[outcome(row)].words, own, found.reason].filter(Boolean).join(", ");
  const facts = [
    ["answer", isText(found.answer) ? prose(mathIn(found.answer)) : "none"],
    ["gold answer", prose(mathIn(found.gold))],
    ["verdict", ...visible(verdict)],
    ["finish", ...visible(found.failure ? `${found.finish}: ${found.failure}` : found.finish)],
    ["tokens", tokensOf(found)],
  ];
  return el("div", { class: "answer" }, title && el("div", { class: "title" }, ...visible(title)),
    facts.map(([name, ...content]) => el("div", {}, el("h4", {}, name), ...content)));
}

function tokensOf({ tokens: { draft, target, prm } }) {
  const written = ({ kept, rejected, lookahead }) => kept + rejected + lookahead;
  const counts = [["draft", written(draft), "written"], ["target", written(target), "written"], ["target", target.judged, "judged"],
    ["prm", prm.judged, "judged"]];
  const words = counts.filter(([, count]) => count > 0).map(([role, count, verb]) => `${role} ${grouped(count)} ${verb}`);
  return words.join(", ") || "none";
}

const isText = (value) => typeof value === "string" && value !== "";
// An answer is a formula without its dollar signs, unless it is a plain word or number.
const mathIn = (answer) => (/[\\^_]/.test(answer) && !/\$|\\[([]/.test(answer) ? `$${answer.trim()}$` : answer);

/** The steps of one or two trajectories, equal positions beside each other. */
function stepGrid(trajectories) {
  const length = Math.max(0, ...trajectories.map(({ steps }) => steps.length));
  const cells = [];
  for (let place = 0; place < length; place += 1) {
    const [one, other] = trajectories.map((trajectory) => trajectory.steps[place]);
    for (const trajectory of trajectories) {
      const same = one && other && one.x === other.x && trajectory === trajectories[1];
      const step = trajectory.steps[place];
      cells.push(step ? stepView(trajectory, step, place, same) : el("div", { class: "step none" }));
    }
  }
  const candidates = trajectories.map((trajectory) => candidateView(trajectory));
  return [...cells, ...(candidates.some(Boolean) ? candidates.map((view) => view ?? el("div", {})) : [])];
}

function stepView(trajectory, step, place, same) {
  const origin = { d: "draft", t: "target" }[step.o[0]] ?? step.o;
  const unseen = step.n && `${counted(step.n, "oldest step")} not seen by the PRM`;
  const own = el("div", {}, stepProseWith(trajectory, step, String(place + 1), el("b", {}, step.o), rewardBar(step), unseen,
    same && "same text"));
  return el("div", { class: `step ${origin} ${same ? "same" : ""}` },
    step.j ? el("div", { class: "pair" }, passedOver(trajectory, step.j, "rejected draft"), own) : own,
    step.a?.length > 0 && folded(`${counted(step.a.length, "other candidate")} for this step`, () =>
      step.a.map((part) => passedOver(trajectory, part, "not chosen"))));
}

/** A step that is not part of the response. */
const passedOver = (trajectory, part, words) =>
  el("div", { class: "other" }, stepProseWith(trajectory, part, el("b", {}, words), rewardBar(part)));

const stepProseWith = (trajectory, part, ...about) => [meta(about), stepProse(trajectory, part)];

function candidateView(trajectory) {
  if (!trajectory.candidates?.length) return undefined;
  return folded(counted(trajectory.candidates.length, "candidate answer"), () => trajectory.candidates.map((candidate) => {
    const answer = isText(candidate.answer) ? el("span", {}, "answer ", el("bdi", {}, ...visible(candidate.answer))) : "no answer";
    return el("div", { class: `candidate ${candidate.chosen ? "chosen" : ""}` },
      stepProseWith(trajectory, candidate, el("b", {}, candidate.chosen ? "chosen" : "not chosen"), answer,
        isNumber(candidate.score) && `score ${plainReward(candidate.score)}`, candidate.finish,
        candidate.rewards?.length > 0 && `rewards ${candidate.rewards.map(plainReward).join(" ")}`));
  }));
}

/** Details whose content is drawn when opened: there may be dozens of them. */
function folded(title, content) {
  const fill = () => { if (details.open && details.children.length === 1) details.append(...content()); };
  const details = el("details", { ontoggle: fill }, el("summary", {}, title));
  return details;
}

const meta = (parts) => el("div", { class: "meta" }, parts.filter(Boolean).map((part) =>
  (typeof part === "string" ? el("span", {}, ...visible(part)) : part)));

function rewardBar(part) {
  if (!isNumber(part.r)) return undefined;
  const bar = el("span", { class: "fill", style: `width: ${Math.round(part.r * 100)}%` });
  return el("span", { class: "reward" }, `reward ${plainReward(part.r)}`, el("span", { class: "track", "aria-hidden": "true" }, bar));
}
