// Parts of a report on the filling page: cells of other hands stay locked while figures are painted
// anew, typed cells go to the server before a part's button acts, and what an earlier visit typed
// into a part that is locked by now is shown instead of being sent for ever.

import { fill } from "./cell_values.js";

const LOCKED = ".part-locked";
const isLocked = (path) => Boolean(document.getElementById(path)?.matches(LOCKED));

/** Painting gives a cell that is asked for the looks of one to type in; these never are. */
function lock() {
  for (const cell of document.querySelectorAll(`td${LOCKED}.cell-typed, td${LOCKED}:not([aria-readonly])`)) {
    cell.classList.remove("cell-typed");
    cell.classList.add("cell-locked");
    cell.setAttribute("aria-readonly", "true");
  }
}

/** Typed cells of locked parts that wait on this machine: out of the queue, onto the page. */
function showKept(page, notice) {
  const kept = [...page.saver.queue].filter(isLocked);
  if (!kept.length || !notice) return;
  const cells = kept.map((path) => `${page.titleOf(path)}: ${page.show(path)}`);
  for (const path of kept) {
    page.saver.queue.delete(path);
    page.local.set(path, page.base.get(path));
  }
  page.recalculate(kept);
  notice.textContent = fill(notice.dataset.text, { count: kept.length, cells: cells.join("; ") });
  notice.hidden = false;
}

/** Whether cells of other hands are on the page, or would come with a new line. */
function hasLocked() {
  const blanks = [...document.querySelectorAll("template[data-blank]")].map(({ content }) => content);
  return [document, ...blanks].some((place) => place.querySelector(LOCKED) !== null);
}

export function start(page) {
  if (hasLocked()) { // else no table is searched at each figure
    for (const name of ["computed", "answered", "state"]) page.on(name, lock);
    lock();
  }
  const bar = document.getElementById("parts");
  if (!bar) return; // a consolidated report has sums, but no bar
  showKept(page, document.getElementById("parts-kept"));
  for (const form of bar.querySelectorAll("[data-part-form]")) {
    form.addEventListener("submit", async (event) => {
      if (!page.saver.unsent) return;
      event.preventDefault();
      if (await page.saver.now()) form.submit();
    });
  }
}
