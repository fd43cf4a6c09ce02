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
    // The machine's own clock may be wrong; the page knows what the server's said.
    const shift = Date.parse(program.now) - Date.now();
    this.clock = () => new Date(Date.now() + shift);
  }

  /** Where the figures are, as they really are. */
  state({ kind, at, count, kept, reason }) {
    const { texts } = this;
    const line = byId("save-state");
    line.className = `save-state save-${kind}`;
    if (kind === "session") {
      const link = document.createElement("a");
      link.href = this.program.signIn;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = texts.signIn;
      line.replaceChildren(`${texts.sessionOver} `, link, texts.sessionKept);
      return;
    }
    const said = {
      saved: () => fill(texts.saved, { time: clockText(at) }),
      sending: () => texts.sending,
      waiting: () => fill(texts.waiting, { count }),
      conflict: () => fill(texts.undecided, { count }),
      offline: () => fill(kept ? texts.offline : texts.notKept, { count }),
      refused: () => fill(texts.refused, { count, reason }),
    }[kind]();
    if (line.textContent !== said) line.textContent = said;
  }

  /** Both values of each cell that two people changed, until one is chosen. */
  conflicts(met, local, decided) {
    const { texts } = this;
    const box = byId("conflicts");
    box.querySelectorAll(".conflict-box").forEach((one) => one.remove());
    for (const [path, { theirs, at }] of met) {
      const spec = local.spec(path);
      const sign = typeof theirs === "string" && signOf(theirs);
      const their = sign ? { value: null, status: theirs } : { value: theirs, status: null };
      const word = (held) => (spec ? showCell(held, spec) : "") || texts.empty;
      const mine = word(local.get(path));
      const facts = { theirs: word(their), time: at ? clockText(new Date(at)) : "" };
      const item = document.createElement("div");
      item.className = "conflict-box question";
      const line = document.createElement("p");
      line.textContent = `${this.titleOf(path)}. ${fill(at ? texts.conflictAt : texts.conflict, facts)} ${fill(texts.conflictMine, { mine })}`;
      const choose = (value, isMine) =>
        button(fill(texts.keep, { value }), () => {
          item.remove();
          decided(path, their, isMine);
        });
      item.append(line, choose(mine, true), choose(word(their), false));
      box.append(item);
    }
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

  /** What a paste did, and what it left out. */
  pasted({ clipped, skipped }, count) {
    const said = [fill(this.texts.pasted, { count })];
    if (clipped) said.push(fill(this.texts.clipped, { count: clipped }));
    if (skipped) said.push(fill(this.texts.skipped, { count: skipped }));
    byId("cell-note").textContent = said.join(" ");
  }
}
