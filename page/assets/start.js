// Puts the parts together.

function start() {
  const part = (id) => document.getElementById(id);
  let series = [];

  const showNumbers = () => {
    if (!part("numbers").open) return;
    const [head, ...rows] = numbersOf(series);
    const most = rows.slice(0, 500).map((row) => element("tr", {}, ...row.map((c) => element("td", {},
      typeof c === "number" ? written(c, 6) : c))));
    const table = element("table", {}, element("thead", {}, element("tr", {},
      ...head.map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, ...most));
    const rest = rows.length > most.length ? [`The first ${most.length} of ${rows.length}: the CSV has all.`] : [];
    part("numbers-table").replaceChildren(element("div", { class: "wide", tabindex: "0", role: "region",
      "aria-label": "Numbers of the figure" }, table), ...rest);
  };

  const draw = () => {
    series = seriesChosen();
    const axes = axesChosen(series);
    const lines = `${series.length} ${series.length === 1 ? "line" : "lines"}`;
    const title = `${choice.y.label} against ${choice.x.label}, ${lines}. The arrow keys go from point to point.`;
    const drawn = drawFigure(part("plot"), series, { ...axes, title });
    watchPoints(part("plot"), drawn, describe);
    showLegend(part("legend"), series);
    part("remark").textContent = remark(series);
    showNumbers();
  };

  const refresh = () => {
    runsShown.most = pageOfRuns;
    const shown = data.cell.filter((_, run) => isShown(run)).length;
    part("selection").textContent = shown === data.cell.length ? `All ${shown} runs are shown.` :
      `${shown} of ${data.cell.length} runs are shown.`;
    draw();
    showRuns();
  };

  for (const e of document.querySelectorAll(".scripted")) e.hidden = false;
  showChooser(part("chooser"), draw);
  showFilters(part("filters"), refresh);
  for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  part("numbers").addEventListener("toggle", showNumbers);
  part("save-figure").addEventListener("click", () => save("figure.csv", asCSV(numbersOf(series))));
  part("save-runs").addEventListener("click", () => save("runs.csv", runsCSV()));
  part("save-columns").addEventListener("click", () => save("columns.csv", columnsCSV()));
  part("save-curves").addEventListener("click", () => save("curves.csv", curvesCSV()));
  part("curves-note").textContent = data.curves.thinned ?
    "Curves have six digits and are thinned here; the store has all of them." :
    "Curves have six digits here; the store has all.";
  part("more-runs").addEventListener("click", () => {
    runsShown.most += 10 * pageOfRuns;
    showRuns();
  });
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (width === window.innerWidth) return;
    width = window.innerWidth;
    draw();
  });
  refresh();
}

start();
