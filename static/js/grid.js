// A table of cells with the habits of a spreadsheet: one Tab stop, moving, selecting. What keys do
// is in grid_keys.js, typing in a cell in cell_editor.js, copying and pasting in grid_clipboard.js.
// What cells hold and what becomes of it is the sheet's business.

import { CellEditor } from "./cell_editor.js";
import { describeStates } from "./cell_states.js";
import { GridClipboard } from "./grid_clipboard.js";
import { GridColumns } from "./grid_columns.js";
import { keyPressed } from "./grid_keys.js";
import { keepInView, reveal } from "./grid_view.js";

const FAR = 1e6;

export class Grid {
  /** `sheet` gives spec, isTyped, show, editText, commit([{path, text}]), givenUp, clear, undo, redo, focused. */
  constructor(table, sheet) {
    this.table = table;
    this.sheet = sheet;
    this.active = null;
    this.anchor = null;
    this.last = null;
    this.runColumn = null;
    this.chosen = new Set(); // the cells that are painted as selected
    this.editor = new CellEditor(this);
    this.clipboard = new GridClipboard(this);
    this.setUp();
    keepInView(table);
    this.columns = new GridColumns(table);
    const on = (name, handler) => table.addEventListener(name, handler.bind(this));
    on("keydown", (event) => keyPressed(this, event));
    on("mousedown", this.onPointer);
    on("mouseover", this.onDrag);
    on("dblclick", (event) => this.editable(event.target.closest("td")) && this.edit(null));
    on("click", this.onTap);
    on("focusin", ({ target }) => {
      if (target === this.active) this.sheet.focused(target);
      else if (target.matches("td.cell")) this.activate(target, false);
    });
  }

  /** New cells become reachable; exactly one is the Tab stop. */
  setUp() {
    for (const cell of this.table.querySelectorAll("td.cell:not([tabindex])")) cell.tabIndex = -1;
    const again = Boolean(this.active);
    if (!again || !this.active.isConnected || this.active.parentElement.hidden) {
      this.active = this.nearest();
      this.anchor = this.active;
      if (this.active) this.active.tabIndex = 0;
    }
    // A row went while the keyboard was in it: it stays in the table.
    if (again && this.active && document.activeElement === document.body) this.active.focus({ preventScroll: true });
  }

  /** Where the keyboard was when its row went, else the first cell to type in. */
  nearest() {
    const rows = this.rows();
    if (this.last && rows.length) return this.cells(rows[Math.min(this.last.row, rows.length - 1)])[this.last.column];
    const first = (kind) => this.table.querySelector(`tbody tr:not([hidden]) td.${kind}`);
    return first("cell-typed") || first("cell");
  }

  // ---- where things stand ---------------------------------------------------------------------

  rows() {
    return [...this.table.tBodies[0].rows].filter((row) => !row.hidden);
  }

  cells(row) {
    return [...row.cells].filter((cell) => cell.classList.contains("cell"));
  }

  place(cell) {
    const rows = this.rows();
    const row = rows.indexOf(cell.parentElement);
    return { rows, row, column: this.cells(cell.parentElement).indexOf(cell) };
  }

  editable(cell) {
    return Boolean(cell) && this.table.contains(cell) && this.sheet.isTyped(cell);
  }

  /** Rows of cards instead of a table: a narrow screen. */
  get cards() {
    return getComputedStyle(this.table).display === "block";
  }

  // ---- selecting ------------------------------------------------------------------------------

  activate(cell, extend) {
    if (!cell) return;
    if (this.active && this.active !== cell) this.active.tabIndex = -1;
    this.active = cell;
    cell.tabIndex = 0;
    if (!extend) this.anchor = cell;
    this.paintSelection();
    describeStates(cell);
    this.last = this.place(cell);
    if (document.activeElement !== cell && !this.editor.open) {
      cell.focus({ preventScroll: true });
      reveal(cell);
    } else this.sheet.focused(cell);
  }

  selection() {
    const [a, b] = [this.place(this.anchor || this.active), this.place(this.active)];
    const [top, left] = [Math.min(a.row, b.row), Math.min(a.column, b.column)];
    const [bottom, right] = [Math.max(a.row, b.row), Math.max(a.column, b.column)];
    const rows = a.rows.slice(top, bottom + 1).map((row) => this.cells(row).slice(left, right + 1));
    return { row: top, column: left, height: bottom - top + 1, width: right - left + 1, rows };
  }

  paintSelection() {
    const chosen = new Set(this.anchor && this.anchor !== this.active ? this.selection().rows.flat() : []);
    for (const cell of this.chosen) {
      if (chosen.has(cell)) continue;
      cell.classList.remove("selected");
      cell.removeAttribute("aria-selected");
    }
    for (const cell of chosen) {
      cell.classList.add("selected");
      cell.setAttribute("aria-selected", "true");
    }
    this.chosen = chosen;
  }

  selectAll() {
    const rows = this.rows();
    [this.anchor] = this.cells(rows[0]);
    this.activate(this.cells(rows[rows.length - 1]).pop(), true);
  }

  // ---- moving ---------------------------------------------------------------------------------

  move(down, across, extend = false) {
    const { rows, row, column } = this.place(this.active);
    const line = rows[Math.max(0, Math.min(rows.length - 1, row + down))];
    const cells = this.cells(line);
    this.activate(cells[Math.max(0, Math.min(cells.length - 1, column + across))], extend);
  }

  /** To the corner or the end of the row, as Home and End do. */
  moveFar(down, across, extend) {
    this.move(down * FAR, across * FAR, extend);
  }

  /** To the edge of the figures, as Ctrl with an arrow does in a spreadsheet. */
  moveToEdge(down, across, extend) {
    const { rows, row, column } = this.place(this.active);
    const line = down ? rows.map((one) => this.cells(one)[column]) : this.cells(rows[row]);
    const step = down + across;
    const holds = (at) => line[at] && line[at].textContent !== "";
    let at = down ? row : column;
    if (holds(at) && holds(at + step)) while (holds(at + step)) at += step;
    else {
      at += step;
      while (line[at] && !holds(at)) at += step;
    }
    this.activate(line[Math.max(0, Math.min(line.length - 1, at))], extend);
  }

  /** As many rows as the eye has before it. */
  movePage(step, extend) {
    const frame = this.table.parentElement.clientHeight - this.table.tHead.offsetHeight;
    const shown = Math.min(frame, innerHeight - this.table.tHead.offsetHeight);
    this.move(step * Math.max(1, Math.floor(shown / this.active.parentElement.offsetHeight) - 1), 0, extend);
  }

  /** The next cell to type in, for Tab; false at the end of the table. */
  tab(step) {
    const all = this.rows().flatMap((row) => this.cells(row));
    let at = all.indexOf(this.active) + step;
    while (all[at] && !this.sheet.isTyped(all[at])) at += step;
    if (!all[at]) return false;
    if (this.runColumn === null) this.runColumn = this.place(this.active).column;
    this.activate(all[at], false);
    return true;
  }

  /** Down or up; after a run of Tabs back to the column in which the run began. */
  enter(step) {
    const { rows, row, column } = this.place(this.active);
    const line = rows[row + step];
    const wanted = this.runColumn ?? column;
    this.runColumn = null;
    if (line) this.activate(this.cells(line)[wanted], false);
  }

  // ---- typing ---------------------------------------------------------------------------------

  edit(text) {
    this.editor.start(this.active, text);
  }

  finish(keep) {
    this.editor.finish(keep);
  }

  fillDown() {
    const { rows, row, column, height } = this.selection();
    const source = height > 1 ? rows[0] : row > 0 ? [this.cells(this.rows()[row - 1])[column]] : null;
    if (!source) return;
    const targets = height > 1 ? rows.slice(1) : [[this.active]];
    const changes = targets.flatMap((line) => line.map((cell, at) => ({ cell, text: this.sheet.editText(source[at]) })));
    this.sheet.commit(changes.filter(({ cell }) => this.editable(cell)).map(({ cell, text }) => ({ path: cell.id, text, convention: "vi" })));
  }

  // ---- pointing -------------------------------------------------------------------------------

  onPointer(event) {
    const cell = event.target.closest("td.cell");
    if (!cell || event.target.closest(".cell-input") || event.button !== 0) return;
    this.finish(true);
    event.preventDefault();
    this.runColumn = null;
    this.dragging = true;
    addEventListener("mouseup", () => { this.dragging = false; }, { once: true });
    this.activate(cell, event.shiftKey);
  }

  onDrag(event) {
    const cell = event.target.closest("td.cell");
    if (this.dragging && cell && cell !== this.active) this.activate(cell, true);
  }

  /** A finger has no double click and needs the keypad. */
  onTap(event) {
    const cell = event.target.closest("td.cell");
    if ((event.pointerType === "touch" || this.cards) && this.editable(cell) && !this.editor.open) this.edit(null);
  }
}
