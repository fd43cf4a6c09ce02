// The filling page: joins the grids and fields with the figures, the formulas and the server.

import { Answers, same } from "./answers.js";
import { Calculator } from "./calculation.js";
import { editText, fill, isNumeric, parseCell, showCell, signOf } from "./cell_values.js";
import { Drafts } from "./drafts.js";
import { Findings } from "./findings.js";
import { Grid } from "./grid.js";
import { Messages } from "./messages.js";
import { Saver } from "./saving.js";

const STEPS = 200;
const program = JSON.parse(document.getElementById("program").textContent);
const { texts } = program;
const local = new Answers(program);
const base = new Answers(program);
const calculator = new Calculator(program);
const byId = (id) => document.getElementById(id);
const grids = [];
const past = [];
const future = [];
let computed = new Map();
let off = new Set();
let saver = null;

const titleOf = (path) => {
  const cell = byId(path);
  if (!cell) return path;
  // The label's own words, without the remark that the field may stay empty.
  if (cell.tagName !== "TD") return document.querySelector(`label[for="${CSS.escape(path)}"]`).firstChild.textContent.trim();
  const row = cell.parentElement.querySelector(".row-title").textContent;
  return `${/^\d+$/.test(row) ? fill(texts.row, { number: row }) : row}, ${cell.dataset.label}`;
};
const findings = new Findings(texts, titleOf, isBegun);
const messages = new Messages(program, titleOf);

/** Whether somebody has typed at one of these places: before that, a rule about them is no news. */
function isBegun(paths) {
  return paths.some((path) => {
    const row = path.slice(0, path.lastIndexOf("/"));
    const cells = row ? [...document.querySelectorAll(`[data-row="${CSS.escape(row)}"] .cell-typed`)].map((cell) => cell.id) : [path];
    return cells.some((cell) => local.get(cell).value !== null || local.get(cell).status);
  });
}

// ---- showing -------------------------------------------------------------------------------

function held(path) {
  if (computed.has(path)) return { value: computed.get(path), status: null };
  const own = local.get(path);
  return own.value === null && !own.status ? { value: null, status: local.statusAt(path) } : own;
}

function show(path) {
  if (off.has(path) && local.get(path).value === null) return signOf("not_applicable");
  return showCell(held(path), local.spec(path));
}

function paint(paths) {
  for (const path of paths) {
    const cell = byId(path);
    if (!cell || !local.spec(path)) continue;
    const shown = show(path);
    if (cell.tagName === "TD") {
      if (!cell.classList.contains("editing") && cell.textContent !== shown) cell.textContent = shown;
      const asked = !off.has(path);
      const calculated = Boolean(local.spec(path).calculated);
      cell.classList.toggle("cell-off", !asked);
      cell.classList.toggle("cell-typed", asked && !calculated);
      cell.classList.toggle("cell-computed", asked && calculated);
      if (asked && !calculated) cell.removeAttribute("aria-readonly");
      else cell.setAttribute("aria-readonly", "true");
    } else if (cell.tagName === "OUTPUT") cell.textContent = shown;
    else if (cell !== document.activeElement) cell.value = cell.tagName === "SELECT" ? String(local.get(path).value ?? "") : shown;
    const field = document.querySelector(`[data-field="${CSS.escape(path)}"]`);
    if (field) field.hidden = off.has(path) && local.get(path).value === null;
    cell.classList.toggle("sign", Boolean(held(path).status) && held(path).value === null);
    cell.classList.toggle("pending", Boolean(saver) && saver.queue.has(path));
    cell.classList.toggle("conflict", Boolean(saver) && saver.conflicts.has(path));
  }
}

function recalculate(changed = []) {
  const before = computed;
  const wasOff = off;
  ({ computed, off } = calculator.run(local.answers, local.statuses));
  const paths = new Set(changed);
  for (const [path, value] of computed) if (before.get(path) !== value) paths.add(path);
  for (const path of off) if (!wasOff.has(path)) paths.add(path);
  for (const path of wasOff) if (!off.has(path)) paths.add(path);
  paint(paths);
  countUnfilled();
}

function countUnfilled() {
  for (const note of document.querySelectorAll("[data-unfilled]")) {
    const rows = [...document.querySelectorAll(`[data-grid="${note.dataset.unfilled}"] tbody tr`)];
    const filled = (row) => [...row.querySelectorAll(".cell-typed")].some((cell) => cell.textContent !== "");
    const empty = rows.filter((row) => row.querySelector(".code") && !row.classList.contains("total") && !filled(row)).length;
    note.textContent = note.textContent.replace(/\d+/, empty);
    note.hidden = empty === 0;
  }
}

// ---- changing ------------------------------------------------------------------------------

function unreadable({ problem, readings, value }, cell) {
  const facts = { text: value, decimals: cell.decimals || 0, readings: (readings || []).map((one) => one.replace(".", ",")).join(` ${texts.or} `) };
  return fill(texts[problem], facts);
}

/** Read texts into cells: one step for undo, one calculation, one save. */
function commit(typed, told = null) {
  const step = [];
  const asked = [];
  for (const { path, text, convention } of typed) {
    const spec = local.spec(path);
    const read = parseCell(text, spec, convention);
    findings.note(path, read.problem ? unreadable(read, spec) : null);
    if (read.problem === "ambiguous") asked.push({ path, text });
    step.push({ path, before: local.get(path), after: { value: read.value, status: read.status } });
  }
  apply(step, true);
  if (asked.length) {
    const reread = (convention) => commit(asked.map((cell) => ({ ...cell, convention })));
    messages.ask(asked[0].text, local.spec(asked[0].path), reread);
  }
  if (told) messages.pasted(told, step.length);
}

function apply(step, forward, remember = true) {
  const changed = step.filter(({ before, after }) => !same(before, after));
  for (const { path, before, after } of changed) {
    local.set(path, forward ? after : before);
    if (!forward || after.status) findings.note(path, null);
    syncRow(path);
  }
  if (remember && changed.length) {
    past.push(changed);
    if (past.length > STEPS) past.shift();
    future.length = 0;
  }
  const paths = changed.map(({ path }) => path);
  if (paths.length && saver) saver.touch(paths);
  recalculate(withCells(paths.length ? paths : step.map(({ path }) => path)));
  findings.paint();
  note();
}

/** A changed row means all of its cells. */
function withCells(paths) {
  return paths.flatMap((path) => (local.spec(path) ? [path] : [...document.querySelectorAll(`[data-row="${CSS.escape(path)}"] td.cell`)].map((cell) => cell.id)));
}

function undo(from, to, forward) {
  const step = from.pop();
  if (!step) return;
  to.push(step);
  apply(forward ? step : [...step].reverse(), forward, false);
}

// ---- rows ----------------------------------------------------------------------------------

function gridOf(key) {
  return grids.find(({ table }) => table.dataset.grid === key);
}

function addRow(key, path) {
  const template = document.querySelector(`template[data-blank="${key}"]`);
  const row = template.content.firstElementChild.cloneNode(true);
  const old = row.dataset.row;
  row.dataset.row = path;
  for (const cell of row.querySelectorAll("[id]")) cell.id = cell.id.replace(old, path);
  row.querySelector("[data-remove]").dataset.remove = path;
  gridOf(key).table.tBodies[0].append(row);
  number(key);
  return row;
}

function number(key) {
  const { table } = gridOf(key);
  const heads = table.tHead.rows.length;
  [...table.tBodies[0].rows].forEach((row, place) => {
    row.setAttribute("aria-rowindex", place + heads + 1);
    const title = row.querySelector(".row-title");
    if (row.querySelector("[data-remove]")) title.textContent = place + 1;
  });
  table.setAttribute("aria-rowcount", table.tBodies[0].rows.length + heads);
  gridOf(key).setUp();
}

/** Keep the lines on the page in step with the roster, e.g. after undo or another's change. */
function syncRow(path) {
  const [block, row] = path.split("/").slice(1);
  if (!program.blocks[block] || program.blocks[block].kind !== "roster") return;
  const at = `/${block}/${row}`;
  const shown = document.querySelector(`[data-row="${CSS.escape(at)}"]`);
  const key = [...document.querySelectorAll("template[data-blank]")].find((one) => one.content.querySelector(`[data-row^="/${block}/"]`)).dataset.blank;
  const there = local.rowsOf(block).includes(row);
  if (there && !shown) paint([...addRow(key, at).querySelectorAll("td.cell")].map((cell) => cell.id));
  else if (!there && shown && path === at) {
    shown.remove();
    number(key);
  }
}

function removeRow(path) {
  const before = local.get(path);
  if (before.value === null) {
    const row = document.querySelector(`[data-row="${CSS.escape(path)}"]`);
    const key = row.closest("table").dataset.grid;
    row.remove();
    number(key);
    return;
  }
  apply([{ path, before, after: { value: null, status: null } }], true);
  byId("cell-note").textContent = texts.rowRemoved;
}

// ---- the server's answers ------------------------------------------------------------------

function answered(body) {
  const theirs = new Answers(program, body.answers, body.statuses);
  const foreign = base.differences(theirs).filter((path) => !saver.queue.has(path) && !saver.conflicts.has(path));
  for (const path of foreign) {
    if (!local.spec(path) && theirs.get(path).value !== null) continue; // its cells follow one by one
    base.set(path, theirs.get(path));
    local.set(path, theirs.get(path));
    syncRow(path);
  }
  recalculate(withCells(foreign));
  paint([...document.querySelectorAll(".pending, .conflict")].map((cell) => cell.id));
  findings.set(body.findings);
  note();
}

function decided(path, their, mine) {
  base.set(path, their);
  if (!mine) local.set(path, their);
  saver.touch([path]);
  recalculate([path]);
}

// ---- beside the cell -----------------------------------------------------------------------

let noted = "";
function note(path = noted) {
  noted = path;
  const cell = byId(path);
  const line = byId("cell-note");
  line.replaceChildren();
  if (!cell || !local.spec(path)) return;
  const spec = local.spec(path);
  const said = [];
  const number = cell.tagName === "TD" && cell.closest("table").querySelector(`[data-number="${path.split("/").pop()}"]`);
  if (off.has(path)) said.push(texts.notAsked);
  else if (spec.calculated) said.push(texts.calculated);
  if (spec.calculated && number && number.textContent.includes("=")) said.push(fill(texts.formula, { formula: number.textContent }));
  const { value, status } = held(path);
  if (value === null && status && !off.has(path)) said.push(texts[status]);
  const before = calculator.previousAt(path);
  if (before !== null && isNumeric(spec)) said.push(fill(texts.before, { value: showCell({ value: before }, spec) }));
  const title = document.createElement("strong");
  title.textContent = `${titleOf(path)}. `;
  line.append(title, said.join(" "));
  for (const finding of findings.textsAt(path)) line.append(" ", findings.sentence(finding, "span"));
}

// ---- start ---------------------------------------------------------------------------------

const sheet = {
  spec: (path) => local.spec(path),
  value: (path) => local.get(path).value,
  isTyped: (cell) => cell.classList.contains("cell-typed") || (cell.classList.contains("cell-off") && local.get(cell.id).value !== null),
  show,
  editText: (cell) => (local.get(cell.id).status && local.get(cell.id).value === null ? show(cell.id) : editText(held(cell.id), local.spec(cell.id))),
  title: titleOf,
  commit,
  clear: (cells) => commit(cells.filter(sheet.isTyped).map((cell) => ({ path: cell.id, text: "" }))),
  undo: () => undo(past, future, false),
  redo: () => undo(future, past, true),
  focused: (cell) => note(cell.id),
};

function setStatus(status) {
  const grid = grids.find(({ active, table }) => active && active.id === noted && table.contains(active));
  const paths = grid ? grid.selection().rows.flat().filter(sheet.isTyped).map((cell) => cell.id) : [noted];
  const typed = paths.filter((path) => local.spec(path) && !local.spec(path).calculated);
  const step = typed.map((path) => ({ path, before: local.get(path), after: { value: null, status } }));
  apply(step, true);
  paint(typed);
  const cell = byId(noted);
  if (cell) cell.focus();
}

function listen() {
  for (const table of document.querySelectorAll("table[data-grid]")) grids.push(new Grid(table, sheet));
  byId("sheet").addEventListener("change", ({ target }) => target.matches("[data-cell]") && commit([{ path: target.id, text: target.value }]));
  byId("sheet").addEventListener("focusin", ({ target }) => target.matches("[data-cell]") && note(target.id));
  byId("sheet").addEventListener("focusout", ({ target }) => target.matches("[data-cell]") && setTimeout(() => paint([target.id])));
  byId("sheet").addEventListener("click", ({ target }) => {
    const remove = target.closest("[data-remove]");
    if (remove) removeRow(remove.dataset.remove);
    const add = target.closest("[data-add-line]");
    if (add) {
      const name = `r${[...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(36).padStart(2, "0")).join("")}`;
      const row = addRow(add.dataset.addLine, `${add.dataset.block}/${name}`);
      paint([...row.querySelectorAll("td.cell")].map((cell) => cell.id));
      row.querySelector("td.cell-typed").focus();
    }
  });
  for (const select of document.querySelectorAll("[data-add]")) {
    select.addEventListener("change", () => {
      const row = document.querySelector(`[data-row="${CSS.escape(select.value)}"]`);
      if (!row) return;
      row.hidden = false;
      select.selectedOptions[0].remove();
      select.value = "";
      gridOf(select.dataset.add).setUp();
      row.querySelector("td.cell-typed").focus();
    });
  }
  for (const one of document.querySelectorAll("[data-status]")) {
    one.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
    one.addEventListener("click", () => setStatus(one.dataset.status));
  }
  document.querySelector("[data-check]").addEventListener("click", async () => {
    const went = await saver.now();
    if (went) await saver.refresh();
    findings.open();
  });
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", async (event) => {
      if (!saver.unsent) return;
      event.preventDefault();
      if (await saver.now()) location.href = link.href;
    });
  }
  addEventListener("beforeunload", (event) => {
    for (const grid of grids) grid.finish(true);
    if (saver.unsent) event.preventDefault();
  });
}

async function start() {
  listen();
  const drafts = await Drafts.open(program.account, program.document);
  const on = {
    answer: answered,
    clock: messages.clock,
    conflicts: (met) => {
      messages.conflicts(met, local, decided);
      paint([...met.keys()]);
    },
    state: (state) => {
      messages.state(state);
      paint([...document.querySelectorAll(".pending")].map((cell) => cell.id));
    },
  };
  saver = new Saver({ program, local, base, drafts, on });
  const kept = await drafts.all();
  saver.restore(kept);
  recalculate(withCells(kept.map(({ path }) => path)));
  findings.checked = Boolean(location.hash);
  findings.set(program.findings);
  const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
  if (target) {
    const row = target.closest("tr");
    if (row) row.hidden = false;
    target.focus();
    target.scrollIntoView({ block: "center", inline: "center" });
  }
  document.documentElement.dataset.ready = "filling";
}

start();
