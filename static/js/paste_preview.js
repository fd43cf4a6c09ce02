// Pasting as the clerk sees it: what lands where before it is final, the question how to read
// doubtful numbers, and the message afterwards with its way back.

import { fill } from "./cell_values.js";
import { readingsOf, shownAfter } from "./paste_plan.js";

const byId = (id) => document.getElementById(id);
const MARKS = ["paste-in", "paste-skip", "paste-bad", "paste-ask"];

export class PastePreview {
  constructor(page) {
    this.page = page;
    this.box = byId("paste-preview");
    this.texts = JSON.parse(this.box.dataset.texts);
    this.message = byId("grid-message");
    this.plan = null;
    this.box.addEventListener("close", () => this.closed(this.box.returnValue === "paste"));
    this.box.addEventListener("change", ({ target }) => this.choose(target.value));
    page.on("changed", () => this.message.replaceChildren());
  }

  /** Carry out a plan (js/paste_plan.js), now or after it has been seen. */
  take(plan) {
    if (!plan.changes.length) this.say(this.leftOut(plan));
    else if (plan.plain) this.write(plan, null);
    else this.open(plan);
  }

  open(plan) {
    const { box, texts } = this;
    this.plan = plan;
    this.readings = readingsOf(plan);
    byId("paste-title").textContent = fill(texts.title, { count: plan.changes.length });
    byId("paste-facts").replaceChildren(...this.facts(plan).map((fact) => {
      const line = document.createElement("li");
      line.textContent = fact;
      return line;
    }));
    byId("paste-reading").hidden = !this.readings.length;
    byId("paste-choices").replaceChildren(...this.readings.map((reading) => this.choice(reading)));
    box.returnValue = "";
    this.choose(this.readings.length === 1 ? this.readings[0].convention : null);
    for (const cell of plan.skipped) cell.classList.add("paste-skip");
    box.showModal();
    (box.querySelector("input") || byId("paste-go")).focus();
    plan.changes[0].cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  facts(plan) {
    const { texts, page } = this;
    const [first, last] = [plan.changes[0], plan.changes[plan.changes.length - 1]];
    const said = [fill(texts.where, { first: page.titleOf(first.path), last: page.titleOf(last.path) })];
    if (plan.over) said.push(fill(texts.over, { count: plan.over }));
    if (plan.heading) said.push(texts.heading);
    said.push(...this.leftOut(plan, false));
    if (plan.refused.length) said.push(fill(texts.refused, { count: plan.refused.length, text: plan.refused[0].text.trim() }));
    return said;
  }

  leftOut(plan, whole = true) {
    const { texts } = this;
    const said = whole ? [texts.nothing] : [];
    if (plan.clipped) said.push(fill(texts.clipped, { count: plan.clipped }));
    if (plan.skipped.length) said.push(fill(texts.skipped, { count: plan.skipped.length }));
    return said;
  }

  choice({ convention, text, shown, unread }) {
    const label = document.createElement("label");
    label.className = "check";
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "reading";
    input.value = convention;
    input.checked = this.readings.length === 1;
    const said = fill(this.texts.reading, { text, shown }) + (unread ? ` ${fill(this.texts.unread, { count: unread })}` : "");
    label.append(input, said);
    return label;
  }

  /** The grid itself shows what will stand in it. */
  choose(convention) {
    this.convention = convention;
    for (const change of this.plan.changes) {
      const { cell, read } = change;
      const open = read.problem === "ambiguous" && !convention;
      cell.classList.remove(...MARKS);
      cell.classList.add(open ? "paste-ask" : read.problem && read.problem !== "ambiguous" ? "paste-bad" : "paste-in");
      cell.textContent = open ? change.text.trim() : shownAfter(change, convention);
      this.plan.grid.columns.fit(cell);
    }
    byId("paste-go").disabled = this.readings.length > 0 && !convention;
  }

  closed(agreed) {
    const { plan } = this;
    if (!plan) return;
    this.plan = null;
    for (const cell of [...plan.skipped, ...plan.changes.map((change) => change.cell)]) cell.classList.remove(...MARKS);
    this.page.paint(plan.changes.map(({ path }) => path));
    plan.grid.activate(plan.grid.active, true);
    plan.grid.active.focus();
    if (agreed) this.write(plan, this.convention);
  }

  write(plan, convention) {
    const { texts } = this;
    const typed = plan.changes.map(({ path, text, read }) => ({ path, text, origin: "pasted", convention: read.problem === "ambiguous" ? convention : plan.convention }));
    this.page.commit(typed);
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "button button-small";
    undo.textContent = texts.undo;
    undo.addEventListener("click", () => {
      this.page.undo();
      plan.grid.active.focus();
    });
    this.say([fill(texts.pasted, { count: typed.length }), ...this.leftOut(plan, false)], undo);
  }

  say(sentences, ...more) {
    this.message.replaceChildren(sentences.join(" "), " ", ...more);
  }
}

/** The "Dán" button, for those without a keyboard: where the browser lets a page read the clipboard. */
export function startPasteButton(page) {
  const button = document.querySelector("[data-paste]");
  if (!button || !navigator.clipboard || !navigator.clipboard.readText) return;
  let focused = "";
  page.on("focused", ({ path }) => {
    focused = path;
    button.hidden = !page.grids.some(({ active }) => active && active.id === path);
  });
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
  button.addEventListener("click", async () => {
    const grid = page.grids.find(({ active }) => active && active.id === focused);
    const text = await navigator.clipboard.readText().catch(() => "");
    if (!grid) return;
    grid.finish(true);
    grid.active.focus();
    if (text) grid.clipboard.paste(text, "");
  });
}
