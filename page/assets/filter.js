// Which runs are shown: those that have, of each trait, one of the values that are checked.

let chosen = new Map(); // of each trait, whether each of its values is checked

// keepChoice makes the filters of new data, in which what was left out stays left out.
function keepChoice() {
  const off = new Set();
  for (const [trait, on] of chosen) on.forEach((is, i) => is || off.add(trait.name + "\n" + trait.words[i]));
  chosen = new Map(varied.map((t) => [t, t.words.map((word) => !off.has(t.name + "\n" + word))]));
}

// isShown reports whether a run passes all filters but those of some traits.
function isShown(run, ...but) {
  for (const [trait, on] of chosen) {
    if (!but.includes(trait) && !on[trait.at[run]]) return false;
  }
  return true;
}

// allSeeds reports whether no seed is left out.
function allSeeds() {
  const on = chosen.get(traitNamed("seed"));
  return !on || on.every(Boolean);
}

// showFilters makes a group of boxes for each trait; changed is called after each change.
function showFilters(form, changed) {
  form.replaceChildren();
  for (const [trait, on] of chosen) {
    const boxes = trait.words.map((word, i) => {
      const box = element("input", { type: "checkbox", name: trait.name, value: word });
      box.checked = on[i];
      box.addEventListener("change", () => {
        on[i] = box.checked;
        changed();
      });
      return box;
    });
    const all = (checked) => {
      boxes.forEach((box, i) => (on[i] = box.checked = checked));
      changed();
    };
    const button = (text, checked) => {
      const b = element("button", { type: "button", "aria-label": `${trait.label}: ${text}` }, text);
      b.addEventListener("click", () => all(checked));
      return b;
    };
    const labels = boxes.map((box, i) => element("label", {}, box, " " + trait.words[i]));
    form.append(element("fieldset", {}, element("legend", {}, trait.label), element("div", {}, ...labels),
      button("all", true), " ", button("none", false)));
  }
}
