// The threads of a report and its cells beside the sheet: reading, writing, answering, settling.
// A cell with an open thread is marked in the grid.

import { csrfHeaders } from "./app.js";
import { describeStates } from "./cell_states.js";
import { fill } from "./cell_values.js";
import { dayAndClock } from "./moments.js";

const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function element(name, look, text = "") {
  const made = document.createElement(name);
  if (look) made.className = look;
  made.textContent = text;
  return made;
}

export class Comments {
  constructor(page, side) {
    this.page = page;
    this.texts = side.texts;
    this.address = `${page.program.document}/comments`;
    this.threads = [];
    this.path = null;
    this.key = newKey();
    this.report = side.box.querySelector("[data-side-report]");
    this.cell = this.area(side.box.querySelector(".side-comments [data-threads]"), "write", () => this.path);
    this.whole = this.area(this.report.querySelector("[data-threads]"), "writeReport", () => "");
    this.showReport();
  }

  /** A list of threads with a form below it that writes to what *pathOf* names. */
  area(box, title, pathOf) {
    const list = element("ul", "threads");
    const form = document.getElementById("comment-form").content.firstElementChild.cloneNode(true);
    const text = form.querySelector("textarea");
    text.id = `comment-${title}`;
    form.querySelector("label").htmlFor = text.id;
    const area = { list, form, text, title, pathOf, answers: null, said: form.querySelector("[role=status]"), cancel: form.querySelector("[data-cancel]") };
    area.cancel.addEventListener("click", () => this.answer(area, null));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write(area);
    });
    text.addEventListener("input", () => {
      this.key = newKey(); // another text is another request
      this.page.halfWritten.set(`comment ${pathOf()}`, text.value);
    });
    box.replaceChildren(list, form);
    if (pathOf() !== null) text.value = this.page.halfWritten.get(`comment ${pathOf()}`);
    this.answer(area, null);
    return area;
  }

  async load() {
    const answer = await this.ask("GET", `${this.address}?limit=500`);
    if (!answer) return;
    this.threads = answer.items;
    this.mark();
    this.showReport();
    if (this.path !== null) this.list(this.cell, this.path);
  }

  /** Cells with an open thread say so; a row that is hidden is shown with it. */
  mark() {
    const open = new Set(this.threads.filter((thread) => thread.open && thread.path).map((thread) => thread.path));
    for (const cell of document.querySelectorAll(".has-comment")) if (!open.has(cell.id)) this.paint(cell, false);
    for (const path of open) {
      const cell = document.getElementById(path);
      if (cell) this.paint(cell, true);
    }
  }

  paint(cell, on) {
    cell.classList.toggle("has-comment", on);
    const row = cell.closest("tr");
    if (row && on) row.hidden = false;
    describeStates(cell);
  }

  show(path) {
    if (path === this.path) return;
    this.path = path;
    this.answer(this.cell, null);
    this.cell.text.value = this.page.halfWritten.get(`comment ${path}`);
    this.cell.said.textContent = "";
    this.list(this.cell, path);
  }

  showReport() {
    const own = this.threads.filter((thread) => !thread.path);
    this.report.querySelector("summary").textContent = fill(this.texts.reportThreads, { count: own.length });
    this.list(this.whole, "");
  }

  list(area, path) {
    const found = this.threads.filter((thread) => thread.path === path);
    found.sort((a, b) => b.open - a.open || a.at.localeCompare(b.at));
    area.list.replaceChildren(...found.map((thread) => this.item(area, thread)));
    area.list.hidden = !found.length;
  }

  item(area, thread) {
    const { texts } = this;
    const item = element("li", `thread${thread.open ? " thread-open" : ""}`);
    const settled = thread.resolved_at && fill(texts.settled, { who: thread.resolved_by_name, at: dayAndClock(thread.resolved_at) });
    const mark = thread.open && thread.path ? texts.markOpen : texts.mark;
    item.append(element("p", "thread-state", thread.kind === "mark" ? mark : settled || texts.open), ...this.remark(thread));
    for (const answer of thread.answers) {
      const box = element("div", "thread-answer");
      box.append(...this.remark(answer));
      item.append(box);
    }
    if (thread.open || (thread.kind === "mark" && thread.path)) {
      const tools = element("p", "actions");
      const button = (text, action) => {
        const made = element("button", "button button-small", text);
        made.type = "button";
        made.addEventListener("click", action);
        tools.append(made);
      };
      button(texts.answer, () => this.answer(area, thread));
      if (thread.kind === "comment") button(texts.settle, () => this.settle(area, thread));
      item.append(tools);
    }
    return item;
  }

  remark({ by_name: who, side, at, text, kind }) {
    const head = element("p", "remark-head");
    head.append(element("strong", "", who), " ", element("span", "hint", `${this.texts[side]} · ${dayAndClock(at)}`));
    return [head, element("p", "remark-text", text || (kind === "mark" ? this.texts.markText : ""))];
  }

  /** The form writes an answer to *thread*, or begins a new thread. */
  answer(area, thread) {
    area.answers = thread;
    area.form.querySelector("label").textContent = thread ? fill(this.texts.answering, { who: thread.by_name }) : this.texts[area.title];
    area.cancel.hidden = !thread;
    if (thread) area.text.focus();
  }

  async write(area) {
    const body = { text: area.text.value };
    if (area.answers) Object.assign(body, { answers_to: area.answers.id, path: area.answers.path });
    else if (area.pathOf()) body.path = area.pathOf();
    const written = await this.ask("POST", this.address, body, this.key);
    area.said.textContent = written ? this.texts.sent : this.texts.notSent;
    if (!written) return;
    area.text.value = "";
    this.page.halfWritten.set(`comment ${area.pathOf()}`, "");
    this.key = newKey();
    this.answer(area, null);
    await this.load();
  }

  async settle(area, thread) {
    const settled = await this.ask("POST", `${this.address}/${thread.id}/resolve`, null, newKey());
    if (!settled) area.said.textContent = this.texts.notSent;
    await this.load();
    area.text.focus();
  }

  /** The answer's body, null when it did not come or was a refusal. */
  async ask(method, address, body = null, key = null) {
    const headers = csrfHeaders(key ? { "Idempotency-Key": key } : {});
    if (body) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(address, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }
}
