// The filling page: joins the document with the grids, the fields and the server.

import "./app.js";
import { editText } from "./cell_values.js";
import { start as startCellNote } from "./cell_note.js";
import { Drafts } from "./drafts.js";
import { FillingPage } from "./filling_page.js";
import { Grid } from "./grid.js";
import { start as startRows } from "./rows.js";
import { Saver } from "./saving.js";

const byId = (id) => document.getElementById(id);

/** What a grid asks of the document. */
function sheetOf(page) {
  const isTyped = (cell) => cell.classList.contains("cell-typed") || (cell.classList.contains("cell-off") && page.local.get(cell.id).value !== null);
  return {
    isTyped,
    spec: (path) => page.spec(path),
    value: (path) => page.local.get(path).value,
    show: (path) => page.show(path),
    editText: (cell) => (page.local.get(cell.id).status && page.local.get(cell.id).value === null ? page.show(cell.id) : editText(page.held(cell.id), page.spec(cell.id))),
    title: page.titleOf,
    commit: (typed, told) => page.commit(typed, told),
    clear: (cells) => page.commit(cells.filter(isTyped).map((cell) => ({ path: cell.id, text: "" }))),
    undo: () => page.undo(),
    redo: () => page.redo(),
    focused: (cell) => page.emit("focused", { path: cell.id }),
  };
}

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
  area.addEventListener("focusin", ({ target }) => target.matches("[data-cell]") && page.emit("focused", { path: target.id }));
  area.addEventListener("focusout", ({ target }) => target.matches("[data-cell]") && setTimeout(() => page.paint([target.id])));
}

/** Checking and leaving: what is typed goes to the server first. */
function startLeaving(page) {
  document.querySelector("[data-check]").addEventListener("click", async () => {
    const went = await page.saver.now();
    if (went) await page.saver.refresh();
    page.findings.open();
  });
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", async (event) => {
      if (!page.saver.unsent) return;
      event.preventDefault();
      if (await page.saver.now()) location.href = link.href;
    });
  }
  addEventListener("beforeunload", (event) => {
    for (const grid of page.grids) grid.finish(true);
    if (page.saver.unsent) event.preventDefault();
  });
}

async function start() {
  const page = new FillingPage(JSON.parse(byId("program").textContent));
  const sheet = sheetOf(page);
  for (const table of document.querySelectorAll("table[data-grid]")) page.grids.push(new Grid(table, sheet));
  startRows(page);
  startCellNote(page);
  startStatuses(page, sheet);
  startFields(page);
  startLeaving(page);

  page.drafts = await Drafts.open(page.program.account, page.program.document);
  const on = {
    answer: (body) => page.answered(body),
    clock: page.messages.clock,
    conflicts: (met) => {
      page.messages.conflicts(met, page.local, (path, their, mine) => page.decided(path, their, mine));
      page.paint([...met.keys()]);
    },
    state: (state) => {
      page.messages.state(state);
      page.paint([...document.querySelectorAll(".pending")].map((cell) => cell.id));
      page.emit("state", state);
    },
  };
  page.saver = new Saver({ program: page.program, local: page.local, base: page.base, drafts: page.drafts, on });
  const kept = await page.drafts.all();
  page.saver.restore(kept);
  page.emit("changed", { paths: kept.map(({ path }) => path) });
  page.recalculate(page.withCells(kept.map(({ path }) => path)));
  page.findings.checked = Boolean(location.hash);
  page.findings.set(page.program.findings);
  if (location.hash) page.select(decodeURIComponent(location.hash.slice(1)));
  document.documentElement.dataset.ready = "filling";
}

start();
