// The rows of long tables that the page does not show at once.

// offerRest lets a button show them.
function offerRest(button) {
  const table = part(button.dataset.of).querySelector("table");
  button.addEventListener("click", () => showRest(table));
}

// showRest adds the rows of a table that are still packed, if there are any.
async function showRest(table) {
  const name = table.closest("section").id.replace(/^table-/, "rest-");
  const rest = part(name);
  if (!rest) return;
  const button = document.querySelector(`button[data-of="${table.closest("section").id}"]`);
  rest.remove();
  const rows = element("template");
  rows.innerHTML = await unpacked(rest.textContent); // package table wrote it: texts of users are escaped in it
  table.tBodies[0].append(rows.content);
  button.closest("p").remove();
}
