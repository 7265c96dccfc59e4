// Draws series as SVG. Colours and dashes are classes of the style sheet, so that dark and light need no script.

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, text = "") {
  const e = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.textContent = text;
  return e;
}

const colors = 6;
const marks = ["circle", "square", "triangle", "diamond"];

// styleOf is how series i is drawn.
function styleOf(i) {
  const round = Math.floor(i / colors);
  return { line: `line-${i % colors} dash-${round % 4}`, stroke: `line-${i % colors}`, fill: `fill-${i % colors}`,
    mark: marks[(i + round) % marks.length] };
}

// markAt is the outline of a mark.
function markAt(kind, x, y, r = 4.5) {
  switch (kind) {
    case "square": return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;
    case "triangle": return `M${x} ${y - 1.2 * r}l${1.2 * r} ${2.1 * r}h${-2.4 * r}z`;
    case "diamond": return `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`;
    default: return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  }
}

const short = (v) => Math.round(v * 10) / 10;

function pathOf(points) {
  return points.length ? "M" + points.map(([x, y]) => `${short(x)} ${short(y)}`).join("L") : "";
}

// drawFigure draws series into a box, and returns what can be pointed at: places in pixels, and what is there.
function drawFigure(box, series, { x, y, title }) {
  const width = Math.max(300, box.clientWidth);
  const height = Math.min(460, Math.max(280, Math.round(width * 0.55)));
  const room = { left: 68, right: 14, top: 14, bottom: 48 };
  const at = (p) => [room.left + x.scale.place(p.x) * (width - room.left - room.right),
    height - room.bottom - y.scale.place(p.y) * (height - room.top - room.bottom)];
  const image = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: "0", "aria-label": title });
  drawAxes(image, { width, height, room, x, y });
  const hits = [];
  series.forEach((s, i) => drawSeries(image, s, styleOf(i), { at, hits, top: room.top, names: x.names }));
  box.replaceChildren(image);
  return { image, hits, width };
}

function drawAxes(image, { width, height, room, x, y }) {
  const right = width - room.right;
  const bottom = height - room.bottom;
  let last = -Infinity;
  for (const t of x.scale.ticks) {
    const px = room.left + x.scale.place(t.value) * (right - room.left);
    if (px < room.left - 1 || px > right + 1) continue;
    image.append(svg("line", { class: "grid", x1: px, x2: px, y1: room.top, y2: bottom }));
    const wide = 7 * t.text.length;
    if (px - wide / 2 < last + 6) continue; // no room for the text
    last = px + wide / 2;
    image.append(svg("text", { class: "tick", x: px, y: bottom + 18, "text-anchor": "middle" }, t.text));
  }
  for (const t of y.scale.ticks) {
    const py = bottom - y.scale.place(t.value) * (bottom - room.top);
    if (py < room.top - 1 || py > bottom + 1) continue;
    image.append(svg("line", { class: "grid", x1: room.left, x2: right, y1: py, y2: py }));
    image.append(svg("text", { class: "tick", x: room.left - 8, y: py + 4, "text-anchor": "end" }, t.text));
  }
  image.append(svg("rect", { class: "frame", x: room.left, y: room.top, width: right - room.left,
    height: bottom - room.top }));
  image.append(svg("text", { x: (room.left + right) / 2, y: height - 8, "text-anchor": "middle" }, x.title));
  const middle = (room.top + bottom) / 2;
  const turned = `rotate(-90 14 ${middle})`;
  image.append(svg("text", { x: 14, y: middle, "text-anchor": "middle", transform: turned }, y.title));
}

// drawSeries draws runs first, then intervals, and means on top.
function drawSeries(image, s, style, { at, hits, top, names }) {
  const add = (kind, d, more = "") => d && image.append(svg("path", { class: `${kind} ${more}`, d }));
  const draws = (points) => points.map((p) => ({ p, at: at(p) })).filter((q) => q.at.every(Number.isFinite));
  add("run", s.curves.map((c) => pathOf(draws(c.points).map((q) => q.at))).join(""), style.stroke);
  const dots = draws(s.runs);
  add("dot", dots.map(({ at: [px, py] }) => `M${short(px)} ${short(py)}h0`).join(""), style.stroke);
  dots.forEach(({ p, at: place }) => hits.push({ place, point: p, series: s }));
  for (const c of s.curves) {
    draws(c.points).forEach(({ p, at: place }) => hits.push({ place, point: { ...p, run: c.run }, series: s }));
  }
  const means = draws(s.means);
  means.forEach(({ p, at: place }) => hits.push({ place, point: p, series: s }));
  const spread = means.filter(({ p }) => p.n > 2 && p.low !== null && p.high !== null);
  const edges = spread.map(({ p }) => [at({ x: p.x, y: p.low }), at({ x: p.x, y: p.high })])
    .filter((e) => e.flat().every(Number.isFinite));
  if (s.banded) {
    add("band", edges.length ? pathOf([...edges.map((e) => e[1]), ...edges.map((e) => e[0]).reverse()]) + "z" : "",
      style.fill);
  } else {
    const bar = ([a, b]) => pathOf([a, b]) + `M${a[0] - 4} ${a[1]}h8M${b[0] - 4} ${b[1]}h8`;
    add("bar", edges.map(bar).join(""), style.stroke);
  }
  if (!names) add("line", pathOf(means.map((q) => q.at)), style.line);
  if (!s.banded) add("mark", means.map((q) => markAt(style.mark, short(q.at[0]), short(q.at[1]))).join(""), style.fill);
  add("theory", pathOf(draws(s.theory).map((q) => q.at)));
  const lost = s.lost.map((p) => at({ x: p.x, y: 1 })[0]).filter(Number.isFinite);
  add("lost", lost.map((px) => `M${short(px) - 4} ${top + 4}l8 8m0 -8l-8 8`).join(""), style.stroke);
}

// showLegend names the series.
function showLegend(list, series) {
  list.replaceChildren(...series.map((s, i) => {
    const style = styleOf(i);
    const sample = svg("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
    sample.append(svg("path", { class: `line ${style.line}`, d: "M0 6H34" }));
    if (!s.banded) sample.append(svg("path", { class: style.fill, d: markAt(style.mark, 17, 6, 4) }));
    return element("li", {}, sample, s.label || "all runs");
  }));
  if (!series.some((s) => s.theory.length > 1)) return;
  const sample = svg("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
  sample.append(svg("path", { class: "theory", d: "M0 6H34" }));
  list.append(element("li", {}, sample, "theory"));
}
