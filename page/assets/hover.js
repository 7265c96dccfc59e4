// Says what a point is, for those who point at it, and for those who walk along points by the arrow keys.

function watchPoints(box, drawn, describe) {
  const { image, hits, width, within = 30 } = drawn;
  const tip = element("div", { id: "tip", role: "status" });
  tip.hidden = true;
  box.append(tip);
  const ring = svg("circle", { class: "here", r: 8, visibility: "hidden" });
  image.append(ring);
  let here = -1;

  const show = (i) => {
    here = i;
    tip.hidden = i < 0;
    ring.setAttribute("visibility", i < 0 ? "hidden" : "visible");
    if (i < 0) return;
    const [px, py] = hits[i].place;
    ring.setAttribute("cx", px);
    ring.setAttribute("cy", py);
    tip.textContent = describe(hits[i]);
    const scale = image.clientWidth / width;
    const left = px * scale + 14;
    tip.style.left = `${Math.max(0, left + tip.offsetWidth > box.clientWidth ? left - tip.offsetWidth - 28 : left)}px`;
    tip.style.top = `${Math.max(0, py * scale - tip.offsetHeight - 8)}px`;
  };

  image.addEventListener("pointermove", (event) => {
    const frame = image.getBoundingClientRect();
    const scale = width / frame.width;
    show(nearest(hits, (event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale, within));
  });
  image.addEventListener("pointerleave", () => show(-1));
  image.addEventListener("blur", () => show(-1));
  image.addEventListener("keydown", (event) => {
    const step = {
      ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -here, End: hits.length - 1 - here,
    }[event.key];
    if (event.key === "Escape") show(-1);
    if (step === undefined || hits.length === 0) return;
    event.preventDefault();
    show((Math.max(here, step > 0 ? -1 : 0) + step + hits.length) % hits.length);
  });
}

// nearest is the index of the point that is nearest to a place, within a distance; -1 without one. Of points at one
// place it is the last, which lies on top.
function nearest(hits, x, y, within) {
  let [best, least] = [-1, within * within];
  hits.forEach(({ place: [px, py] }, i) => {
    const d = (px - x) ** 2 + (py - y) ** 2;
    if (d <= least) [best, least] = [i, d];
  });
  return best;
}
