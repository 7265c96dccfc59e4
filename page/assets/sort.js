// Sorting of tables by their columns.

// heading is the head of a column, with a button that sorts by it.
function heading(text, number, sort) {
  const button = element("button", { type: "button" }, text);
  button.addEventListener("click", sort);
  return element("th", number ? { scope: "col", class: "number" } : { scope: "col" }, button);
}

// compare orders numbers by size and before texts; what is absent comes last, whatever the direction.
function compare(a, b, down) {
  const absent = (v) => v === null || v === "";
  if (absent(a) || absent(b)) return absent(a) - absent(b);
  const [x, y] = [Number(a), Number(b)];
  const texts = [Number.isNaN(x), Number.isNaN(y)];
  let order = texts[0] - texts[1];
  if (order === 0) order = texts[0] ? String(a).localeCompare(String(b)) : x - y;
  return down ? -order : order;
}

// makeSortable gives the heads of a table buttons, which sort all of its rows.
function makeSortable(table) {
  const body = table.tBodies[0];
  const valueOf = (row, i) => row.cells[i].dataset.value || row.cells[i].textContent;
  [...table.tHead.rows[0].cells].forEach((th, i) => {
    if (body.rows[0]?.cells[i].dataset.value === undefined) return; // the marks of notes
    const head = heading(th.textContent, th.classList.contains("number"), async () => {
      await showRest(table);
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [valueOf(row, i), row]);
      rows.sort((a, b) => compare(a[0], b[0], down));
      body.append(...rows.map(([, row]) => row));
    });
    th.replaceWith(head);
  });
}
