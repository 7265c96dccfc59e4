// The list of runs, as many as are asked for.

const pageOfRuns = 50;
const runsShown = { most: pageOfRuns, by: null, down: false };

// runColumns are the columns of the list.
function runColumns() {
  const run = columnNamed("run");
  const named = (names) => data.measures.filter((m) => names.includes(m.name));
  return [
    ...varied.map((t) => ({ head: t.label, of: (r) => wordOf(t, r) })),
    { head: "status", of: (r) => statuses[r] },
    ...named(["val_loss", "train_loss", "grad_norm_onset", "grad_norm_mean", "seconds"]).map((m) => (
      { head: titled(m), number: true, of: (r) => valuesOf(m)[r], text: (v) => (v === null ? "" : written(v, 5)) })),
    { head: "run", of: (r) => cellOf(run, data.shown[r]) },
  ];
}

// showRuns fills the list with the runs that pass the filters.
function showRuns() {
  const columns = runColumns();
  let runs = data.cell.map((_, run) => run).filter((run) => isShown(run));
  if (runsShown.by !== null) {
    const of = columns[runsShown.by].of;
    runs = runs.map((run) => [of(run), run]).sort((a, b) => compare(a[0], b[0], runsShown.down)).map(([, run]) => run);
  }
  const head = columns.map((c, i) => {
    const th = heading(c.head, c.number, () => {
      [runsShown.down, runsShown.by] = [runsShown.by === i && !runsShown.down, i];
      showRuns();
      document.querySelectorAll("#runs-table th button")[i].focus();
    });
    if (runsShown.by === i) th.setAttribute("aria-sort", runsShown.down ? "descending" : "ascending");
    return th;
  });
  const rows = runs.slice(0, runsShown.most).map((run) => element("tr", {}, ...columns.map((c) => {
    const value = c.of(run);
    return element("td", c.number ? { class: "number" } : {}, c.text ? c.text(value) : value);
  })));
  const table = element("table", { "aria-label": "Runs" }, element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows));
  document.getElementById("runs-table").replaceChildren(table);
  document.getElementById("runs-count").textContent =
    `${runs.length} of ${data.cell.length} runs pass the filters of the figure; ${rows.length} are listed.`;
  document.getElementById("more-runs").hidden = rows.length === runs.length;
}
