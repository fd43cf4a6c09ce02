// Cells with a person's data are never kept in the browser: they go to the server at once, and
// while there is no way to it they are locked.

/** Locks and unlocks the cells of *page* as the line to the server goes and comes. */
export function startPersonalCells(page, texts) {
  const cells = () => [...document.querySelectorAll("#sheet td.cell[id], #sheet [data-cell][id]")].filter(({ id }) => {
    const spec = page.spec(id);
    return spec && spec.personal && !spec.calculated;
  });
  if (!cells().length && !Object.values(page.program.blocks).some(({ cells: of }) => Object.values(of || {}).some(({ personal }) => personal))) return;
  let isLocked = false;

  const paint = () => {
    for (const cell of cells()) {
      cell.classList.toggle("cell-locked", isLocked);
      if (isLocked) cell.title = texts.locked;
      else cell.removeAttribute("title");
      if (cell.tagName !== "TD") {
        if (cell.tagName === "SELECT") cell.disabled = isLocked;
        else cell.readOnly = isLocked;
      } else if (isLocked) {
        cell.classList.remove("cell-typed"); // the grid opens an editor in typed cells only
        cell.setAttribute("aria-readonly", "true");
      }
    }
  };
  const set = (locked) => {
    if (locked === isLocked) return;
    isLocked = locked;
    page.messages.more = locked ? texts.lockedShort : "";
    if (!locked) page.paint(cells().map(({ id }) => id));
    paint();
    page.saver.say();
  };
  const isCut = () => !navigator.onLine || Boolean(page.saver.trouble && ["offline", "fault", "session", "foreign"].includes(page.saver.trouble.kind));
  const look = () => set(isCut());
  page.on("state", () => setTimeout(look));
  for (const name of ["changed", "computed", "answered"]) page.on(name, () => isLocked && paint());
  addEventListener("offline", look);
  addEventListener("online", () => setTimeout(look, 500));
  look();
}
