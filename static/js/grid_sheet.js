// What a grid asks of the document, and what the document's grids share: the preview of a paste,
// the legend, the way from card to card.

import { editText, isNumeric } from "./cell_values.js";
import { startCards } from "./cards.js";
import { Grid } from "./grid.js";
import { startLegend } from "./legend.js";
import { PastePreview, startPasteButton } from "./paste_preview.js";

/** The document of *page* as its grids see it. */
function sheetOf(page, preview) {
  const isTyped = (cell) => cell.classList.contains("cell-typed") || (cell.classList.contains("cell-off") && page.local.get(cell.id).value !== null);
  const isSign = (path) => Boolean(page.local.get(path).status) && page.local.get(path).value === null;
  return {
    isTyped,
    spec: (path) => page.spec(path),
    value: (path) => page.local.get(path).value,
    number: (path) => (page.spec(path) && isNumeric(page.spec(path)) ? page.held(path).value : undefined),
    show: (path) => page.show(path),
    editText: (cell) => (isSign(cell.id) ? page.show(cell.id) : editText(page.held(cell.id), page.spec(cell.id))),
    title: page.titleOf,
    commit: (typed) => page.commit(typed),
    givenUp: (path) => page.emit("given-up", { path }),
    clear: (cells) => page.commit(cells.filter(isTyped).map((cell) => ({ path: cell.id, text: "" }))),
    paste: (plan) => preview.take(plan),
    undo: () => page.undo(),
    redo: () => page.redo(),
    focused: (cell) => page.emit("focused", { path: cell.id }),
  };
}

/** Makes the grids of *page*; gives what they ask of it. */
export function startGrids(page) {
  const sheet = sheetOf(page, new PastePreview(page));
  for (const table of document.querySelectorAll("table[data-grid]")) page.grids.push(new Grid(table, sheet));
  startPasteButton(page);
  startLegend();
  startCards(page);
  return sheet;
}
