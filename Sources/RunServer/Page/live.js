// On the page of a run: how far the run is now, and whether the page is behind it.

const line = document.getElementById("rsd-live");
const made = line.dataset.made;
const text = line.querySelector("span");
const latest = line.querySelector("a[hidden]");
let source;

function show(run) {
  const words = { running: "The run is going on", silent: "The run shows no sign of life", stopped: "The run has stopped" };
  const parts = [words[run.state] ?? "The run is done", `${run.progress} finished`];
  if (run.left) parts.push(run.left === "unknown" ? "time left unknown" : `${run.left} left`);
  const isSame = `${run.state}/${run.finished}` === made;
  text.textContent = isSame && run.state === "done" ? "" : ` · ${parts.join(" · ")} `;
  latest.hidden = isSame;
}

function follow() {
  if (source || document.hidden) return;
  source = new EventSource(line.dataset.events);
  source.addEventListener("run", (event) => show(JSON.parse(event.data)));
  source.addEventListener("runs", (event) => {
    if (JSON.parse(event.data).length > 0) return;
    text.textContent = " · The run was deleted: this page is what was known of it.";
    latest.hidden = true;
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source?.close();
    source = undefined;
  } else {
    follow();
  }
});
if (location.search) history.replaceState(null, "", location.pathname + location.hash);
follow();
