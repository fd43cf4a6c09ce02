// The order of the rows of a typed table: by drag, by buttons, by Alt with the arrow keys. The form
// sends its fields in the order in which they stand, so nothing else has to be kept.

const rows = document.querySelector("[data-rows]");

function step(row, by) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
}

if (rows) {
  for (const one of document.querySelectorAll("[data-row-order]")) one.hidden = false;

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-step]");
    if (!button) return;
    step(button.closest("tr"), Number(button.dataset.rowStep));
    button.focus();
  });

  rows.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const held = document.activeElement;
    event.preventDefault();
    step(held.closest("tr"), event.key === "ArrowUp" ? -1 : 1);
    held.focus();
  });

  let dragged = null;
  for (const row of rows.children) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      // A text that is selected inside of a field is dragged as a text.
      if (event.target !== row) return;
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    row.addEventListener("dragend", () => {
      dragged = null;
    });
  }
  rows.addEventListener("dragover", (event) => {
    const over = event.target.closest("tr");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    if (event.clientY > box.top + box.height / 2) over.after(dragged);
    else over.before(dragged);
  });
  rows.addEventListener("drop", (event) => {
    if (dragged) event.preventDefault();
  });
}
