// Puts the parts together.

const part = (id) => document.getElementById(id);

let series = []; // of the figure

function draw() {
  series = seriesChosen();
  const axes = axesChosen(series);
  const lines = `${series.length} ${series.length === 1 ? "line" : "lines"}`;
  const title = `${choice.y.label} against ${choice.x.label}, ${lines}. The arrow keys go from point to point.`;
  const drawn = drawFigure(part("plot"), series, { ...axes, title });
  watchPoints(part("plot"), drawn, describe);
  showLegend(part("legend"), series);
  part("remark").textContent = remark(series);
  showNumbers();
}

// showNumbers is the figure as a table, if somebody looks at it.
function showNumbers() {
  if (!part("numbers").open) return;
  const [head, ...rows] = numbersOf(series);
  const some = rows.slice(0, 500);
  const cells = (row) => row.map((c) => element("td", {}, typeof c === "number" ? written(c, 6) : c));
  const table = element("table", {},
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...some.map((row) => element("tr", {}, ...cells(row)))));
  const rest = rows.length > some.length ? [`The first ${some.length} of ${rows.length}: the CSV has all.`] : [];
  part("numbers-table").replaceChildren(element("div", { class: "wide", tabindex: "0", role: "region",
    "aria-label": "Numbers of the figure" }, table), ...rest);
}

// filtered shows everything that depends on filters.
function filtered() {
  runsShown.most = pageOfRuns;
  const shown = data.cell.filter((_, run) => isShown(run)).length;
  part("selection").textContent = shown === data.cell.length ? `All ${shown} runs are shown.` :
    `${shown} of ${data.cell.length} runs are shown.`;
  draw();
  showRuns();
}

// begin shows data that were just taken. Without a run there is nothing to choose.
function begin() {
  for (const e of document.querySelectorAll(".scripted")) e.hidden = data.shown.length === 0;
  document.querySelectorAll("section.table table").forEach(makeSortable);
  if (data.shown.length === 0) return;
  keepChoice();
  showChooser(part("chooser"), draw);
  showFilters(part("filters"), filtered);
  part("curves-note").textContent = data.curves.thinned ?
    "Curves have six digits and are thinned here; the store has all of them." :
    "Curves have six digits here; the store has all.";
  filtered();
}

// listen connects what stays when data change.
function listen() {
  for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());
  part("numbers").addEventListener("toggle", showNumbers);
  part("save-figure").addEventListener("click", () => save("figure.csv", asCSV(numbersOf(series))));
  part("save-runs").addEventListener("click", () => save("runs.csv", runsCSV()));
  part("save-columns").addEventListener("click", () => save("columns.csv", columnsCSV()));
  part("save-curves").addEventListener("click", () => save("curves.csv", curvesCSV()));
  part("more-runs").addEventListener("click", () => {
    runsShown.most += 10 * pageOfRuns;
    showRuns();
  });
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (width === window.innerWidth || data.shown.length === 0) return;
    width = window.innerWidth;
    draw();
  });
}

takeData(part("data"));
listen();
begin();
