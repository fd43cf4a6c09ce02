// What the filling page says outside of its cells: where the figures are, whose figure to keep, how
// to read a number that can be read in two ways.

import { fill, parseCell, showCell, signOf } from "./cell_values.js";

const byId = (id) => document.getElementById(id);

/** 14:05 in Asia/Ho_Chi_Minh, which has no summer time, whatever the machine's zone. */
function clockText(instant) {
  const there = new Date(instant.getTime() + 7 * 3600 * 1000);
  return `${String(there.getUTCHours()).padStart(2, "0")}:${String(there.getUTCMinutes()).padStart(2, "0")}`;
}

function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-small";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
}

export class Messages {
  constructor(program, titleOf) {
    this.texts = program.texts;
    this.program = program;
    this.titleOf = titleOf;
    this.saving = {}; // texts of static/js/keeping.js
    this.more = ""; // what else has to be said about saving, e.g. that some cells are locked
    // The machine's own clock may be wrong; the page knows what the server's said.
    const shift = Date.parse(program.now) - Date.now();
    this.clock = () => new Date(Date.now() + shift);
  }

  /** Where the figures are, as they really are. */
  state({ kind, at, count, kept, reason, name }) {
    const texts = { ...this.texts, ...this.saving };
    const line = byId("save-state");
    this.before = this.before ?? line.textContent;
    const look = kind === "asBefore" ? "saved" : kind;
    if (line.className !== `save-state save-${look}`) line.className = `save-state save-${look}`;
    const said = {
      asBefore: () => [this.before],
      saved: () => [fill(texts.saved, { time: clockText(at) })],
      sending: () => [texts.sending],
      waiting: () => [fill(texts.waiting, { count })],
      conflict: () => [this.toConflicts(fill(texts.undecided, { count }))],
      unplaced: () => [this.toConflicts(fill(texts.unplaced, { count }))],
      offline: () => [count ? fill(kept ? texts.offline : texts.notKept, { count }) : texts.offlineSaved],
      fault: () => [fill(kept ? texts.fault : texts.faultNotKept, { count })],
      refused: () => [fill(texts.refused, { count, reason })],
      session: () => [`${texts.sessionOver} `, this.signInLink(), texts.sessionKept],
      foreign: () => [`${fill(texts.foreign, { count, name })} `, this.signInLink(), "."],
    }[kind]();
    if (this.more) said.push(` ${this.more}`);
    const words = (part) => (typeof part === "string" ? part : part.textContent);
    if (line.textContent !== said.map(words).join("")) line.replaceChildren(...said);
  }

  /** The questions may be far above the cell: the line leads there. */
  toConflicts(text) {
    const link = document.createElement("a");
    link.href = "#conflicts";
    link.textContent = text;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.showConflicts();
    });
    return link;
  }

  showConflicts() {
    byId("conflicts").scrollIntoView({ block: "center" });
    const first = byId("conflicts").querySelector("button");
    if (first) first.focus({ preventScroll: true });
  }

  /** The way back in; static/js/signing_in.js opens a dialog where the browser can. */
  signInLink() {
    const link = document.createElement("a");
    link.href = this.program.signIn;
    link.target = "_blank";
    link.rel = "noopener";
    link.dataset.signIn = "";
    link.textContent = this.texts.signIn;
    return link;
  }

  /** Both values of each cell that two people changed, until one is chosen. */
  conflicts(met, local, decided) {
    const { texts } = this;
    const box = byId("conflicts");
    const shown = new Map([...box.querySelectorAll(".conflict-box")].map((one) => [one.dataset.path, one]));
    for (const [path, one] of shown) if (!met.has(path)) one.remove();
    for (const [path, { theirs, ...facts }] of met) {
      const spec = local.spec(path);
      const sign = typeof theirs === "string" && signOf(theirs);
      const their = sign ? { value: null, status: theirs } : { value: theirs ?? null, status: null };
      const word = (held) => (spec ? showCell(held, spec) : "") || texts.empty;
      const mine = word(local.get(path));
      const said = `${this.titleOf(path)}. ${this.whose(facts, word(their))} ${fill(texts.conflictMine, { mine })}`;
      const before = shown.get(path);
      if (before && before.dataset.said === said) continue; // a button that is about to be pressed stays
      const item = document.createElement("div");
      item.className = "conflict-box question";
      Object.assign(item.dataset, { path, said });
      const line = document.createElement("p");
      line.textContent = said;
      const choose = (value, isMine) =>
        button(fill(texts.keep, { value }), () => {
          item.remove();
          decided(path, their, isMine, facts);
        });
      item.append(line, choose(mine, true), choose(word(their), false));
      if (before) before.replaceWith(item);
      else box.append(item);
    }
  }

  /** Who wrote the other value, and when. */
  whose({ at, by, name, ofDraft }, theirs) {
    const texts = { ...this.texts, ...this.saving };
    const facts = { theirs, name, time: at ? clockText(new Date(at)) : "" };
    if (ofDraft) return fill(texts.conflictDraft, facts);
    if (!at) return fill(texts.conflict, facts);
    if (by && by === this.program.account) return fill(texts.conflictOwn, facts);
    return fill(name ? texts.conflictBy : texts.conflictAt, facts);
  }

  /** Ask once how to read numbers such as 1.203; `reread` gets the answer. */
  ask(text, spec, reread) {
    const readings = ["vi", "en"]
      .map((convention) => [convention, parseCell(text, spec, convention)])
      .filter(([, read]) => typeof read.value === "number")
      .map(([convention, read]) => [convention, showCell(read, spec)]);
    const box = document.createElement("div");
    box.className = "question";
    const line = document.createElement("p");
    line.textContent = fill(this.texts.ambiguous, {
      text,
      readings: readings.map(([, value]) => value).join(` ${this.texts.or} `),
    });
    box.append(line);
    for (const [convention, value] of readings) {
      box.append(button(fill(this.texts.keep, { value }), () => {
        box.remove();
        reread(convention);
      }));
    }
    byId("conflicts").append(box);
  }
}
