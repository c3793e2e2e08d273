// Text of problems and models: formulas are rendered, everything else is shown as it is.

// Maximum number of candidate formulas in one text, so that no text takes long.
const MOST_STARTS = 2000;
const BRACKETS = { "\\(": ["\\)", false], "\\[": ["\\]", true], "$$": ["$$", true] };
const START = /\$\$?|\\\(|\\\[|\\begin\{([a-zA-Z]+\*?)\}|\\boxed\s*\{/g;

/** An element with the rendered text. */
function prose(text, attributes = {}) {
  const { class: kind, ...rest } = attributes;
  return el("div", { dir: "auto", ...rest, class: `prose ${kind ?? ""}` }, ...drawn(text));
}

function drawn(text) {
  const nodes = [];
  let end = 0;
  let count = 0;
  START.lastIndex = 0;
  for (let match; count < MOST_STARTS && (match = START.exec(text)); count += 1) {
    const found = formulaAt(text, match);
    if (!found) continue;
    const before = text.slice(end, match.index);
    // A display formula has its own space, so the line breaks around it are dropped.
    nodes.push(...visible(found.display ? before.replace(/\s*\n\s*$/, "") : before));
    if (found.display) found.end += /^[^\S\n]*\n?/.exec(text.slice(found.end, found.end + 80))[0].length;
    nodes.push(formula(found.source, found.display) ?? el("span", { class: "tex" }, ...visible(text.slice(match.index, found.end))));
    end = START.lastIndex = found.end;
  }
  nodes.push(...visible(text.slice(end)));
  return nodes;
}

/** The formula that begins here: its source, and where it ends. */
function formulaAt(text, match) {
  const [start, begin] = [match[0], match.index + match[0].length];
  const until = (close, display, source = (end) => text.slice(begin, end)) => {
    const window = text.slice(begin, begin + TEX_LONGEST);
    const length = window.indexOf(close);
    return length > 0 ? { source: source(begin + length), display, end: begin + length + close.length } : undefined;
  };
  if (start === "$") return dollar(text, begin);
  if (BRACKETS[start]) return until(...BRACKETS[start]);
  if (start.startsWith("\\boxed")) return boxed(text, match.index, begin);
  return until(`\\end{${match[1]}}`, true, (end) => text.slice(match.index, end) + `\\end{${match[1]}}`);
}

/** Pandoc's rule, which leaves prices alone: no blank after the first `$`, none before the last, and no digit after it. */
function dollar(text, begin) {
  if (/\s/.test(text[begin] ?? " ")) return undefined;
  const limit = Math.min(text.length, begin + TEX_LONGEST);
  for (let at = begin; at < limit; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "\n" && text[at + 1] === "\n") return undefined;
    else if (text[at] === "$") {
      const isEnd = at > begin && !/\s/.test(text[at - 1]) && !/[\d$]/.test(text[at + 1] ?? "");
      return isEnd ? { source: text.slice(begin, at), display: false, end: at + 1 } : undefined;
    }
  }
  return undefined;
}

/** `\boxed{…}` outside of a formula, as small models write it. */
function boxed(text, start, begin) {
  const limit = Math.min(text.length, begin + TEX_LONGEST);
  for (let at = begin, depth = 1; at < limit; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && (depth -= 1) === 0) return { source: text.slice(start, at + 1), display: false, end: at + 1 };
  }
  return undefined;
}
