// The filling page: joins the document with the grids, the fields and the server. What one does not
// need for the first figure comes after it, in filling_more.js.

import "./app.js";
import { start as startCellNote } from "./cell_note.js";
import { FillingPage } from "./filling_page.js";
import { startGrids } from "./grid_sheet.js";
import { startKeeping } from "./keeping.js";
import { start as startParts } from "./parts.js";
import { start as startRows } from "./rows.js";
import { start as startTasks } from "./tasks.js";

const byId = (id) => document.getElementById(id);

/** The reason why there is no number, for the cells that are selected. */
function startStatuses(page, sheet) {
  let focused = "";
  page.on("focused", ({ path }) => {
    focused = path;
  });
  for (const one of document.querySelectorAll("[data-status]")) {
    one.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
    one.addEventListener("click", () => {
      const grid = page.grids.find(({ active, table }) => active && active.id === focused && table.contains(active));
      const paths = grid ? grid.selection().rows.flat().filter(sheet.isTyped).map((cell) => cell.id) : [focused];
      const typed = paths.filter((path) => page.spec(path) && !page.spec(path).calculated);
      page.apply(typed.map((path) => ({ path, before: page.local.get(path), after: { value: null, status: one.dataset.status } })));
      page.paint(typed);
      const cell = byId(focused);
      if (cell) cell.focus();
    });
  }
}

/** Fields outside of tables: a change is committed, the focus told. */
function startFields(page) {
  const area = byId("sheet");
  area.addEventListener("change", ({ target }) => target.matches("[data-cell]") && page.commit([{ path: target.id, text: target.value }]));
  area.addEventListener("focusin", ({ target }) => {
    if (!target.matches("[data-cell]")) return;
    target.scrollIntoView({ block: "nearest" }); // browsers show the line of the caret; a text has more
    page.emit("focused", { path: target.id });
  });
  area.addEventListener("focusout", ({ target }) => target.matches("[data-cell]") && setTimeout(() => page.paint([target.id])));
}

/** What somebody typed on a slow line before this script had arrived. */
function takeEarlyTexts(page) {
  const typed = [...byId("sheet").querySelectorAll("input[data-cell], textarea[data-cell]")].filter((field) => field.value !== field.defaultValue);
  page.commit(typed.map(({ id, value }) => ({ path: id, text: value })));
}

/** Checking and leaving: what is typed goes to the server first. */
function startLeaving(page) {
  document.querySelector("[data-check]").addEventListener("click", async () => {
    page.findings.open(); // at once, also without a network; the server's verdict follows
    if (await page.saver.now()) await page.saver.refresh();
  });
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", async (event) => {
      if (!page.saver.unsent) return;
      event.preventDefault();
      if (await page.saver.now()) location.href = link.href;
      else if (page.saver.former.unplaced.size) page.messages.showConflicts(); // to be decided first
    });
  }
  addEventListener("beforeunload", (event) => {
    for (const grid of page.grids) grid.finish(true);
    if (document.activeElement.matches("[data-cell]")) document.activeElement.blur();
    if (page.saver.unsent && !page.saver.isLeft) event.preventDefault();
  });
}

async function start() {
  const page = new FillingPage(JSON.parse(byId("program").textContent));
  const restore = startKeeping(page);
  const sheet = startGrids(page);
  startRows(page);
  startCellNote(page);
  startTasks(page);
  startStatuses(page, sheet);
  startFields(page);
  startLeaving(page);

  await restore();
  page.recalculate();
  page.findings.checked = Boolean(location.hash);
  page.findings.set(page.program.findings);
  takeEarlyTexts(page);
  startParts(page);
  if (location.hash) page.select(decodeURIComponent(location.hash.slice(1)));
  document.documentElement.dataset.ready = "grid";
  askForMore();
  return page;
}

/** Until one can type, the line is for this script alone. */
function askForMore() {
  const { fonts, more } = document.querySelector("script[data-more]").dataset;
  const script = document.createElement("script");
  script.type = "module";
  script.src = more;
  document.head.append(script);
  if (!document.fonts) return;
  for (const address of fonts.split(" ")) {
    const [, weight] = /-(\d+)\.woff2$/.exec(address);
    document.fonts.add(new FontFace("Be Vietnam Pro", `url(${address})`, { weight, display: "swap" }));
  }
}

/** A server that was replaced meanwhile names another version of this script: one of them runs. */
function isFirst() {
  const { dataset } = document.documentElement;
  const first = !dataset.script;
  dataset.script = "runs";
  return first;
}

/** Resolves with the page once one can type; js/filling_more.js goes on from there. */
export const started = isFirst() ? start() : new Promise(() => {});
