// Search in ids, problems and answers. The texts are read problem by problem, a few milliseconds at a time.

const SLICE = 12;
const MOST_MARKS = 1000;

const searching = { text: "", matches: undefined, run: 0 };

/**
 * The trajectories in which a text occurs, ignoring case.
 *
 * found: called with a set of row numbers as it grows, and whether it is complete.
 */
function search(text, found) {
  const wanted = text.trim().toLowerCase();
  searching.run += 1;
  const run = searching.run;
  const matches = new Set();
  for (const row of rows) if (row.id.toLowerCase().includes(wanted)) matches.add(row.number);
  const places = [...rowsOfProblem.keys()];
  let next = 0;
  const go = () => {
    if (run !== searching.run) return;
    const end = performance.now() + SLICE;
    while (next < places.length && performance.now() < end) matchProblem(places[next++], wanted, matches);
    const isDone = next === places.length;
    found(matches, isDone);
    if (!isDone) setTimeout(go);
  };
  go();
}

const endSearch = () => { searching.run += 1; };

function matchProblem(place, wanted, matches) {
  const block = problemLines(place, false);
  if (!block) return;
  const members = rowsOfProblem.get(place);
  const has = (text) => typeof text === "string" && text.toLowerCase().includes(wanted);
  if (has(block.question)) {
    for (const row of members) matches.add(row.number);
    return;
  }
  const texts = new Set(block.texts.flatMap((text, number) => (has(text) ? [number] : [])));
  block.trajectories.forEach((trajectory, number) => {
    const parts = [...trajectory.steps.flatMap((step) => [step, step.j, ...(step.a ?? [])]), ...(trajectory.candidates ?? [])];
    if (parts.some((part) => part && texts.has(part.x)) || isAcross(trajectory, block, wanted)) matches.add(members[number].number);
  });
}

/** Whether the text runs over the end of a step. */
function isAcross(trajectory, block, wanted) {
  return /\s/.test(wanted) && trajectory.steps.map((step) => block.texts[step.x]).join("").toLowerCase().includes(wanted);
}

/** Highlights what was searched for in the open trajectory, without a change to its elements. Formulas are left out. */
function markFound() {
  if (!globalThis.CSS?.highlights) return;
  const wanted = browser.filter.text.trim().toLowerCase();
  const ranges = [];
  const walker = document.createTreeWalker(byId("detail"), NodeFilter.SHOW_TEXT);
  while (wanted && ranges.length < MOST_MARKS && walker.nextNode()) {
    const node = walker.currentNode;
    const text = node.data.toLowerCase();
    // A letter may be longer in lower case.
    if (text.length !== node.length || !node.parentElement.closest(".prose")) continue;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}
