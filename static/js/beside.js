// The panel beside the cell: its figures then and now, who wrote it, what it means, what people say
// about it. On wide screens it stands beside the sheet, on phones it comes up from below.

import { afterPaint } from "./after_paint.js";
import { fill, isNumeric, showCell } from "./cell_values.js";
import { CellPast } from "./cell_history.js";
import { Comments } from "./comments.js";
import { Copying } from "./copying.js";
import { formatNumber, formatPercent } from "./vietnamese.js";
import { dayAndClock } from "./moments.js";

const PAUSE = 80;
const WIDE = matchMedia("(min-width: 64rem)");

function definition(title, text) {
  const [part, term, said] = ["div", "dt", "dd"].map((name) => document.createElement(name));
  term.textContent = title;
  said.textContent = text;
  part.append(term, said);
  return part;
}

/** "+1.200 (+31,0 %)": how far *now* is from *before*. */
function changeText(now, before, decimals) {
  const sign = (value) => (value > 0 ? "+" : "");
  const difference = now - before;
  const percent = before === 0 ? "" : ` (${sign(difference / before)}${formatPercent((difference / before) * 100)})`;
  return `${sign(difference)}${formatNumber(difference, decimals)}${percent}`;
}

class Side {
  constructor(page, box) {
    this.page = page;
    this.box = box;
    this.texts = JSON.parse(box.dataset.texts);
    this.path = "";
    this.waiting = false;
    this.who = new Map(); // path -> {name, at, origin}
    this.part = (name) => box.querySelector(`[data-side-${name}]`);
    this.opener = document.querySelector("[data-side-open]");
    this.title = box.querySelector("h2");
    this.copying = new Copying(page, this);
    this.comments = new Comments(page, this);
    this.past = new CellPast(this);
  }

  get isOpen() {
    return !this.box.hidden;
  }

  start() {
    const { page, box } = this;
    document.querySelector("[data-fill-bar] .actions").prepend(this.opener);
    this.opener.hidden = false;
    this.opener.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.part("close").addEventListener("click", () => this.close());
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      if (!WIDE.matches) this.close();
      this.toCell();
    });
    document.addEventListener("keydown", (event) => this.onKey(event), true);
    page.on("focused", ({ path }) => {
      this.path = path;
      this.later();
    });
    page.on("changed", ({ paths }) => {
      const { queue, origins } = page.saver;
      const at = page.messages.clock();
      const own = paths.filter((path) => queue.has(path));
      for (const path of own) this.who.set(path, { name: box.dataset.me, at, origin: origins.get(path) || "typed" });
      if (own.length < paths.length) this.load(); // somebody else's cells came in
      this.past.forget(paths);
      this.later();
    });
    page.on("computed", () => this.later());
    const here = document.activeElement; // a link into the page may have put the focus there already
    if (here.matches("td.cell, [data-cell]")) this.path = here.id;
    if (WIDE.matches && this.kept() !== "closed") this.open(false);
    WIDE.addEventListener("change", ({ matches }) => {
      // Zoomed in, or turned: what stood beside the sheet would now cover it.
      if (!matches && this.isOpen && !box.contains(document.activeElement)) this.close();
    });
    this.load();
    this.comments.load();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "F2" && event.shiftKey) this.open(true);
    else if (event.key.toLowerCase() === "l" && event.ctrlKey && event.shiftKey) this.copying.selection();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether it stands open is remembered for each person who uses this browser. */
  kept(state = null) {
    const key = `side-${this.page.program.account}`;
    try {
      if (state) localStorage.setItem(key, state);
      return localStorage.getItem(key);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  open(focus = true) {
    this.box.hidden = false;
    this.box.parentElement.classList.add("with-side");
    this.opener.setAttribute("aria-expanded", "true");
    if (WIDE.matches) this.kept("open");
    this.show();
    if (focus) this.title.focus();
  }

  close() {
    const inside = this.box.contains(document.activeElement);
    this.box.hidden = true;
    this.box.parentElement.classList.remove("with-side");
    this.opener.setAttribute("aria-expanded", "false");
    if (WIDE.matches) this.kept("closed");
    if (inside) this.toCell();
  }

  toCell() {
    const cell = document.getElementById(this.path);
    (cell || this.opener).focus();
  }

  later() {
    if (!this.isOpen || this.waiting) return;
    this.waiting = true;
    const show = () => {
      this.waiting = false;
      this.show();
    };
    afterPaint(() => setTimeout(show, PAUSE));
  }

  show() {
    const known = this.isOpen && Boolean(this.path) && Boolean(this.page.spec(this.path)) && Boolean(document.getElementById(this.path));
    if (!this.isOpen) return;
    this.part("body").hidden = !known;
    this.part("empty").hidden = known;
    if (!known) return;
    this.title.textContent = this.page.titleOf(this.path);
    this.part("facts").replaceChildren(...this.facts().map(([title, text]) => definition(title, text)));
    this.copying.show(this.path);
    this.past.show(this.path);
    this.comments.show(this.path);
  }

  /** Title and text of what is known of the cell in figures. */
  facts() {
    const { page, texts, path } = this;
    const spec = page.spec(path);
    const held = page.held(path);
    const facts = [[texts.now, page.show(path) || texts.empty]];
    if (held.value === null && held.status && !page.off.has(path)) facts[0][1] += ` (${page.texts[held.status].replace(/ \(.*|\.$/, "").toLowerCase()})`;
    const number = held.value === null && held.status === "none_arose" ? 0 : held.value;
    const before = page.calculator.previousAt(path);
    const compare = (past, was, changed) => {
      if (past === null || past === undefined) return;
      facts.push([was, showCell({ value: past, status: null }, spec)]);
      if (isNumeric(spec) && typeof number === "number" && typeof past === "number") facts.push([changed, changeText(number, past, spec.decimals || 0)]);
    };
    compare(before, texts.previous, texts.change);
    const { lastYear } = page.calculator;
    if (lastYear && lastYear !== page.calculator.before) compare(lastYear.read(path, null, null), texts.lastYear, texts.lastYearChange);
    const numbers = (page.program.history || {})[path] || [];
    if (numbers.length > 1) {
      const show = (value) => formatNumber(value, spec.decimals || 0);
      const mean = show(numbers.reduce((sum, one) => sum + one, 0) / numbers.length);
      const least = show(Math.min(...numbers));
      facts.push([fill(texts.history, { count: numbers.length }), fill(texts.historyFacts, { mean, least, most: show(Math.max(...numbers)) })]);
    }
    const author = spec.calculated ? "" : this.author(path) || (held.value === null && !held.status ? texts.nobody : "");
    if (author) facts.push([texts.by, author]);
    return facts;
  }

  author(path) {
    const known = [path, path.slice(0, path.lastIndexOf("/"))].map((one) => this.who.get(one)).filter(Boolean);
    if (!known.length) return ""; // an earlier revision, or a program, brought the figure
    const { name, at, origin } = known.sort((a, b) => b.at - a.at)[0];
    return `${fill(this.texts.byFacts, { who: name, at: dayAndClock(at) })} (${this.texts[origin] || origin})`;
  }

  /** Who wrote which cell last, as the server knows it; what was typed here meanwhile stays. */
  async load() {
    try {
      const response = await fetch(this.box.dataset.cells, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const { people, cells } = await response.json();
      for (const [path, [who, at, origin]] of Object.entries(cells)) {
        if (!this.page.saver.queue.has(path)) this.who.set(path, { name: people[who], at: new Date(at), origin });
        if (origin === "copied") this.copying.know(path);
      }
      this.later();
    } catch {
      // Without a connection the panel says who wrote what here, and no more.
    }
  }
}

export function start(page) {
  const box = document.getElementById("side");
  if (box) new Side(page, box).start();
}
