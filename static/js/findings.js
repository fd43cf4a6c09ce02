// What the rules say, beside the cells and in the summary that "Kiểm tra" opens. The findings are
// the server's; a text that could not be read is added here.

import { fill } from "./cell_values.js";

const WORST = ["error", "warning", "info"];
const EMPTY = new Set(["schema.required", "schema.x-required-when"]);

export class Findings {
  constructor(texts, titleOf, isBegun) {
    this.isBegun = isBegun;
    this.texts = texts;
    this.titleOf = titleOf;
    this.listed = [];
    this.unread = new Map();
    this.checked = false;
    this.box = document.getElementById("findings");
    this.list = document.getElementById("finding-list");
  }

  /** The verdict of the server. */
  set(findings) {
    this.listed = findings;
    this.paint();
  }

  /** A typed text that is no value of its cell; null when it is one again. */
  note(path, message) {
    if (message) this.unread.set(path, message);
    else this.unread.delete(path);
  }

  /** The worst first. What nobody has typed yet is no reproach before "Kiểm tra". */
  shown() {
    const unread = [...this.unread].map(([path, message]) => ({ path, message, severity: "error", code: "unread", paths: [path] }));
    const listed = this.listed.filter(({ path, paths, code }) =>
      (this.checked || (!EMPTY.has(code) && this.isBegun(paths || [path]))) &&
      !(this.unread.has(path) && code === "schema.type"));
    return [...unread, ...listed].sort((a, b) => WORST.indexOf(a.severity) - WORST.indexOf(b.severity));
  }

  paint() {
    const shown = this.shown();
    for (const cell of document.querySelectorAll(".has-error, .has-warning, .has-info")) {
      cell.classList.remove("has-error", "has-warning", "has-info");
      cell.removeAttribute("aria-invalid");
      this.describe(cell, []);
    }
    for (const notes of document.querySelectorAll("[data-notes]")) notes.replaceChildren();
    this.byPath = new Map();
    this.list.replaceChildren(...shown.map((finding, place) => this.item(finding, place)));
    shown.forEach((finding, place) => {
      for (const path of finding.paths || [finding.path]) {
        this.byPath.set(path, [...(this.byPath.get(path) || []), { ...finding, id: `finding-${place}` }]);
      }
    });
    for (const [path, notes] of this.byPath) this.mark(path, notes);
    this.head(shown);
  }

  mark(path, notes) {
    const cell = document.getElementById(path);
    if (!cell) return;
    cell.classList.add(`has-${notes[0].severity}`);
    if (notes[0].severity === "error") cell.setAttribute("aria-invalid", "true");
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
    const word = document.createElement("span");
    word.className = `severity severity-${severity}`;
    word.textContent = `${this.texts[severity]}:`;
    line.append(word, ` ${message}`);
    return line;
  }

  item(finding, place) {
    const line = document.createElement("li");
    line.id = `finding-${place}`;
    line.className = `finding finding-${finding.severity}`;
    const word = document.createElement("span");
    word.className = `severity severity-${finding.severity}`;
    word.textContent = `${this.texts[finding.severity]}:`;
    const link = document.createElement("a");
    const paths = finding.paths || [finding.path];
    const target = paths.map((path) => document.getElementById(path)).find(Boolean) || document.querySelector("h2[id^=section-]");
    link.href = `#${target.id}`;
    link.textContent = target.matches("h2") ? target.textContent : this.titleOf(target.id);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      target.focus();
      target.scrollIntoView({ block: "center", inline: "center" });
    });
    line.append(word, " ", link, `: ${finding.message}`);
    return line;
  }

  head(shown) {
    const count = (severity) => shown.filter((finding) => finding.severity === severity).length;
    const title = document.getElementById("findings-title");
    if (count("error")) title.textContent = fill(this.texts.summaryErrors, { count: count("error") });
    else if (count("warning")) title.textContent = fill(this.texts.summaryWarnings, { count: count("warning") });
    else title.textContent = this.texts.summaryNone;
    this.box.classList.toggle("error-summary", count("error") > 0);
    const prefix = `${this.texts.error}: `;
    document.title = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
    if (this.checked && count("error")) document.title = prefix + document.title;
  }

  /** Show all of it and put the reader there. */
  open() {
    this.checked = true;
    this.paint();
    this.box.hidden = false;
    this.box.focus();
    this.box.scrollIntoView({ block: "start" });
  }

  textsAt(path) {
    return (this.byPath && this.byPath.get(path)) || [];
  }
}
