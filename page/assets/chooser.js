// The choice of axes, and the figure that follows from it.

const steps = { name: "step", label: "step", unit: "" };
const choice = { heat: false, x: null, y: null, show: "both", logX: false, logY: false };

// axesOfX are what can stand on the x axis: steps, what was varied, and what was measured.
function axesOfX() {
  const curves = data.curves.quantities.length > 0 ? [steps] : [];
  const traits = varied.length > 0 ? varied : [data.traits[0]];
  return [...traits, ...curves, ...data.measures];
}

function axesOfY() {
  return choice.x === steps ? data.curves.quantities : data.measures;
}

// choosesLog is whether an axis is logarithmic unasked: numbers that were tried and differ by a factor of ten.
function choosesLog(x) {
  if (!data.traits.includes(x) || namesOn(x)) return false;
  const values = x.words.map(Number);
  return Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= 10;
}

function select(label, options, changed) {
  const list = element("select", {}, ...options.map((o, i) => element("option", { value: i }, o.label)));
  list.addEventListener("change", () => changed(options[list.value]));
  return element("label", {}, label, list);
}

function checkBox(label, name, changed) {
  const box = element("input", { type: "checkbox", name });
  box.checked = choice[name];
  box.addEventListener("change", () => {
    choice[name] = box.checked;
    changed();
  });
  return element("label", { class: "check" }, box, label);
}

// focusOn gives the focus back to a list that was made anew.
function focusOn(form, label) {
  [...form.querySelectorAll("label")].find((l) => l.firstChild.data === label).lastChild.focus();
}

// showChooser makes the form; changed is called after each change.
function showChooser(form, changed) {
  const xs = axesOfX();
  const same = (all, one) => all.find((a) => a.name === one?.name);
  const before = same(xs, choice.x);
  choice.x = before ?? same(xs, { name: "rank" }) ?? xs[0];
  if (!before) choice.logX = choosesLog(choice.x);
  const build = () => {
    const kinds = [{ label: "lines", heat: false }, { label: "heat map", heat: true }];
    const kind = select("figure", kinds, (what) => {
      choice.heat = what.heat;
      build();
      focusOn(form, "figure");
      changed();
    });
    choice.heat &&= canHeat();
    kind.lastChild.value = Number(choice.heat);
    const first = canHeat() ? [kind] : [];
    if (choice.heat) {
      form.replaceChildren(...first, ...heatSelects(build, changed));
      return;
    }
    const ys = axesOfY();
    choice.y = same(ys, choice.y) ?? ys.find((y) => y.name.startsWith("val_loss")) ?? ys[0];
    const shows = [{ label: "means and runs", value: "both" }, { label: "means over seeds", value: "means" },
      { label: "each run", value: "runs" }];
    const x = select("x axis", xs, (what) => {
      [choice.x, choice.logX] = [what, choosesLog(what)];
      if (what === steps && choice.show === "both") choice.show = "means";
      build();
      focusOn(form, "x axis");
      changed();
    });
    const y = select("y axis", ys, (what) => {
      choice.y = what;
      changed();
    });
    const show = select("show", shows, (what) => {
      choice.show = what.value;
      changed();
    });
    x.lastChild.value = xs.indexOf(choice.x);
    y.lastChild.value = ys.indexOf(choice.y);
    show.lastChild.value = shows.findIndex((s) => s.value === choice.show);
    form.replaceChildren(...first, y, x, show, checkBox("x logarithmic", "logX", changed),
      checkBox("y logarithmic", "logY", changed));
  };
  build();
}

// seriesChosen are the series of the figure that is chosen.
function seriesChosen() {
  if (choice.x !== steps) return seriesOf(choice.x, choice.y, choice.show);
  const series = curveSeries(data.curves.quantities.indexOf(choice.y), choice.show);
  for (const s of series) s.banded = true;
  return series;
}

// axesChosen are the scales of series.
function axesChosen(series) {
  const xs = [];
  const ys = [];
  for (const s of series) {
    for (const p of [...s.means, ...s.runs, ...s.lost, ...s.curves.flatMap((c) => c.points)]) xs.push(p.x);
    for (const p of [...s.means, ...s.theory, ...s.runs, ...s.curves.flatMap((c) => c.points)]) ys.push(p.y);
    for (const p of s.means) if (p.n > 2) ys.push(p.low, p.high);
  }
  const isTrait = data.traits.includes(choice.x);
  const names = isTrait ? namesOn(choice.x) : null;
  const at = isTrait && !names ? [...new Set(xs)].sort((a, b) => a - b) : null;
  return {
    x: { title: titled(choice.x), names, scale: scaleOf(xs, { log: choice.logX, words: names, at }) },
    y: { title: titled(choice.y), scale: scaleOf(ys, { log: choice.logY }) },
  };
}

// describe says what a point is.
function describe({ point: p, series: s }) {
  const x = choice.x === steps ? `step ${p.x}` : data.traits.includes(choice.x) ?
    `${choice.x.label} ${namesOn(choice.x)?.[p.x] ?? written(p.x, 6)}` : `${choice.x.label} ${written(p.x)}`;
  const unit = choice.y.unit && choice.y.unit !== "1" ? " " + choice.y.unit : "";
  const what = [s.label, x].filter(Boolean).join(", ");
  if (p.run !== undefined) {
    const seed = traitNamed("seed");
    return `${what}, seed ${wordOf(seed, p.run)}: ${choice.y.label} ${written(p.y, 5)}${unit}. ` +
      `Run ${cellOf(columnNamed("run"), data.shown[p.run])}.`;
  }
  const interval = p.n > 1 && p.low !== null ? `, 95% interval ${written(p.low, 5)} to ${written(p.high, 5)}` : "";
  const seeds = p.n === 1 ? "run" : "seeds";
  return `${what}: ${choice.y.label} ${written(p.y, 5)}${unit}${interval}, mean of ${p.n} ${seeds}.`;
}

// remark says what a reader must know of the figure.
function remark(series) {
  const said = [];
  const lost = series.reduce((n, s) => n + s.lost.length, 0);
  const curves = choice.x === steps;
  if (!allSeeds()) {
    said.push("Some seeds are left out. Means and intervals are of all seeds, so each run is shown by itself.");
  } else if (choice.show !== "runs" && series.some((s) => s.means.length > 0)) {
    said.push(`${curves ? "Bands" : "Bars"} are 95% intervals over seeds, where there are three or more.`);
  }
  if (series.some((s) => s.theory.length > 1)) {
    said.push("Theory: the values that it expects at these ranks or, where it has only a power of rank, that slope " +
      "through the middle of the fitted one.");
  }
  if (lost > 0) said.push(`Crosses at the top: ${lost} diverged ${lost === 1 ? "run has" : "runs have"} no value.`);
  if (curves && data.curves.left.includes(choice.y.label)) {
    said.push("Single runs of this quantity are too many for this page.");
  }
  if (curves && data.curves.thinned) said.push("Long curves are thinned.");
  if (series.length > colors * 4) {
    said.push(`There are ${series.length} lines, so that colours and dashes repeat: filter them.`);
  }
  const points = series.flatMap((s) => [...s.means, ...s.runs, ...s.curves.flatMap((c) => c.points)]);
  if (points.some((p) => (choice.logX && p.x <= 0) || (choice.logY && p.y <= 0))) {
    said.push("Values of zero and below have no place on a logarithmic axis.");
  }
  return said.join(" ");
}

// numbersOf are the rows of the figure's numbers.
function numbersOf(series) {
  const rows = [["line", choice.x.name, choice.y.name, "low", "high", "n", "run"]];
  const run = columnNamed("run");
  const text = (v) => (v === null || v === undefined ? "" : v);
  const names = data.traits.includes(choice.x) ? namesOn(choice.x) : null;
  for (const s of series) {
    const x = (p) => (names ? guarded(names[p.x]) : p.x);
    for (const p of s.means) rows.push([guarded(s.label), x(p), p.y, text(p.low), text(p.high), p.n, ""]);
    for (const p of s.theory) rows.push([guarded(`${s.label || "all runs"}, theory`), x(p), p.y, "", "", "", ""]);
    const single = (p, r) => rows.push([guarded(s.label), x(p), p.y, "", "", 1, cellOf(run, data.shown[r])]);
    for (const p of s.runs) single(p, p.run);
    for (const c of s.curves) for (const p of c.points) single(p, c.run);
  }
  return rows;
}

// lineFigure is what a figure of lines shows: how it is drawn, what its points are, and its numbers.
function lineFigure() {
  const series = seriesChosen();
  const lines = `${series.length} ${series.length === 1 ? "line" : "lines"}`;
  const title = `${choice.y.label} against ${choice.x.label}, ${lines}. The arrow keys go from point to point.`;
  return {
    draw: (box) => drawFigure(box, series, { ...axesChosen(series), title }),
    describe,
    legend: (list) => showLegend(list, series),
    remark: () => remark(series),
    numbers: () => numbersOf(series),
  };
}
