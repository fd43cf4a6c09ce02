// Copying out of a grid and pasting into it.

import { conventionOf, readClipboard, writeBlock } from "./clipboard.js";
import { isPlain, planPaste } from "./paste_plan.js";

export class GridClipboard {
  constructor(grid) {
    this.grid = grid;
    const on = (name, handler) => grid.table.addEventListener(name, handler.bind(this));
    on("copy", (event) => this.copy(event, false));
    on("cut", (event) => this.copy(event, true));
    on("paste", (event) => {
      if (this.grid.editor.open || !this.grid.active) return;
      event.preventDefault();
      this.paste(event.clipboardData.getData("text/plain"), event.clipboardData.getData("text/html"));
    });
  }

  copy(event, cut) {
    const { grid } = this;
    if (grid.editor.open || !grid.active) return;
    const { rows } = grid.selection();
    const held = (cell) => {
      const value = cell.textContent && grid.sheet.number(cell.id);
      return { text: cell.textContent, number: typeof value === "number" ? value : undefined };
    };
    const { text, html } = writeBlock(rows.map((line) => line.map(held)));
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    event.preventDefault();
    if (cut) grid.sheet.clear(rows.flat());
  }

  /** A plain block is written at once; anything else is shown first. */
  paste(text, html) {
    const { grid } = this;
    const block = readClipboard(text, html);
    if (!block) return;
    const all = grid.rows().map((row) => grid.cells(row));
    const plan = planPaste(block, all, grid.selection(), grid.sheet, conventionOf(html));
    grid.sheet.paste({ ...plan, grid, plain: isPlain(plan) });
  }
}
