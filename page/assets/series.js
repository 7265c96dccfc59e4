// What a figure shows: series of points, worked out from the axes that are chosen.

// A point has a place (x, y), what it is in words, and of a mean its interval (low, high) and n.

// lineLabels are the labels of the lines that cells are on, by what tells lines apart: the traits in which runs differ,
// but for those on axes and the seed.
function lineLabels(...axes) {
  const traits = varied.filter((t) => !axes.includes(t) && t.name !== "seed");
  const text = (t, run) => (t.name === "scaling" ? wordOf(t, run) : `${t.label} ${wordOf(t, run)}`);
  return firstOf.map((run) => traits.map((t) => text(t, run)).join(", "));
}

// Grouped collects series by their labels, in the order of runs.
class Grouped {
  constructor() {
    this.series = new Map();
  }

  of(label) {
    if (!this.series.has(label)) {
      this.series.set(label, { label, means: [], theory: [], runs: [], lost: [], curves: [] });
    }
    return this.series.get(label);
  }

  list() {
    return [...this.series.values()];
  }
}

// seriesOf are the series of a figure of y against x, where x is a trait or a measure.
function seriesOf(x, y, show) {
  const isTrait = data.traits.includes(x);
  const labels = lineLabels(x);
  const groups = new Grouped();
  const place = isTrait ? placeOn(x) : (run) => valuesOf(x)[run];
  const values = valuesOf(y);
  const wanted = show !== "means" || !isTrait || !y.means || !allSeeds();
  data.cell.forEach((cell, run) => {
    if (!isShown(run)) return;
    const s = groups.of(labels[cell]);
    const [at, value] = [place(run), values[run]];
    if (at === null) return;
    if (value === null) {
      if (statuses[run] === "diverged") s.lost.push({ x: at, run });
      return;
    }
    if (wanted) s.runs.push({ x: at, y: value, run });
  });
  if (isTrait && y.means && allSeeds() && show !== "runs") addMeans(groups, labels, place, y);
  if (x.name === "rank" && isTrait && !namesOn(x)) addTheory(groups, labels, place, y);
  return groups.list();
}

// placeOn is where a run lies on the axis of a trait.
function placeOn(trait) {
  const names = namesOn(trait);
  return names ? (run) => trait.at[run] : (run) => Number(wordOf(trait, run));
}

// namesOn are the values of a trait that are no numbers; null if all are numbers.
function namesOn(trait) {
  return trait.words.every((w) => w !== "" && Number.isFinite(Number(w))) ? null : trait.words;
}

function addMeans(groups, labels, place, y) {
  y.means.forEach((m, cell) => {
    const run = firstOf[cell];
    if (!isShown(run) || m.mean === null) return;
    groups.of(labels[cell]).means.push({ x: place(run), y: m.mean, low: m.low, high: m.high, n: m.n, cell });
  });
  for (const s of groups.list()) s.means.sort((a, b) => a.x - b.x);
}

// addTheory adds what theory says of a measure against rank.
function addTheory(groups, labels, place, y) {
  y.theory?.forEach((value, cell) => {
    const run = firstOf[cell];
    if (value !== null && isShown(run)) groups.of(labels[cell]).theory.push({ x: place(run), y: value });
  });
  for (const s of groups.list()) s.theory.sort((a, b) => a.x - b.x);
}

// curveSeries are the series of a quantity against steps.
function curveSeries(quantity, show) {
  const labels = lineLabels(null);
  const groups = new Grouped();
  const points = (c) => data.curves.steps[c.steps].map((step, i) =>
    ({ x: step, y: c.y[i], low: c.low?.[i] ?? null, high: c.high?.[i] ?? null })).filter((p) => p.y !== null);
  if (show !== "means" || !allSeeds()) {
    for (const c of data.curves.runs) {
      if (c.quantity !== quantity || !isShown(c.of)) continue;
      groups.of(labels[data.cell[c.of]]).curves.push({ run: c.of, points: points(c) });
    }
  }
  if (show !== "runs" && allSeeds()) {
    for (const c of data.curves.cells) {
      const run = firstOf[c.of];
      if (c.quantity !== quantity || !isShown(run)) continue;
      const s = groups.of(labels[c.of]);
      s.means.push(...points(c).map((p) => ({ ...p, n: runsOf[c.of].length - data.cells[c.of].diverged, cell: c.of })));
    }
  }
  return groups.list();
}
