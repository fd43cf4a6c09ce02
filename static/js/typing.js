// The text in an editor that nobody has finished yet: kept while it is typed, offered again after
// the browser or the machine died.

import { editText, fill } from "./cell_values.js";

const EVERY = 500;
const SETTLED = 1000;
const byId = (id) => document.getElementById(id);

export class Typing {
  constructor(page, texts) {
    this.page = page;
    this.texts = texts;
    this.latest = new Map(); // path -> text not yet written down
    this.written = new Set(); // paths of which a text was written down
    this.offered = new Map(); // path -> text put back into a field
    this.timer = 0;
    this.writtenAt = 0;
    const area = byId("sheet");
    area.addEventListener("input", ({ target }) => this.note(target));
    area.addEventListener("focusout", ({ target }) => this.finish(target));
    page.on("changed", ({ paths }) => paths.forEach((path) => this.forget(path)));
    page.on("given-up", ({ path }) => this.giveUp(path));
  }

  /** The path of the cell that *input* edits, null when it is none or may not be kept. */
  pathOf(input) {
    if (!input.matches(".cell-input, [data-cell]")) return null;
    const path = input.matches(".cell-input") ? (input.closest("td.cell") || {}).id : input.id;
    return path && this.page.spec(path) && !this.page.saver.isPersonal(path) ? path : null;
  }

  note(input) {
    const path = this.pathOf(input);
    if (!path) return;
    this.latest.set(path, input.value);
    if (this.timer) return;
    const pause = Math.max(0, this.writtenAt + EVERY - Date.now());
    this.timer = setTimeout(() => this.write(), pause);
  }

  write() {
    this.timer = 0;
    this.writtenAt = Date.now();
    for (const [path, text] of this.latest) this.put(path, text);
    this.latest.clear();
  }

  put(path, text) {
    this.written.add(path);
    const { drafts } = this.page;
    // Given up while it was being written down: it goes again.
    drafts.putTyping(path, text, this.page.titleOf(path)).then(() => this.written.has(path) || drafts.removeTyping(path));
  }

  /** The editor is left: what was typed is a value now, or was dropped. */
  finish(input) {
    const path = this.pathOf(input);
    if (!path) return;
    const offered = this.offered.has(path) && input.matches("[data-cell]");
    this.offered.delete(path);
    // Putting a text back is no change to the browser, so leaving would not commit it.
    if (offered && input.value !== this.page.show(path)) this.page.commit([{ path, text: input.value }]);
    this.forget(path);
  }

  /** Not at once: the value must be written down before the text goes. */
  forget(path) {
    this.latest.delete(path);
    if (!this.written.has(path)) return; // a pasted block has nothing half-typed to take away
    setTimeout(() => !this.isOpen(path) && !this.latest.has(path) && this.remove(path), SETTLED);
  }

  remove(path) {
    this.written.delete(path);
    this.page.drafts.removeTyping(path);
  }

  /** At once: no value follows, and whoever leaves the page now is not asked about the text again. */
  giveUp(path) {
    this.latest.delete(path);
    if (this.written.has(path)) this.remove(path);
  }

  isOpen(path) {
    const place = byId(path);
    return Boolean(place) && (place.matches("[data-cell]") ? place === document.activeElement && this.offered.has(path) : place.querySelector(".cell-input") !== null);
  }

  /** Offer what a window that is gone was typing; gives the paths that were offered. */
  restore(left) {
    const open = left.filter(({ path, text }) => byId(path) && this.page.spec(path) && text !== this.page.show(path) && text !== editText(this.page.held(path), this.page.spec(path)) && text.trim());
    open.forEach(({ path, text }, at) => {
      this.put(path, text);
      this.say(path, text);
      if (at === 0 && !document.querySelector(".cell-input")) this.open(path, text);
    });
  }

  /** The text in its editor again, as if the hand had only paused. */
  open(path, text) {
    this.page.select(path);
    const place = byId(path);
    if (place.matches("[data-cell]")) {
      this.offered.set(path, text);
      place.value = text;
      return;
    }
    const grid = this.page.grids.find(({ table }) => table.contains(place));
    grid.activate(place, false);
    grid.edit("");
    const input = place.querySelector(".cell-input");
    if (input) input.value = text;
  }

  say(path, text) {
    const box = document.createElement("div");
    box.className = "question typing-box";
    const line = document.createElement("p");
    line.textContent = fill(this.texts.restored, { title: this.page.titleOf(path), text });
    const again = this.button(this.texts.goOn, () => this.open(path, text));
    const drop = this.button(this.texts.drop, () => {
      this.offered.delete(path);
      const place = byId(path);
      if (place.matches("[data-cell]")) this.page.paint([path]);
      else for (const grid of this.page.grids) if (grid.table.contains(place)) grid.finish(false);
      this.remove(path);
    });
    box.append(line, again, drop);
    for (const one of [again, drop]) one.addEventListener("click", () => box.remove());
    this.page.on("changed", ({ paths }) => paths.includes(path) && box.remove());
    byId("save-state").before(box); // always in view, wherever the cell is
  }

  button(text, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-small";
    made.textContent = text;
    made.addEventListener("mousedown", (event) => event.preventDefault()); // the editor keeps its text
    made.addEventListener("click", action);
    return made;
  }
}
