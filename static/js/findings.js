// What the rules say, beside the cells and in the summary that "Kiểm tra" opens. The page judges by
// itself while figures are typed, offline too; the server's verdict on the same figures counts.

import { afterPaint } from "./after_paint.js";
import { FindingList, asksReason, severityWord } from "./finding_list.js";
import { fill } from "./cell_values.js";

const WORST = ["error", "warning", "info"];
const EMPTY = new Set(["schema.required", "schema.x-required-when"]);
const CLASSES = WORST.map((severity) => `has-${severity}`);
const SOON = 60; // after the figures have been painted; a burst of changes is judged once
const byId = (id) => document.getElementById(id);
const placeOf = ({ code, path }) => `${code} ${path}`;

export class Findings {
  constructor(page) {
    this.page = page;
    this.texts = page.texts;
    this.judge = null; // comes after the page can be typed in
    this.listed = [];
    this.surplus = []; // what the server alone found, on figures that stand here unchanged
    this.denied = new Map(); // what this page alone found, by place
    this.unread = new Map();
    this.marked = new Map(); // path -> what was last painted there
    this.byPath = new Map();
    this.checked = false;
    this.waiting = false;
    this.box = byId("findings");
    this.list = new FindingList(byId("finding-list"), page);
    page.on("changed", ({ paths }) => this.changed(paths));
    page.on("state", () => this.tellSource());
  }

  // ---- the verdict ----------------------------------------------------------------------------

  /** The page's own verdict on what stands in it, without questions that were answered. */
  own() {
    const { calculator, local, reasons } = this.page;
    const found = this.judge.findings(calculator, local.answers, local.statuses);
    return found.filter((finding) => finding.code !== "outlier" || !reasons.isGiven(finding));
  }

  /** From now on the page judges by itself. */
  judgeBy(judge) {
    this.judge = judge;
    if (this.page.saver.unsent) this.now();
    else this.compare(this.listed);
  }

  /** Judge anew once the figures have been painted. */
  soon() {
    if (this.waiting) return;
    this.waiting = true;
    afterPaint(() => setTimeout(() => this.waiting && this.now(), SOON));
  }

  /** Judge what stands here now. */
  now() {
    this.waiting = false;
    if (!this.judge) {
      this.take(this.listed); // with what cannot be read
      return;
    }
    const own = this.own().filter((finding) => !this.denied.has(placeOf(finding)));
    const known = new Set(own.map(placeOf));
    this.take([...own, ...this.surplus.filter((finding) => !known.has(placeOf(finding)))]);
  }

  /** The verdict of the server: of the figures that stand here, unless some have not been sent. */
  set(findings) {
    const { saver } = this.page;
    if (saver && saver.unsent) {
      this.soon();
      return;
    }
    this.waiting = false;
    this.take(findings);
    // Where the two differ the server is right, until somebody changes the cells in question.
    this.comparing = setTimeout(() => this.compare(findings), SOON);
  }

  compare(findings) {
    if (!this.judge) return;
    const own = this.own();
    const [ours, theirs] = [own, findings].map((list) => new Set(list.map(placeOf)));
    this.surplus = findings.filter((finding) => !ours.has(placeOf(finding)));
    this.denied = new Map(own.filter((finding) => !theirs.has(placeOf(finding))).map((finding) => [placeOf(finding), finding.paths]));
  }

  changed(paths) {
    clearTimeout(this.comparing);
    const changed = new Set(paths);
    const touched = (places) => places.some((path) => changed.has(path));
    this.surplus = this.surplus.filter(({ paths: places }) => !touched(places));
    for (const [place, places] of this.denied) if (touched(places)) this.denied.delete(place);
    this.soon();
  }

  take(findings) {
    this.listed = findings;
    this.paint();
    this.page.emit("findings", { findings });
  }

  /** A typed text that is no value of its cell; null when it is one again. */
  note(path, message) {
    if (message) this.unread.set(path, message);
    else this.unread.delete(path);
  }

  // ---- what of it is shown --------------------------------------------------------------------

  /** The worst first, then as the form runs. What nobody has typed yet is no reproach before "Kiểm tra". */
  shown() {
    const unread = [...this.unread].map(([path, message]) => ({ path, message, severity: "error", code: "unread", paths: [path] }));
    const listed = this.listed.filter((finding) =>
      (this.checked || (!EMPTY.has(finding.code) && this.page.isBegun(finding.paths))) &&
      !(this.unread.has(finding.path) && finding.code === "schema.type"));
    this.place();
    const ranked = [...unread, ...listed].map((finding) => [this.rank(finding), finding]);
    return ranked.sort(([a], [b]) => a - b).map(([, finding]) => finding);
  }

  /** A number for the order: severity, then where on the page the finding leads. */
  rank({ severity, path, paths }) {
    const at = [path, ...paths].find((one) => this.places.has(one));
    return WORST.indexOf(severity) * 1e6 + (at === undefined ? 0 : this.places.get(at));
  }

  /** Where each cell stands; looked up again when lines have come or gone. */
  place() {
    const cells = byId("sheet").querySelectorAll('td[id^="/"], [data-cell], output[id^="/"]');
    if (this.places && this.places.size === cells.length && this.places.has(cells[cells.length - 1].id)) return;
    this.places = new Map(Array.from(cells, (cell, place) => [cell.id, place]));
  }

  /** Where a finding leads: a cell that can be typed into, else the nearest thing to it. */
  targetOf({ path, paths }) {
    const all = (paths || [path]).filter(Boolean);
    const cells = all.filter((one) => byId(one) && this.page.spec(one));
    const typed = cells.find((one) => !this.page.spec(one).calculated) || cells[0];
    if (typed) return byId(typed);
    for (const one of all) {
      const inside = [...document.querySelectorAll(`[id^="${CSS.escape(one)}/"]`)].filter((cell) => (this.page.spec(cell.id) || { calculated: true }).calculated !== true);
      const open = inside.find((cell) => !cell.closest("[hidden]")) || inside[0];
      if (open) return open;
      const adder = document.querySelector(`[data-add-line][data-block="${CSS.escape(one)}"]`);
      if (adder) {
        adder.id = adder.id || `add-line-${adder.dataset.addLine}`;
        return adder;
      }
    }
    return document.querySelector("[data-cell], td.cell-typed") || document.querySelector("h2[id^=section-]");
  }

  paint() {
    const shown = this.shown();
    const ids = this.list.show(shown);
    this.byPath = new Map();
    shown.forEach((finding, place) => {
      for (const path of finding.paths) {
        if (!this.byPath.has(path)) this.byPath.set(path, []);
        this.byPath.get(path).push({ ...finding, id: ids[place] });
      }
    });
    for (const path of this.marked.keys()) if (!this.byPath.has(path)) this.mark(path, []);
    for (const [path, notes] of this.byPath) this.mark(path, notes);
    this.head(shown);
  }

  mark(path, notes) {
    const look = notes.map(({ severity, id }) => `${severity} ${id}`).join();
    const cell = byId(path);
    if (this.marked.get(path) === look && cell && notes.length === 0 === !cell.matches(".has-error, .has-warning, .has-info")) return;
    if (notes.length) this.marked.set(path, look);
    else this.marked.delete(path);
    if (!cell) return;
    cell.classList.remove(...CLASSES);
    if (notes.length) cell.classList.add(`has-${notes[0].severity}`);
    if (notes.length && notes[0].severity === "error") cell.setAttribute("aria-invalid", "true");
    else cell.removeAttribute("aria-invalid");
    this.describe(cell, notes.map(({ id }) => id));
    const list = document.querySelector(`[data-notes="${CSS.escape(path)}"]`);
    if (list) list.replaceChildren(...notes.map((note) => this.sentence(note, "li")));
  }

  describe(cell, ids) {
    const own = (cell.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && !id.startsWith("finding-"));
    const all = [...ids, ...own];
    if (all.length) cell.setAttribute("aria-describedby", all.join(" "));
    else cell.removeAttribute("aria-describedby");
  }

  sentence({ severity, message }, tag) {
    const line = document.createElement(tag);
    line.append(severityWord(severity, this.texts), ` ${message}`);
    return line;
  }

  // ---- the summary ----------------------------------------------------------------------------

  head(shown) {
    const { reasons } = this.page;
    const count = (severity, open = () => true) => shown.filter((finding) => finding.severity === severity && open(finding)).length;
    const isOpen = (finding) => !asksReason(finding) || !reasons.isGiven(finding);
    const [errors, warnings, open] = [count("error"), count("warning"), count("warning", isOpen)];
    const title = byId("findings-title");
    let words = this.texts.summaryNone;
    if (errors) words = fill(this.texts.summaryErrors, { count: errors });
    else if (open) words = fill(this.texts.summaryWarnings, { count: open });
    else if (warnings) words = fill(this.texts.summaryExplained, { count: warnings });
    if (title.textContent !== words) title.textContent = words;
    this.box.classList.toggle("error-summary", errors > 0);
    const prefix = `${this.texts.error}: `;
    const plain = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
    const wanted = this.checked && errors ? prefix + plain : plain;
    if (document.title !== wanted) document.title = wanted;
  }

  /** Whether the server has judged these very figures, or will when it can be reached. */
  tellSource() {
    const { saver } = this.page;
    const line = byId("findings-source");
    line.hidden = !(saver && (saver.trouble || !navigator.onLine));
    if (!line.hidden && !line.textContent) line.textContent = this.texts.checkedHere;
  }

  /** Show all of it and put the reader there. */
  open() {
    this.checked = true;
    this.now();
    this.tellSource();
    this.box.hidden = false;
    this.box.focus();
    this.box.scrollIntoView({ block: "start" });
  }

  textsAt(path) {
    return this.byPath.get(path) || [];
  }
}
