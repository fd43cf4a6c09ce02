// What a pasted block will do before it does it: which text lands where, what is left out and why,
// what has to be asked.

import { hasHeading, spread } from "./clipboard.js";
import { parseCell, showCell } from "./cell_values.js";

/** More cells than this are shown before they are written, even when nothing else is remarkable. */
export const MANY = 400;
const CONVENTIONS = ["vi", "en"];

function titlesOf(cells) {
  return cells.map(({ dataset }) => [dataset.label.split(": ").pop(), dataset.label]);
}

/**
 * Plans *block* (rows of texts) from the selection on. `all` are the rows of cells that are shown;
 * `sheet` knows what each cell is, `convention` how the block writes numbers where that is known. Gives {changes, skipped, clipped, heading, refused, ambiguous, over}:
 * changes are [{cell, path, text, spec, read}], of which refused and ambiguous are parts.
 */
export function planPaste(block, all, selection, sheet, convention = null) {
  const heading = hasHeading(block, titlesOf(all[selection.row].slice(selection.column)));
  const body = heading ? block.slice(1) : block;
  const { placed, clipped } = spread(body, selection, selection, { rows: all.length, columns: all[0].length });
  const changes = [];
  const skipped = [];
  for (const { row, column, text } of placed) {
    const cell = all[row][column];
    if (sheet.isTyped(cell)) {
      const spec = sheet.spec(cell.id);
      changes.push({ cell, path: cell.id, text, spec, read: parseCell(text, spec, convention) });
    } else if (text.trim()) skipped.push(cell);
  }
  return {
    changes,
    convention,
    skipped,
    clipped,
    heading,
    refused: changes.filter(({ read }) => read.problem && read.problem !== "ambiguous"),
    ambiguous: changes.filter(({ read }) => read.problem === "ambiguous"),
    over: changes.filter(({ cell, text }) => cell.textContent !== "" && cell.textContent !== text.trim()).length,
  };
}

/** Whether the block says everything itself: it can be written at once. */
export function isPlain({ changes, skipped, clipped, heading, refused, ambiguous }) {
  return !skipped.length && !clipped && !heading && !refused.length && !ambiguous.length && changes.length <= MANY;
}

/**
 * The ways in which the doubtful numbers of a plan can be read, with an example of each:
 * [{convention, text, shown, unread}]. `unread` counts those that it cannot read.
 */
export function readingsOf({ ambiguous }) {
  return CONVENTIONS.map((convention) => {
    const read = ambiguous.map(({ text, spec }) => ({ text, spec, ...parseCell(text, spec, convention) }));
    const readable = read.filter(({ problem }) => !problem);
    const [first] = readable;
    return first && { convention, text: first.text.trim(), shown: showCell(first, first.spec), unread: read.length - readable.length };
  }).filter(Boolean);
}

/** What a cell will show when the plan is carried out with this way of reading. */
export function shownAfter({ text, spec, read }, convention) {
  return showCell(read.problem === "ambiguous" && convention ? parseCell(text, spec, convention) : read, spec);
}
