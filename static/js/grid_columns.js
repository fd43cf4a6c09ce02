// The widths of a grid's columns, settled once: a figure that comes or goes moves no column under
// the eye, and the browser has one row to lay out and to paint for it, not the whole table.

const CHARACTER = 0.65; // of the size of the letters: wider than any digit
const PADDING = 32; // of a cell, with the room for its marks

/** How many characters of the cell's text must stand on one line: words may go on in the next. */
function needs({ classList, textContent }) {
  if (classList.contains("n")) return textContent.length;
  return textContent.split(/\s+/).reduce((most, word) => Math.max(most, word.length), 0);
}

export class GridColumns {
  constructor(table) {
    this.table = table;
    this.box = table.parentElement;
    this.group = document.createElement("colgroup");
    this.room = null; // by column: as many characters surely fit; null while nothing is settled
    this.width = -1;
    this.waiting = false;
    new ResizeObserver(() => this.box.clientWidth !== this.width && this.settle()).observe(this.box);
    if (document.fonts) document.fonts.addEventListener("loadingdone", () => this.settle());
  }

  /** What the browser makes of the table by itself, from now on fixed; cards on a phone have no columns. */
  settle() {
    const { table, box, group } = this;
    this.waiting = false;
    this.room = null;
    table.classList.remove("settled");
    table.style.width = "";
    group.remove();
    this.width = box.clientWidth;
    if (getComputedStyle(table).display !== "table") return;
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    if (!rows.length || !this.width) return;
    const widths = Array.from(rows[0].cells, (cell) => cell.getBoundingClientRect().width);
    const size = parseFloat(getComputedStyle(rows[0].cells[0]).fontSize);
    this.room = widths.map((width) => Math.floor((width - PADDING) / (size * CHARACTER)));
    for (const { cells } of rows) {
      for (let at = 1; at < cells.length; at += 1) this.room[at] = Math.max(this.room[at], needs(cells[at]));
    }
    this.fix(widths);
  }

  fix(widths) {
    const { table, group } = this;
    group.replaceChildren(...widths.map((width) => {
      const column = document.createElement("col");
      column.style.width = `${width}px`;
      return column;
    }));
    table.style.width = `${widths.reduce((sum, one) => sum + one, 0)}px`;
    table.prepend(group);
    table.classList.add("settled");
  }

  /** A text for which its column may be too narrow has it widened before the next paint. */
  fit(cell) {
    if (this.waiting || !this.room || needs(cell) <= this.room[cell.cellIndex]) return;
    this.waiting = true;
    requestAnimationFrame(() => this.settle());
  }
}
