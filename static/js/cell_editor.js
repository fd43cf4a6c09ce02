// Typing in one cell of a grid. Whatever way the cell is left, what was typed is kept; only Esc
// gives it up.

import { titleOf } from "./cell_values.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class CellEditor {
  constructor(grid) {
    this.grid = grid;
    this.open = null;
  }

  /** Edit *cell*: what it holds (text is null), or from nothing when typing overwrites. */
  start(cell, text) {
    const { sheet } = this.grid;
    const spec = sheet.spec(cell.id);
    const input = document.createElement(spec.choices ? "select" : "input");
    input.className = "cell-input";
    input.setAttribute("aria-label", sheet.title(cell.id));
    const described = cell.getAttribute("aria-describedby");
    if (described) input.setAttribute("aria-describedby", described);
    if (spec.choices) {
      input.append(new Option("", ""));
      const held = sheet.value(cell.id);
      for (const choice of spec.choices) {
        const lapsed = Boolean(spec.ended && spec.ended[choice[0]]);
        if (lapsed && choice[0] !== held) continue; // no choice of this period
        const option = new Option(titleOf(choice, spec), String(choice[0]));
        option.disabled = lapsed;
        input.append(option);
      }
      input.value = String(held ?? "");
    } else {
      input.type = "text";
      input.autocomplete = "off";
      input.enterKeyHint = "next";
      // The decimal keypad has no minus: only where none is needed.
      if (["integer", "number"].includes(spec.type)) input.inputMode = spec.min >= 0 ? "decimal" : "text";
      input.value = text ?? sheet.editText(cell);
    }
    this.open = { cell, input, started: input.value, overwrite: text !== null };
    cell.classList.add("editing");
    cell.append(input); // over the figure, which stays: the table need not be laid out anew
    // Another window may come to the front: the figure is kept and the keyboard stays in the grid.
    input.addEventListener("blur", () => this.finish(true, !document.hasFocus()));
    if (spec.choices) input.addEventListener("change", () => this.finish(true, true));
    // Looking where the input is would cost a layout for the first key of each figure.
    input.focus({ preventScroll: text !== null });
    if (text === null && input.select) input.select();
  }

  finish(keep, refocus = false) {
    if (!this.open) return;
    const { cell } = this.open;
    this.end(keep, () => refocus && cell.focus({ preventScroll: true }));
  }

  /** Moves the focus by `go`, then takes the text: a focus that finds changes has the table laid out for it. */
  end(keep, go) {
    const { cell, input, started } = this.open;
    this.open = null;
    const text = input.value;
    go();
    input.remove();
    cell.classList.remove("editing");
    const shown = this.grid.sheet.show(cell.id);
    if (cell.textContent !== shown) cell.textContent = shown;
    // An untouched cell is not changed.
    if (keep && text !== started) this.grid.sheet.commit([{ path: cell.id, text }]);
  }

  /** A key while typing. Letters and the keys inside the text are the input's own business. */
  key(event) {
    const { key, shiftKey } = event;
    const choosing = this.open.input.tagName === "SELECT";
    if (key === "Escape") this.giveUp();
    else if (key === "Enter" && (event.ctrlKey || event.metaKey)) this.intoSelection();
    else if (key === "Enter") this.leave(() => this.afterEnter(shiftKey ? -1 : 1));
    else if (key === "Tab") {
      this.finish(true, true);
      if (!this.grid.tab(shiftKey ? -1 : 1)) return;
    } else if (ARROWS[key] && !choosing && !shiftKey && (this.open.overwrite || ARROWS[key][0])) {
      this.leave(() => this.grid.move(...ARROWS[key]));
    } else return;
    event.preventDefault();
  }

  /** What was typed is not wanted: nothing of it stays anywhere. */
  giveUp() {
    const { cell } = this.open;
    this.finish(false, true);
    this.grid.sheet.givenUp(cell.id);
  }

  leave(go) {
    const { cell, input } = this.open;
    this.end(true, () => {
      go();
      if (document.activeElement === input) cell.focus({ preventScroll: true });
    });
  }

  /** On cards the next field is the one below, and the keypad stays open. */
  afterEnter(step) {
    if (!this.grid.cards) this.grid.enter(step);
    else if (this.grid.tab(step)) this.grid.edit(null);
  }

  /** The same text into every selected cell. */
  intoSelection() {
    const text = this.open.input.value;
    const cells = this.grid.selection().rows.flat().filter((cell) => this.grid.editable(cell));
    this.finish(false, true);
    this.grid.sheet.commit(cells.map((cell) => ({ path: cell.id, text })));
  }
}
