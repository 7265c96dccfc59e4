// Heat maps: a tile for each pair of values of two traits, with the mean over seeds of a measure.

const heat = { color: null, across: null, down: null };

// heatTraits are what can be an axis of a heat map.
const heatTraits = () => varied.filter((t) => t.name !== "seed");
const heatMeasures = () => data.measures.filter((m) => m.means);
const canHeat = () => heatTraits().length > 1 && heatMeasures().length > 0;

// heatSelects are the lists of the chooser of a heat map.
function heatSelects(build, changed) {
  const same = (all, one) => all.find((a) => a.name === one?.name);
  const [traits, measures] = [heatTraits(), heatMeasures()];
  heat.color = same(measures, heat.color ?? choice.y) ?? measures.find((m) => m.name === "val_loss") ?? measures[0];
  heat.across = same(traits, heat.across) ?? same(traits, { name: "lr" }) ?? traits[0];
  heat.down = same(traits.filter((t) => t !== heat.across), heat.down ?? { name: "rank" }) ??
    traits.find((t) => t !== heat.across);
  const axis = (label, name, other) => {
    const list = select(label, traits, (what) => {
      if (heat[other] === what) heat[other] = heat[name];
      heat[name] = what;
      build();
      focusOn(part("chooser"), label);
      changed();
    });
    list.lastChild.value = traits.indexOf(heat[name]);
    return list;
  };
  const color = select("color", measures, (what) => {
    heat.color = what;
    changed();
  });
  color.lastChild.value = measures.indexOf(heat.color);
  return [color, axis("x axis", "across", "down"), axis("rows", "down", "across")];
}

// orderOf are the places of a trait's values: numbers by size, words in the order of runs.
function orderOf(trait) {
  const places = trait.words.map((_, i) => i);
  return namesOn(trait) ? places : places.sort((a, b) => Number(trait.words[a]) - Number(trait.words[b]));
}

// tilesOf are the tiles of each panel, by what else tells cells apart. Means are of all seeds.
function tilesOf() {
  const labels = lineLabels(heat.across, heat.down);
  const panels = new Map();
  if (!allSeeds()) return [];
  heat.color.means.forEach((m, cell) => {
    const run = firstOf[cell];
    if (!isShown(run)) return;
    if (!panels.has(labels[cell])) panels.set(labels[cell], { label: labels[cell], tiles: [] });
    panels.get(labels[cell]).tiles.push({ x: heat.across.at[run], y: heat.down.at[run], ...m,
      diverged: data.cells[cell].diverged });
  });
  const all = [...panels.values()];
  if (heat.color.loss) all.forEach((p) => markLowest(p.tiles));
  return all;
}

// markLowest marks the lowest mean of each row, and on which side it lies at an edge of the numbers that were tried.
function markLowest(tiles) {
  const numbers = !namesOn(heat.across);
  for (const y of new Set(tiles.map((t) => t.y))) {
    const all = tiles.filter((t) => t.y === y);
    const row = all.filter((t) => t.mean !== null);
    if (row.length < 2) continue;
    const best = row.reduce((a, b) => (b.mean < a.mean ? b : a));
    best.lowest = true;
    if (!numbers) continue;
    const tried = all.map((t) => Number(heat.across.words[t.x]));
    const at = Number(heat.across.words[best.x]);
    best.edge = at === Math.max(...tried) ? 1 : at === Math.min(...tried) ? -1 : 0;
  }
}

// heatRange is the least and the greatest mean that is shown.
function heatRange(panels) {
  const means = panels.flatMap((p) => p.tiles.map((t) => t.mean)).filter((v) => v !== null);
  return means.length ? [means.reduce((a, b) => Math.min(a, b)), means.reduce((a, b) => Math.max(a, b))] : [0, 0];
}

// shadeOf is how dark a value is: the ink of texts can be read on all shades.
function shadeOf(value, [low, high]) {
  return 0.04 + 0.5 * (high > low ? (value - low) / (high - low) : 0.5);
}

function tileText(t) {
  if (t.diverged > 0) return "×";
  if (t.mean === null) return "\u2212";
  return `${t.edge < 0 ? "←" : ""}${written(t.mean, 4)}${t.edge > 0 ? "→" : ""}`;
}

// drawHeat draws panels below each other, or side by side if there is room.
function drawHeat(box, panels) {
  const [xs, ys] = [orderOf(heat.across), orderOf(heat.down)];
  const width = Math.max(300, box.clientWidth);
  const words = (trait, places) => Math.max(...places.map((i) => trait.words[i].length));
  const room = { left: Math.min(140, 34 + 7 * words(heat.down, ys)), top: 24, bottom: 46, right: 10 };
  const columns = Math.max(1, Math.min(panels.length, Math.floor(width / Math.max(320, room.left + 46 * xs.length))));
  const wide = width / columns;
  const tile = { width: (wide - room.left - room.right) / xs.length, height: 28 };
  const high = room.top + tile.height * ys.length + room.bottom;
  const title = `${heat.color.label} by ${heat.across.label} and ${heat.down.label}. The arrow keys go from tile to tile.`;
  const image = svg("svg", { viewBox: `0 0 ${width} ${high * Math.ceil(panels.length / columns)}`, role: "img",
    tabindex: "0", "aria-label": title });
  const [hits, range] = [[], heatRange(panels)];
  panels.forEach((panel, i) => {
    const at = [(i % columns) * wide, Math.floor(i / columns) * high];
    drawPanel(image, panel, { at, room, tile, xs, ys, range, hits });
  });
  box.replaceChildren(image);
  return { image, hits, width, within: Math.hypot(tile.width, tile.height) / 2 };
}

function drawPanel(image, panel, { at: [left, top], room, tile, xs, ys, range, hits }) {
  const text = (x, y, content, more = {}) => image.append(svg("text", { x, y, "text-anchor": "middle", ...more }, content));
  const clipped = (word, pixels) => (7 * word.length <= pixels ? word : word.slice(0, Math.max(1, pixels / 7 - 1)) + "…");
  const [x0, y0] = [left + room.left, top + room.top];
  const bottom = y0 + tile.height * ys.length;
  const middle = x0 + (tile.width * xs.length) / 2;
  text(middle, y0 - 8, panel.label);
  let last = -Infinity;
  xs.forEach((place, i) => {
    const word = clipped(heat.across.words[place], 2 * tile.width);
    const [px, half] = [x0 + (i + 0.5) * tile.width, 3.5 * word.length];
    if (px - half < last + 6) return; // no room for the text
    last = px + half;
    text(px, bottom + 16, word, { class: "tick" });
  });
  ys.forEach((place, i) => text(x0 - 6, y0 + (i + 0.5) * tile.height + 4, clipped(heat.down.words[place], room.left - 30),
    { class: "tick", "text-anchor": "end" }));
  text(middle, bottom + 36, titled(heat.across));
  const turned = `rotate(-90 ${left + 14} ${(y0 + bottom) / 2})`;
  text(left + 14, (y0 + bottom) / 2, titled(heat.down), { transform: turned });
  const tiles = panel.tiles.map((t) => ({ ...t, i: xs.indexOf(t.x), j: ys.indexOf(t.y) }))
    .sort((a, b) => a.j - b.j || a.i - b.i);
  for (const t of tiles) {
    const [px, py] = [x0 + t.i * tile.width, y0 + t.j * tile.height];
    const shape = { x: px + 1, y: py + 1, width: Math.max(1, tile.width - 2), height: tile.height - 2 };
    if (t.mean !== null) {
      image.append(svg("rect", { ...shape, class: "tile", "fill-opacity": shadeOf(t.mean, range).toFixed(3) }));
    }
    if (t.lowest) image.append(svg("rect", { ...shape, class: "lowest" }));
    const said = tileText(t);
    const brief = t.edge ? said.replace(/[^←→]/g, "") : "";
    const fits = 7 * said.length <= tile.width - 4;
    text(px + tile.width / 2, py + tile.height / 2 + 4, fits ? said : t.mean === null || t.diverged ? "" : brief);
    hits.push({ place: [px + tile.width / 2, py + tile.height / 2], point: t, series: panel });
  }
}

// heatFigure is what a heat map shows, as lineFigure is for lines.
function heatFigure() {
  const panels = tilesOf();
  return {
    draw: (box) => drawHeat(box, panels),
    describe: ({ point: t, series: panel }) => {
      const { color, across, down } = heat;
      const what = [panel.label, `${down.label} ${down.words[t.y]}`, `${across.label} ${across.words[t.x]}`]
        .filter(Boolean).join(", ");
      const unit = color.unit && color.unit !== "1" ? " " + color.unit : "";
      const interval = t.n > 1 && t.low !== null ? `, 95% interval ${written(t.low, 5)} to ${written(t.high, 5)}` : "";
      const marks = [t.lowest ? "the lowest of its row" : "", t.edge ? "at an edge of those tried" : "",
        t.diverged ? `${t.diverged} diverged` : ""].filter(Boolean).map((text) => ", " + text).join("");
      return `${what}: ${color.label} ${written(t.mean, 5)}${unit}${interval}, mean of ${t.n} ` +
        `${t.n === 1 ? "run" : "seeds"}${marks}.`;
    },
    legend: (list) => showShades(list, heatRange(panels)),
    remark: () => heatRemark(panels),
    numbers: () => heatNumbers(panels),
  };
}

// showShades names the lightest, the middle and the darkest shade.
function showShades(list, range) {
  const values = range[0] === range[1] ? [range[0]] : [range[0], (range[0] + range[1]) / 2, range[1]];
  list.replaceChildren(element("li", {}, titled(heat.color)), ...values.map((value) => {
    const sample = svg("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
    sample.append(svg("rect", { class: "tile", width: 34, height: 12, "fill-opacity": shadeOf(value, range) }));
    return element("li", {}, sample, written(value, 4));
  }));
}

function heatRemark(panels) {
  if (!allSeeds()) return "Some seeds are left out. A tile is a mean of all seeds: choose them all to see it.";
  const tiles = panels.flatMap((p) => p.tiles);
  const said = ["A tile is a mean over seeds."];
  if (tiles.some((t) => t.lowest)) {
    said.push("A frame marks the lowest of each row. That others are higher is no proof that they are worse: the " +
      "table of comparisons says what the tests show.");
  }
  if (tiles.some((t) => t.edge)) said.push("An arrow: the lowest lies at an edge of those tried.");
  if (tiles.some((t) => t.diverged)) said.push("×: a run diverged.");
  if (panels.length > 12) said.push(`There are ${panels.length} maps: filter them.`);
  return said.join(" ");
}

function heatNumbers(panels) {
  const text = (v) => (v === null ? "" : v);
  const rows = [["panel", heat.across.name, heat.down.name, heat.color.name, "low", "high", "n", "diverged", "lowest"]];
  for (const p of panels) {
    for (const t of p.tiles) {
      rows.push([guarded(p.label), guarded(heat.across.words[t.x]), guarded(heat.down.words[t.y]), text(t.mean),
        text(t.low), text(t.high), t.n, t.diverged, t.lowest ? "lowest" : ""]);
    }
  }
  return rows;
}
