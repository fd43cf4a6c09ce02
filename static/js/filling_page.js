// The document on the page: what its cells hold and show, how they change, what can be undone.
// Everything else on the filling page (rows, notes, saving, comments …) is told here what happened
// and changes cells through here.

import { afterPaint } from "./after_paint.js";
import { Answers, same } from "./answers.js";
import { Calculator } from "./calculation.js";
import { describeStates, paintBegun, paintSync } from "./cell_states.js";
import { fill, parseCell, showCell, signOf } from "./cell_values.js";
import { Findings } from "./findings.js";
import { HalfWritten } from "./half_written.js";
import { Messages } from "./messages.js";
import { Reasons } from "./reasons.js";

const STEPS = 200;
const byId = (id) => document.getElementById(id);

export class FillingPage {
  constructor(program) {
    this.program = program;
    this.texts = program.texts;
    this.local = new Answers(program);
    this.base = new Answers(program);
    this.calculator = new Calculator(program);
    this.titleOf = this.titleOf.bind(this);
    this.handlers = new Map();
    this.halfWritten = new HalfWritten(this);
    this.reasons = new Reasons(this);
    this.findings = new Findings(this);
    this.messages = new Messages(program, this.titleOf);
    this.grids = [];
    this.saver = null;
    this.drafts = null;
    this.computed = new Map();
    this.off = new Set();
    this.unsettled = new Set(); // cells that are marked as not with the server: a table need not be searched for them
    this.undescribed = new Set(); // cells whose looks have changed and whose description has not
    this.past = [];
    this.future = [];
  }

  // ---- telling each other ---------------------------------------------------------------------

  on(name, handler) {
    this.handlers.set(name, [...(this.handlers.get(name) || []), handler]);
  }

  emit(name, facts = {}) {
    for (const handler of this.handlers.get(name) || []) handler(facts);
  }

  // ---- showing --------------------------------------------------------------------------------

  spec(path) {
    return this.local.spec(path);
  }

  titleOf(path) {
    const cell = byId(path);
    if (!cell) return path;
    // The label's own words, without the remark that the field may stay empty.
    if (cell.tagName !== "TD") return document.querySelector(`label[for="${CSS.escape(path)}"]`).firstChild.textContent.trim();
    const row = cell.parentElement.querySelector(".row-title").textContent;
    return `${/^\d+$/.test(row) ? fill(this.texts.row, { number: row }) : row}, ${cell.dataset.label}`;
  }

  /** Whether somebody has typed at one of these places: before that, a rule about them is no news. */
  isBegun(paths) {
    return paths.some((path) => {
      const cell = byId(path);
      const row = cell && cell.closest("tr");
      const cells = row ? [...row.cells].filter((one) => one.classList.contains("cell-typed")).map((one) => one.id) : [path];
      return cells.some((one) => this.local.get(one).value !== null || this.local.get(one).status);
    });
  }

  /** {value, status} of a typed or calculated cell, with the reason that stands at its row. */
  held(path) {
    if (this.computed.has(path)) return { value: this.computed.get(path), status: null };
    const own = this.local.get(path);
    return own.value === null && !own.status ? { value: null, status: this.local.statusAt(path) } : own;
  }

  show(path) {
    if (this.off.has(path) && this.local.get(path).value === null) return signOf("not_applicable");
    return showCell(this.held(path), this.spec(path));
  }

  paint(paths) {
    const rows = new Set();
    for (const path of paths) {
      const cell = byId(path);
      if (!cell || !this.spec(path)) continue;
      if (cell.tagName === "TD") {
        this.paintCell(cell, path);
        rows.add(cell.parentElement);
      } else this.paintField(cell, path);
      cell.classList.toggle("sign", Boolean(this.held(path).status) && this.held(path).value === null);
      if (paintSync(cell, path, this.saver)) this.unsettled.delete(path);
      else this.unsettled.add(path);
    }
    rows.forEach(paintBegun);
    this.describe(paths);
  }

  /** For a screen reader, once the eye has been served. */
  describe(paths) {
    if (!this.undescribed.size) {
      afterPaint(() => {
        for (const path of this.undescribed) if (byId(path)) describeStates(byId(path));
        this.undescribed.clear();
      });
    }
    for (const path of paths) this.undescribed.add(path);
  }

  paintCell(cell, path) {
    const shown = this.show(path);
    if (!cell.classList.contains("editing") && cell.textContent !== shown) {
      cell.textContent = shown;
      for (const { table, columns } of this.grids) if (table.contains(cell)) columns.fit(cell);
    }
    const asked = !this.off.has(path);
    const calculated = Boolean(this.spec(path).calculated);
    cell.classList.toggle("cell-off", !asked);
    cell.classList.toggle("cell-typed", asked && !calculated);
    cell.classList.toggle("cell-computed", asked && calculated);
    if (asked && !calculated) cell.removeAttribute("aria-readonly");
    else cell.setAttribute("aria-readonly", "true");
  }

  paintField(cell, path) {
    const shown = this.show(path);
    if (cell.tagName === "OUTPUT") cell.textContent = shown;
    else if (cell !== document.activeElement) cell.value = cell.tagName === "SELECT" ? String(this.local.get(path).value ?? "") : shown;
    const field = cell.closest("[data-field]");
    if (field) field.hidden = this.off.has(path) && this.local.get(path).value === null;
  }

  recalculate(changed = []) {
    const before = this.computed;
    const wasOff = this.off;
    ({ computed: this.computed, off: this.off } = this.calculator.run(this.local.answers, this.local.statuses));
    const paths = new Set(changed);
    for (const [path, value] of this.computed) if (before.get(path) !== value) paths.add(path);
    for (const path of this.off) if (!wasOff.has(path)) paths.add(path);
    for (const path of wasOff) if (!this.off.has(path)) paths.add(path);
    this.paint(paths);
    this.emit("computed", { computed: this.computed, off: this.off });
  }

  /** Bring a cell to the eye and the keyboard, also when its row was not shown. */
  select(path) {
    const target = byId(path);
    if (!target) return;
    const row = target.closest("tr");
    if (row) row.hidden = false;
    target.focus();
    target.scrollIntoView({ block: "center", inline: "center" });
  }

  // ---- changing -------------------------------------------------------------------------------

  /** Why the line of a cell is none in this period: [kind, day, mark]; null for all others. */
  lapseOf(path) {
    const [key, row] = path.split("/").slice(1);
    const { ended } = this.program.blocks[key] || {};
    return (ended && Object.hasOwn(ended, row) && ended[row]) || null;
  }

  unreadable({ problem, readings, value }, cell) {
    const facts = { text: value, decimals: cell.decimals || 0, readings: (readings || []).map((one) => one.replace(".", ",")).join(` ${this.texts.or} `) };
    return fill(this.texts[problem], facts);
  }

  /** Read texts into cells, [{path, text, convention?, origin?}]: one step for undo, one calculation, one save. */
  commit(typed) {
    const step = [];
    const asked = [];
    for (const { path, text, convention, origin } of typed) {
      const spec = this.spec(path);
      const read = parseCell(text, spec, convention);
      if (this.lapseOf(path) && (read.value !== null || read.status)) {
        // A line that is none in this period can only be emptied.
        this.emit("said", { text: fill(this.texts.lapsed, { mark: this.lapseOf(path)[2] }) });
        this.paint([path]);
        continue;
      }
      this.findings.note(path, read.problem ? this.unreadable(read, spec) : null);
      if (read.problem === "ambiguous") asked.push({ path, text, origin });
      step.push({ path, before: this.local.get(path), after: { value: read.value, status: read.status }, origin });
    }
    this.apply(step, true);
    if (asked.length) {
      const reread = (convention) => this.commit(asked.map((cell) => ({ ...cell, convention })));
      this.messages.ask(asked[0].text, this.spec(asked[0].path), reread);
    }
  }

  /** Put a step into the document: [{path, before, after, origin?}]. */
  apply(step, forward = true, remember = true) {
    const changed = step.filter(({ before, after }) => !same(before, after));
    if (remember) this.noteNewLines(changed);
    for (const { path, before, after } of changed) {
      this.local.set(path, forward ? after : before);
      if (!forward || after.status) this.findings.note(path, null);
    }
    if (remember && changed.length) {
      this.past.push(changed);
      if (this.past.length > STEPS) this.past.shift();
      this.future.length = 0;
    }
    const gone = this.linesGone(changed, forward);
    const paths = [...changed.map(({ path }) => path).filter((path) => !gone.some((line) => path.startsWith(`${line}/`))), ...gone];
    if (paths.length && this.saver) this.saver.touch(paths, new Map(changed.map(({ path, origin }) => [path, forward ? origin : undefined])));
    if (paths.length) this.emit("changed", { paths });
    this.recalculate(this.withCells(paths.length ? paths : step.map(({ path }) => path)));
    this.findings.soon();
  }

  /** The first figure in a new line makes the line: taking the step back takes the line away too. */
  noteNewLines(changed) {
    const made = new Set();
    for (const one of changed) {
      const line = one.path.slice(0, one.path.lastIndexOf("/"));
      const isNew = this.isLine(line) && !made.has(line) && this.local.get(line).value === null;
      if (isNew && one.after.value !== null) made.add((one.line = line));
    }
  }

  isLine(path) {
    const block = this.program.blocks[path.split("/")[1]];
    return Boolean(block) && block.kind === "roster" && path.split("/").length === 3;
  }

  /** Lines of a roster that this step takes away; what waits to be sent of them goes with them. */
  linesGone(changed, forward) {
    const gone = changed.filter(({ path, after, before }) => this.isLine(path) && (forward ? after : before).value === null).map(({ path }) => path);
    for (const { line } of forward ? [] : changed) {
      if (!line) continue;
      this.local.set(line, { value: null, status: null });
      gone.push(line);
    }
    const ended = gone.length && this.saver ? [...this.saver.queue].filter((path) => gone.some((line) => path.startsWith(`${line}/`))) : [];
    ended.forEach((path) => this.saver.queue.delete(path));
    if (ended.length) this.drafts.remove(ended);
    return gone;
  }

  /** A changed row means all of its cells. */
  withCells(paths) {
    return paths.flatMap((path) => (this.spec(path) ? [path] : [...document.querySelectorAll(`[data-row="${CSS.escape(path)}"] td.cell`)].map((cell) => cell.id)));
  }

  undo() {
    this.again(this.past, this.future, false);
  }

  redo() {
    this.again(this.future, this.past, true);
  }

  again(from, to, forward) {
    const step = from.pop();
    if (!step) return;
    to.push(step);
    this.apply(forward ? step : [...step].reverse(), forward, false);
  }

  // ---- the server's answers -------------------------------------------------------------------

  /** Take in the document as the server holds it; cells not yet sent stay as they are here. */
  answered(body) {
    const theirs = new Answers(this.program, body.answers, body.statuses);
    const foreign = this.base.differences(theirs).filter((path) => !this.saver.isHeld(path));
    const taken = [];
    for (const path of foreign) {
      if (!this.spec(path) && theirs.get(path).value !== null) continue; // its cells follow one by one
      this.base.set(path, theirs.get(path));
      this.local.set(path, theirs.get(path));
      taken.push(path);
    }
    if (taken.length) this.emit("changed", { paths: taken });
    this.recalculate(this.withCells(foreign));
    this.paint([...this.unsettled]);
    this.findings.set(body.findings);
    this.emit("answered", { body });
  }

  /** A conflict is decided: *mine* goes on, or *their* value is taken. */
  decided(path, their, mine) {
    this.base.set(path, their);
    if (!mine) this.local.set(path, their);
    this.saver.touch([path]);
    this.emit("changed", { paths: [path] });
    this.recalculate([path]);
  }
}
