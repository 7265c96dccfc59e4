// Tables as CSV, and as files.

// asCSV writes rows of texts as RFC 4180 has them, with the line ends of Unix.
function asCSV(rows) {
  const cell = (text) => (/[",\r\n]/.test(text) || /^\s/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map((c) => cell(String(c))).join(",") + "\n").join("");
}

// guarded is a text that no spreadsheet takes for a formula.
function guarded(text) {
  return /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
}

// save hands a text to the reader as a file.
function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// saveUnpacked lets a link to a compressed table save the table itself.
function saveUnpacked(link) {
  const name = link.download.replace(/\.gz$/, "");
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    save(name, await unpacked(link.getAttribute("href").split(",", 2)[1]));
  });
}

// runsCSV is every run with every column, as sweep export writes it.
function runsCSV() {
  const rows = [data.columns.map((c) => c.name)];
  for (let i = 0; i < data.rows; i++) rows.push(data.columns.map((c) => cellOf(c, i)));
  return asCSV(rows);
}

// columnsCSV says what the columns mean.
function columnsCSV() {
  return asCSV([["column", "unit", "meaning"], ...data.columns.map((c) => [c.name, c.unit, c.meaning])]);
}

// curvesCSV has a row for each point of the curves of runs.
function curvesCSV() {
  const run = columnNamed("run");
  const rows = [["run", "quantity", "step", "value"]];
  for (const c of data.curves.runs) {
    const id = cellOf(run, data.shown[c.of]);
    const steps = data.curves.steps[c.steps];
    c.y.forEach((y, i) => rows.push([id, data.curves.quantities[c.quantity].name, steps[i], y ?? ""]));
  }
  return asCSV(rows);
}
