// The filling page: joins the document with the grids, the fields and the server.

import "./app.js";
import { start as startAttachments } from "./attachments.js";
import { start as startBeside } from "./beside.js";
import { start as startCellNote } from "./cell_note.js";
import { start as startDeadline } from "./deadline.js";
import { FillingPage } from "./filling_page.js";
import { startGrids } from "./grid_sheet.js";
import { startKeeping } from "./keeping.js";
import { start as startParts } from "./parts.js";
import { start as startPresence } from "./presence.js";
import { start as startRecords } from "./records.js";
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
  startDeadline(page);
  startStatuses(page, sheet);
  startFields(page);
  startLeaving(page);

  await restore();
  startBeside(page);
  page.recalculate();
  page.findings.checked = Boolean(location.hash);
  page.findings.set(page.program.findings);
  takeEarlyTexts(page);
  startParts(page);
  startPresence(page);
  startAttachments(page);
  startRecords(page);
  if (location.hash) page.select(decodeURIComponent(location.hash.slice(1)));
  document.documentElement.dataset.ready = "filling";
  askForFonts();
}

/** Until one can type, the line is for the script alone. */
function askForFonts() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = document.querySelector("script[data-fonts]").dataset.fonts;
  document.head.append(sheet);
}

start();
