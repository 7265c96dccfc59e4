// Puts the parts together.

const part = (id) => document.getElementById(id);

let figure; // that is chosen

function draw() {
  figure = choice.heat ? heatFigure() : lineFigure();
  watchPoints(part("plot"), figure.draw(part("plot")), figure.describe);
  figure.legend(part("legend"));
  part("remark").textContent = figure.remark();
  showNumbers();
}

// showNumbers is the figure as a table, if somebody looks at it.
function showNumbers() {
  if (!part("numbers").open) return;
  const [head, ...rows] = figure.numbers();
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
  document.querySelectorAll(".rest button").forEach(offerRest);
  document.querySelectorAll('a[download$=".csv.gz"]').forEach(saveUnpacked);
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
  part("save-figure").addEventListener("click", () => save("figure.csv", asCSV(figure.numbers())));
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

// start begins once the data are there. A browser that cannot unpack them shows what needs no script.
async function start() {
  try {
    await takeData(part("data"));
  } catch (error) {
    part("without").textContent = `This browser cannot unpack the data (${error.message}). Findings, figures, the ` +
      "first rows of tables and settings are here; the rest needs a browser of 2023 or later.";
    part("without").hidden = false;
    return;
  }
  listen();
  begin();
}

const started = start();
