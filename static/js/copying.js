// "Lấy số liệu kỳ trước": the previous period's values for one cell, the selected ones, a row or a
// section, with a count before anything happens. What was copied is marked until it is typed over.

import { announce } from "./app.js";
import { Answers, same } from "./answers.js";
import { describeStates } from "./cell_states.js";
import { fill, isNumeric } from "./cell_values.js";

export class Copying {
  constructor(page, side) {
    this.page = page;
    this.side = side;
    this.copied = new Map(); // path -> what was copied there
    const { previous, previousStatuses } = page.program;
    this.before = previous ? new Answers(page.program, previous, previousStatuses || {}) : null;
    const find = (name) => side.box.querySelector(`[data-copy${name}]`);
    [this.box, this.one, this.more, this.over, this.plan, this.go] = ["", "-cell", "-more", "-over", "-plan", "-go"].map(find);
    this.box.hidden = !this.before;
    this.one.addEventListener("click", () => this.copy([this.side.path], false));
    this.go.addEventListener("click", () => this.copy(this.scope(), this.over.checked));
    this.more.addEventListener("change", () => this.preview());
    this.more.addEventListener("toggle", () => this.preview());
    page.on("changed", ({ paths }) => this.paint(paths));
  }

  /** The server says that this cell was copied. */
  know(path) {
    if (this.copied.has(path)) return;
    this.copied.set(path, this.page.base.get(path));
    this.paint([path]);
  }

  isCopied(path) {
    return this.copied.has(path) && same(this.copied.get(path), this.page.local.get(path));
  }

  paint(paths) {
    for (const path of paths) {
      const cell = document.getElementById(path);
      if (!cell || !this.copied.has(path)) continue;
      cell.classList.toggle("copied", this.isCopied(path));
      describeStates(cell);
    }
  }

  show(path) {
    if (!this.before) return;
    this.one.disabled = !this.planOf([path], true).copy.length || !this.planOf([path], false).copy.length;
    this.preview();
  }

  preview() {
    if (!this.before || !this.more.open) return;
    const { texts } = this.side;
    const { copy, kept, over, none } = this.planOf(this.scope(), this.over.checked);
    const said = [copy.length ? fill(texts.plan, { count: copy.length }) : texts.planNothing];
    if (over) said.push(fill(texts.planOver, { count: over }));
    if (kept) said.push(fill(texts.planKept, { count: kept }));
    if (none) said.push(fill(texts.planNone, { count: none }));
    this.plan.textContent = said.join(" ");
    this.go.textContent = fill(texts.go, { count: copy.length });
    this.go.disabled = !copy.length;
  }

  /** The key: everything that is selected, without overwriting. */
  selection() {
    if (this.before) this.copy(this.selected(), false);
  }

  selected() {
    const grid = this.page.grids.find(({ active, table }) => active && active.id === this.side.path && table.contains(active));
    return grid ? grid.selection().rows.flat().map((cell) => cell.id) : [this.side.path];
  }

  scope() {
    const cell = document.getElementById(this.side.path);
    const wanted = this.more.querySelector("[name=copy-scope]:checked").value;
    if (!cell || wanted === "selection") return this.selected();
    const within = wanted === "row" ? cell.closest("tr") || cell.closest(".fill-fields") : cell.closest(".form-section");
    return [...within.querySelectorAll("td.cell, [data-cell]")].map((one) => one.id);
  }

  /** Which of *paths* would be copied, and why the others would not. */
  planOf(paths, over) {
    const plan = { copy: [], kept: 0, over: 0, none: 0 };
    for (const path of paths.filter((one) => this.isOpen(one))) {
      const past = this.before.get(path);
      const now = this.page.local.get(path);
      const filled = now.value !== null || Boolean(now.status);
      if (!this.fits(path, past)) plan.none += 1;
      else if (same(past, now)) plan.kept += 1;
      else if (filled && !over) plan.kept += 1;
      else {
        plan.over += Number(filled);
        plan.copy.push({ path, before: now, after: past, origin: "copied" });
      }
    }
    return plan;
  }

  /** Whether the clerk could type there. */
  isOpen(path) {
    const cell = document.getElementById(path);
    const spec = this.page.spec(path);
    if (!cell || !spec || spec.calculated || this.page.off.has(path) || this.page.lapseOf(path)) return false;
    return !cell.classList.contains("cell-locked") && !cell.disabled && !cell.readOnly;
  }

  fits(path, { value, status }) {
    if (value === null) return Boolean(status);
    const { ended } = this.page.spec(path);
    if (ended && Object.hasOwn(ended, value)) return false;
    return isNumeric(this.page.spec(path)) === (typeof value === "number");
  }

  copy(paths, over) {
    for (const grid of this.page.grids) grid.finish(true);
    const { copy } = this.planOf(paths, over);
    for (const { path, after } of copy) this.copied.set(path, after);
    if (copy.length) this.page.apply(copy);
    const said = copy.length ? fill(this.side.texts.done, { count: copy.length }) : this.side.texts.planNothing;
    announce(said);
    this.page.emit("said", { text: said });
    this.side.show();
  }
}
