// A table of cells with the habits of a spreadsheet: one Tab stop, arrows, editing in the cell,
// selection, copy and paste. What cells hold and what becomes of it is the sheet's business.

import { readBlock, spread, withoutHeading, writeBlock } from "./clipboard.js";

const MOVES = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};
const JUMP = 10;

export class Grid {
  /** `sheet` gives spec, isTyped, show, editText, commit([{path, text}]), clear, undo, redo, told, focused. */
  constructor(table, sheet) {
    this.table = table;
    this.sheet = sheet;
    this.active = null;
    this.anchor = null;
    this.editor = null;
    this.runColumn = null;
    this.setUp();
    const on = (name, handler) => table.addEventListener(name, handler.bind(this));
    on("keydown", this.onKey);
    on("mousedown", this.onPointer);
    on("mouseover", this.onDrag);
    on("dblclick", (event) => this.editable(event.target.closest("td")) && this.edit(null));
    on("click", this.onTap);
    on("copy", this.onCopy);
    on("cut", (event) => this.onCopy(event, true));
    on("paste", this.onPaste);
    on("focusin", (event) => event.target.matches("td.cell") && this.activate(event.target, false));
  }

  /** New cells become reachable; exactly one is the Tab stop. */
  setUp() {
    for (const cell of this.table.querySelectorAll("td.cell:not([tabindex])")) cell.tabIndex = -1;
    if (!this.active || !this.active.isConnected || this.active.parentElement.hidden) {
      this.active = this.table.querySelector("tbody tr:not([hidden]) td.cell-typed") || this.table.querySelector("tbody tr:not([hidden]) td.cell");
      if (this.active) this.active.tabIndex = 0;
    }
  }

  rows() {
    return [...this.table.tBodies[0].rows].filter((row) => !row.hidden);
  }

  cells(row) {
    return [...row.querySelectorAll("td.cell")];
  }

  place(cell) {
    const rows = this.rows();
    const row = rows.indexOf(cell.parentElement);
    return { rows, row, column: this.cells(cell.parentElement).indexOf(cell) };
  }

  editable(cell) {
    return cell && this.table.contains(cell) && this.sheet.isTyped(cell);
  }

  activate(cell, extend) {
    if (!cell) return;
    if (this.active) this.active.tabIndex = -1;
    this.active = cell;
    cell.tabIndex = 0;
    if (!extend) this.anchor = cell;
    this.paintSelection();
    if (document.activeElement !== cell && !this.editor) cell.focus();
    this.sheet.focused(cell);
  }

  selection() {
    const [a, b] = [this.place(this.anchor || this.active), this.place(this.active)];
    const [top, left] = [Math.min(a.row, b.row), Math.min(a.column, b.column)];
    const [bottom, right] = [Math.max(a.row, b.row), Math.max(a.column, b.column)];
    const rows = a.rows.slice(top, bottom + 1).map((row) => this.cells(row).slice(left, right + 1));
    return { row: top, column: left, height: bottom - top + 1, width: right - left + 1, rows };
  }

  paintSelection() {
    for (const cell of this.table.querySelectorAll("td.selected")) cell.classList.remove("selected");
    if (!this.anchor || this.anchor === this.active) return;
    this.selection().rows.flat().forEach((cell) => cell.classList.add("selected"));
  }

  move(down, across, extend = false) {
    const { rows, row, column } = this.place(this.active);
    const line = rows[Math.max(0, Math.min(rows.length - 1, row + down))];
    const cells = this.cells(line);
    this.activate(cells[Math.max(0, Math.min(cells.length - 1, column + across))], extend);
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

  enter(step) {
    const { rows, row, column } = this.place(this.active);
    const line = rows[row + step];
    const wanted = this.runColumn ?? column;
    this.runColumn = null;
    if (line) this.activate(this.cells(line)[wanted], false);
  }

  onKey(event) {
    if (event.isComposing || event.target.closest("button, select:not(.cell-input)")) return;
    if (this.editor) {
      this.onEditKey(event);
      return;
    }
    if (!event.target.matches("td.cell")) return;
    const control = event.ctrlKey || event.metaKey;
    if (this.onMoveKey(event, control) || this.onActKey(event, control)) event.preventDefault();
    else if (!control && !event.altKey && (event.key.length === 1 || event.key === "Process") && this.editable(this.active)) {
      this.edit(""); // the key itself goes on into the new input, so composing works too
    }
  }

  onMoveKey(event, control) {
    const { key, shiftKey } = event;
    if (MOVES[key] && !event.altKey) {
      const far = control ? 1e6 : 1;
      this.move(MOVES[key][0] * far, MOVES[key][1] * far, shiftKey);
    } else if (key === "Home" || key === "End") {
      const far = key === "Home" ? -1e6 : 1e6;
      this.move(control ? far : 0, far, shiftKey);
    } else if (key === "PageUp" || key === "PageDown") this.move(key === "PageUp" ? -JUMP : JUMP, 0, shiftKey);
    else if (key === "Tab") return this.tab(shiftKey ? -1 : 1);
    else return false;
    if (key !== "Tab") this.runColumn = null;
    return true;
  }

  onActKey({ key, shiftKey }, control) {
    const letter = control ? key.toLowerCase() : "";
    if (key === "Enter" && this.editable(this.active)) this.edit(null);
    else if (key === "F2" && this.editable(this.active)) this.edit(null);
    else if (key === "Delete" || key === "Backspace") this.sheet.clear(this.selection().rows.flat());
    else if (letter === "z" && !shiftKey) this.sheet.undo();
    else if (letter === "y" || (letter === "z" && shiftKey)) this.sheet.redo();
    else if (letter === "d") this.fillDown();
    else if (letter === "a") {
      const rows = this.rows();
      this.anchor = this.cells(rows[0])[0];
      this.activate(this.cells(rows[rows.length - 1]).pop(), true);
    } else return false;
    return true;
  }

  fillDown() {
    const { rows, row, column, height } = this.selection();
    const source = height > 1 ? rows[0] : row > 0 ? [this.cells(this.rows()[row - 1])[column]] : null;
    if (!source) return;
    const targets = height > 1 ? rows.slice(1) : [[this.active]];
    const changes = targets.flatMap((line) => line.map((cell, at) => ({ cell, text: this.sheet.editText(source[at]) })));
    this.sheet.commit(changes.filter(({ cell }) => this.editable(cell)).map(({ cell, text }) => ({ path: cell.id, text })));
  }

  onPointer(event) {
    const cell = event.target.closest("td.cell");
    if (!cell || event.target.closest(".cell-input") || event.button !== 0) return;
    if (this.editor) this.finish(true);
    event.preventDefault();
    this.runColumn = null;
    this.dragging = true;
    addEventListener("mouseup", () => { this.dragging = false; }, { once: true });
    this.activate(cell, event.shiftKey);
    cell.focus();
  }

  onDrag(event) {
    const cell = event.target.closest("td.cell");
    if (this.dragging && cell && cell !== this.active) this.activate(cell, true);
  }

  /** A finger has no double click and needs the keypad. */
  onTap(event) {
    const cell = event.target.closest("td.cell");
    if (event.pointerType === "touch" && this.editable(cell) && !this.editor) this.edit(null);
  }

  /** Edit the active cell: what it holds, or from nothing when typing overwrites. */
  edit(text) {
    const cell = this.active;
    const spec = this.sheet.spec(cell.id);
    const input = document.createElement(spec.choices ? "select" : "input");
    input.className = "cell-input";
    input.setAttribute("aria-label", `${this.sheet.title(cell.id)}`);
    if (spec.choices) {
      input.append(new Option("", ""));
      for (const [value, title] of spec.choices) input.append(new Option(title, String(value)));
      input.value = String(this.sheet.value(cell.id) ?? "");
    } else {
      input.type = "text";
      input.autocomplete = "off";
      if (["integer", "number"].includes(spec.type)) input.inputMode = spec.least ? "decimal" : "text";
      input.value = text ?? this.sheet.editText(cell);
    }
    this.editor = { cell, input, started: input.value, overwrite: text !== null };
    cell.classList.add("editing");
    cell.replaceChildren(input);
    input.addEventListener("blur", () => this.finish(true));
    if (spec.choices) input.addEventListener("change", () => this.finish(true, true));
    input.focus();
    if (text === null && input.select) input.select();
  }

  finish(keep, refocus = false) {
    if (!this.editor) return;
    const { cell, input, started } = this.editor;
    this.editor = null;
    const text = input.value;
    cell.classList.remove("editing");
    cell.textContent = this.sheet.show(cell.id);
    if (refocus) cell.focus();
    // An untouched cell is not changed, but typing nothing over a value clears it only with Delete.
    if (keep && text !== started) this.sheet.commit([{ path: cell.id, text }]);
  }

  onEditKey(event) {
    const { key, shiftKey } = event;
    const choosing = this.editor.input.tagName === "SELECT";
    if (key === "Escape") this.finish(false, true);
    else if (key === "Enter") {
      this.finish(true, true);
      this.enter(shiftKey ? -1 : 1);
    } else if (key === "Tab") {
      this.finish(true, true);
      if (!this.tab(shiftKey ? -1 : 1)) return;
    } else if (MOVES[key] && this.editor.overwrite && !choosing && !shiftKey) {
      this.finish(true, true);
      this.move(...MOVES[key]);
    } else if (MOVES[key] && !choosing && MOVES[key][0] && !shiftKey) {
      this.finish(true, true);
      this.move(...MOVES[key]);
    } else return;
    event.preventDefault();
  }

  onCopy(event, cut = false) {
    if (this.editor || !this.active) return;
    const { rows } = this.selection();
    const { text, html } = writeBlock(rows.map((line) => line.map((cell) => cell.textContent)));
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    event.preventDefault();
    if (cut) this.sheet.clear(rows.flat());
  }

  onPaste(event) {
    if (this.editor || !this.active) return;
    event.preventDefault();
    this.paste(event.clipboardData.getData("text/plain"));
  }

  paste(text) {
    const selection = this.selection();
    const all = this.rows().map((row) => this.cells(row));
    const titles = all[selection.row].slice(selection.column).map((cell) => cell.dataset.label.split(": ").pop());
    const block = withoutHeading(readBlock(text), titles);
    const { placed, clipped } = spread(block, selection, selection, { rows: all.length, columns: all[0].length });
    const cells = placed.map(({ row, column, text: typed }) => ({ cell: all[row][column], text: typed }));
    const open = cells.filter(({ cell }) => this.editable(cell));
    this.sheet.commit(open.map(({ cell, text: typed }) => ({ path: cell.id, text: typed })), {
      pasted: true, clipped, skipped: cells.length - open.length,
    });
  }
}
