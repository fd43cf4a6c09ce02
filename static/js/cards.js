// On phones each row is a card: two buttons in the card that is being filled lead to the same line
// of the card before and after it.

/** Puts the buttons into the heading of the row that has the focus. */
export function startCards(page) {
  const made = document.getElementById("card-steps");
  if (!made) return;
  const steps = made.content.firstElementChild;
  page.on("focused", ({ path }) => {
    const cell = document.getElementById(path);
    const heading = cell && cell.tagName === "TD" && cell.parentElement.querySelector("th");
    if (heading && steps.parentElement !== heading) heading.append(steps);
  });
  steps.addEventListener("mousedown", (event) => event.preventDefault()); // the keypad stays
  steps.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-step]");
    const grid = page.grids.find(({ table }) => table.contains(steps));
    if (!button || !grid) return;
    const typing = grid.editor.open;
    grid.finish(true);
    grid.move(Number(button.dataset.step), 0);
    if (typing && grid.editable(grid.active)) grid.edit(null);
    grid.active.parentElement.scrollIntoView({ block: "start" });
  });
}
