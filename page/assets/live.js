// Follows a sweep that is running: asks the program that serves the page how it stands, and takes the page anew when
// a run has ended.

// pause is how long the page waits between two questions, in milliseconds.
const pause = 2000;

// replaced are the parts of the page that follow from finished runs.
const replaced = ["head", "found", "figures", "tables", "settings", "provenance", "again"];

let version = document.body.dataset.version; // of the page that is shown

async function follow() {
  try {
    const reply = await fetch("state", { cache: "no-store" });
    if (!reply.ok) throw new Error(reply.statusText);
    const state = await reply.json();
    showState(state);
    if (state.version !== version) await renew(state.version);
  } catch {
    part("live-said").replaceChildren(element("li", {}, "The program that serves this page does not answer. What is " +
      "shown here is what it said last."));
  }
  setTimeout(follow, pause);
}

// renew takes the page anew, and keeps what was chosen.
async function renew(next) {
  const reply = await fetch("./", { cache: "no-store" });
  if (!reply.ok) throw new Error(reply.statusText);
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const id of replaced) part(id).replaceWith(fresh.getElementById(id));
  await takeData(fresh.getElementById("data"));
  version = next;
  begin();
}

// showState says what is done, and shows the runs that are trained.
function showState(state) {
  part("live-said").replaceChildren(...state.said.map((text) => element("li", {}, text)));
  const cells = (r) => [r.place, r.progress, r.by].map((text) => element("td", {}, text));
  const rows = state.running.map((r) => element("tr", {}, ...cells(r)));
  const head = ["run", "how far", "where"].map((text) => element("th", { scope: "col" }, text));
  part("live-runs").replaceChildren(...(rows.length === 0 ? [] : [element("table", { "aria-label": "Runs in training" },
    element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows))]));
  drawLive(state.running.filter((r) => r.points.length > 0));
}

// drawLive draws the training losses that runs in training have told so far.
function drawLive(running) {
  part("live-plot").hidden = running.length === 0;
  if (running.length === 0) return part("live-legend").replaceChildren();
  const lines = running.map((r) => ({ label: r.place, means: [], theory: [], runs: [], lost: [], banded: true,
    curves: [{ points: r.points.map(([x, y]) => ({ x, y })) }] }));
  const all = lines.flatMap((s) => s.curves[0].points);
  drawFigure(part("live-plot"), lines, {
    x: { title: "step", names: null, scale: scaleOf(all.map((p) => p.x)) },
    y: { title: "training loss (nats/token)", scale: scaleOf(all.map((p) => p.y)) },
    title: "training loss of the runs in training against steps",
  });
  showLegend(part("live-legend"), lines);
}

started.then(follow);
