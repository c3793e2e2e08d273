// The state of the page in its address: the trajectory, the comparison and the filters, so that a link shows the same to others.

const ADDRESSED = { id: "", with: "", method: "", dataset: "", outcome: "", than: "", other: "", steps: "", value: "", text: "" };

/** What an address says: parameters, or the identity of a trajectory alone, as earlier pages wrote it. */
function addressed(hash) {
  const text = hash.replace(/^#/, "");
  if (!text.includes("=")) {
    const id = decoded(text);
    return rowNamed(id) ? { ...ADDRESSED, id } : undefined;
  }
  const state = { ...ADDRESSED };
  for (const [name, value] of new URLSearchParams(text)) if (Object.hasOwn(ADDRESSED, name)) state[name] = value;
  return state;
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

const rowNamed = (id) => (id ? rows.find((row) => row.id === id) : undefined);

/** Slashes and commas stay readable. */
const encoded = (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%2C", ",");

function writeAddress() {
  const state = { id: browser.selected && !browser.isFirst ? browser.selected.id : "", with: comparing.name, ...browser.filter };
  const parts = Object.entries(state).filter(([, value]) => value).map(([name, value]) => `${name}=${encoded(value)}`);
  // A page opened from a file may refuse.
  try { history.replaceState(null, "", parts.length > 0 ? `#${parts.join("&")}` : location.pathname + location.search); } catch { /* not written */ }
}

/** Restores what the address says, if it says anything; values that this run does not have are ignored. */
function readAddress() {
  const state = addressed(location.hash);
  if (!state) return false;
  const { id, with: other, ...filter } = state;
  Object.assign(browser.filter, filter);
  showFilters();
  comparing.name = other;
  browser.isFirst = false;
  browser.selected = rowNamed(id);
  applyFilter();
  if (browser.selected) select(browser.selected);
  else selectFirst();
  return true;
}
