// The data of the page, and ways to ask them.

let data; // as package page wrote it
let varied; // the traits that differ from run to run
let runsOf; // the runs of each cell
let firstOf; // a run of each cell
let statuses; // how the runs ended

// takeData takes what the element with the data has.
async function takeData(holder) {
  data = JSON.parse(await unpacked(holder.textContent));
  varied = data.traits.filter((t) => t.words.length > 1);
  runsOf = data.cells.map(() => []);
  data.cell.forEach((cell, run) => runsOf[cell].push(run));
  firstOf = runsOf.map((runs) => runs[0]);
  const status = columnNamed("status");
  statuses = data.shown.map((row) => cellOf(status, row));
}

// element makes an element with attributes and children. Texts become text and never markup.
function element(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

// cellOf is the text of a column at a row of runs.csv.
function cellOf(column, row) {
  if (column.at) return column.words[column.at[row]];
  return column.words.length === 1 ? column.words[0] : column.words[row];
}

// columnNamed is a column of runs.csv by its name.
function columnNamed(name) {
  return data.columns.find((c) => c.name === name);
}

// valuesOf are the values of a measure, one for each run that is shown; null where absent.
function valuesOf(measure) {
  if (!measure.values) {
    const column = columnNamed(measure.name);
    measure.values = data.shown.map((row) => {
      const cell = cellOf(column, row);
      return cell === "" ? null : Number(cell);
    });
  }
  return measure.values;
}

// wordOf is the value of a trait that a run has, as text.
function wordOf(trait, run) {
  return trait.words[trait.at[run]];
}

// traitNamed is a trait by its name.
function traitNamed(name) {
  return data.traits.find((t) => t.name === name);
}

// titled is the name of an axis, with its unit.
function titled(what) {
  return what.unit && what.unit !== "1" ? `${what.label} (${what.unit})` : what.label;
}
