// The states of a cell, each with a mark of its own (css/grid.css) and a description for those who
// do not see it (submissions/_legend.html). Classes say which states a cell is in.

const DESCRIBED = [
  ["failed", "state-failed"], ["conflict", "state-conflict"], ["pending", "state-pending"], ["saved", "state-saved"],
  ["has-error", "state-error"], ["has-warning", "state-warning"], ["has-info", "state-info"],
  ["has-comment", "state-comment"], ["copied", "state-copied"], ["cell-required", "state-required"],
  ["cell-locked", "state-locked"], ["cell-computed", "state-computed"], ["cell-off", "state-off"],
];

/** What the classes say is described for a screen reader too, beside what others describe. */
export function describeStates(cell) {
  const had = cell.getAttribute("aria-describedby") || "";
  const others = had.split(" ").filter((id) => id && !id.startsWith("state-"));
  const states = DESCRIBED.filter(([name]) => cell.classList.contains(name) && (name !== "cell-required" || isMissing(cell)));
  const ids = [...others, ...states.map(([, id]) => id)].join(" ");
  if (ids === had) return;
  if (ids) cell.setAttribute("aria-describedby", ids);
  else cell.removeAttribute("aria-describedby");
}

/** A compulsory cell that is empty, in a row that somebody has begun. */
function isMissing(cell) {
  return cell.textContent === "" && cell.classList.contains("cell-typed") && cell.parentElement.classList.contains("begun");
}

/** Where the figure of a cell is: not saved, on its way, or with the server since it was typed here. Gives whether it is with the server. */
export function paintSync(cell, path, saver) {
  const queued = Boolean(saver) && saver.queue.has(path);
  const conflict = Boolean(saver) && saver.conflicts.has(path);
  const refused = Boolean(saver) && Boolean(saver.refused) && (saver.refused.has(path) || saver.former.isLost(path));
  const failed = refused || (queued && Boolean(saver.trouble) && saver.trouble.kind === "refused");
  const arrived = cell.classList.contains("pending") || cell.classList.contains("failed") || cell.classList.contains("conflict");
  if (queued || conflict || refused) cell.classList.remove("saved");
  else if (arrived) cell.classList.add("saved");
  cell.classList.toggle("pending", queued && !failed);
  cell.classList.toggle("failed", failed);
  cell.classList.toggle("conflict", conflict);
  return !(queued || conflict || failed);
}

/** A row in which something stands asks for the rest of it. */
export function paintBegun(row) {
  if (row.dataset.asked) return; // asked from the start
  row.classList.toggle("begun", [...row.cells].some((cell) => cell.classList.contains("cell-typed") && cell.textContent !== ""));
}
