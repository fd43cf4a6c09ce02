// The report has gone to another version of its form: what this page says of it, and the figures
// without a place in that version, each until somebody puts it elsewhere or gives it up.

import { editText, fill, isNumeric, parseCell, showCell, signOf } from "./cell_values.js";

const byId = (id) => document.getElementById(id);
const DECIMALS = 15;

/** What was typed, as it is read: also where the page has no such cell. */
function textOf({ value, status }, spec) {
  if (spec) return showCell({ value, status }, spec);
  if (value === null || value === undefined) return signOf(status);
  if (typeof value === "number") return editText({ value }, { type: "number", decimals: DECIMALS });
  if (typeof value === "object") return Object.values(value).filter((one) => typeof one !== "object").join("; ");
  return String(value);
}

function button(text, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-small";
  made.textContent = text;
  made.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps its place
  made.addEventListener("click", action);
  return made;
}

export function start(page) {
  const { saver } = page;
  const { former } = saver;
  const texts = { ...page.texts, ...page.messages.saving };
  let focused = null;

  /** Leaves for the new version; what is not saved there is in this browser's own store by then. */
  async function open() {
    for (const grid of page.grids) grid.finish(true);
    if (document.activeElement.matches("[data-cell]")) document.activeElement.blur();
    await saver.now();
    await saver.keep([...saver.queue, ...saver.conflicts.keys(), ...saver.refused.keys(), ...former.ownPaths()]);
    saver.isLeft = saver.kept;
    location.reload();
  }

  function paintBanner() {
    const shown = byId("form-moved");
    if (!former.isMoved || (shown && shown.dataset.version === String(former.now))) return;
    if (shown) shown.remove();
    const box = document.createElement("div");
    box.id = "form-moved";
    box.className = "question";
    box.dataset.version = former.now;
    box.setAttribute("role", "status");
    const line = document.createElement("p");
    line.textContent = fill(texts.formMoved, { version: former.now });
    box.append(line, button(fill(texts.openVersion, { version: former.now }), open));
    byId("save-state").before(box); // always in view, wherever the cell is
  }

  /** The cell that was chosen last, where it can take the figure. */
  function placeFor(one) {
    const spec = focused && !former.isMoved ? page.spec(focused) : null;
    if (!spec || spec.calculated || !byId(focused) || byId(focused).matches(".part-locked, .cell-off")) return null;
    const { value, status } = one.change.to;
    const isNumber = isNumeric(spec) && typeof value === "number";
    const text = status && value === null ? signOf(status) : isNumber ? editText({ value }, spec) : textOf(one.change.to);
    return text && !parseCell(text, spec, "vi").problem ? text : null;
  }

  function putHere(one) {
    const text = placeFor(one);
    if (text === null) return;
    page.commit([{ path: focused, text, convention: "vi" }]);
    former.settle(one);
    saver.say();
    page.select(focused);
  }

  function listItem(name, one) {
    const item = document.createElement("div");
    item.className = "question lost-cell";
    item.dataset.name = name;
    const line = document.createElement("p");
    const own = one.version === former.own ? page.spec(one.path) : null;
    const facts = { title: one.title, version: one.version, now: former.now, value: textOf(one.change.to, own) || texts.empty };
    line.textContent = [
      fill(one.reason ? texts.lostRefused : texts.lostCell, { ...facts, reason: one.reason }),
      one.into.length ? fill(texts.lostInto, { titles: one.into.map((title) => `“${title}”`).join(", ") }) : "",
      former.isMoved ? fill(texts.lostElsewhere, facts) : texts.lostChoose,
    ].filter(Boolean).join(" ");
    const drop = button(texts.lostDrop, async () => {
      drop.disabled = true;
      drop.disabled = await former.giveUp(one);
      if (own) page.recalculate([one.path]);
    });
    drop.setAttribute("aria-label", `${texts.lostDrop}: ${facts.title}, ${facts.value}`);
    item.append(line, drop);
    return item;
  }

  function paintPlaces() {
    for (const item of byId("conflicts").querySelectorAll(".lost-cell")) {
      const one = former.unplaced.get(item.dataset.name);
      const before = item.querySelector("[data-put]");
      const isFree = Boolean(one) && placeFor(one) !== null;
      if (!isFree && before) before.remove();
      if (!isFree) continue;
      const there = page.show(focused);
      const said = fill(there ? texts.lostReplace : texts.lostPut, { title: page.titleOf(focused), there });
      if (before && before.textContent === said) continue; // a button that is about to be pressed stays
      const put = button(said, () => putHere(one));
      put.dataset.put = "";
      if (before) before.replaceWith(put);
      else item.querySelector("p").after(put);
    }
  }

  function paint() {
    paintBanner();
    const box = byId("conflicts");
    for (const item of box.querySelectorAll(".lost-cell")) if (!former.unplaced.has(item.dataset.name)) item.remove();
    const shown = new Set([...box.querySelectorAll(".lost-cell")].map(({ dataset }) => dataset.name));
    for (const [name, one] of former.unplaced) if (!shown.has(name)) box.append(listItem(name, one));
    paintPlaces();
  }

  page.on("focused", ({ path }) => {
    focused = path;
    if (former.unplaced.size) paintPlaces();
  });
  former.onChange = paint;
  paint();
}
