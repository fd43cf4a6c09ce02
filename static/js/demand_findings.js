// Which cells must have a value and have none, which have one that nobody asked for, which reasons
// contradict the answers: the twin of server/core/answer_demands.py and of the reasons' part of
// answer_schema.py.

import { ROW_ID } from "./answers.js";
import { builtIn } from "./finding_words.js";
import { isMap, own, pointer, rosterRows, tokensOf } from "./values_view.js";

const STATUSES = new Set(["none_arose", "not_available", "not_applicable", "confidential", "estimated"]);
const valueOf = (map, key) => (own(map, key) ? map[key] ?? null : null);

/** Two lines of a roster with one name could not be told apart by their paths. */
export function* duplicateRows(program, answers) {
  for (const [key, block] of Object.entries(program.blocks)) {
    if (block.kind !== "roster") continue;
    const seen = new Set();
    for (const [name] of rosterRows(valueOf(answers, key))) {
      if (seen.has(name)) yield builtIn(program, "uniqueItems", pointer(key, name), null);
      seen.add(name);
    }
  }
}

/** {cell, value} of what a pointer means; null for what the form does not have. */
function placeOf(program, path, answers) {
  const [key, ...rest] = tokensOf(path);
  if (own(program.cells, key)) return rest.length ? null : { cell: program.cells[key], value: valueOf(answers, key) };
  if (!own(program.blocks, key)) return null;
  const block = program.blocks[key];
  const held = valueOf(answers, key);
  if (!rest.length) return { cell: null, value: held };
  const row = block.kind === "line" ? null : rest.shift();
  const cells = block.kind === "fixed" ? block.lines[row] : block.cells;
  let line = null;
  if (block.kind === "roster") line = (rosterRows(held).find(([name]) => name === row) || [])[1];
  else if (isMap(held)) line = row === null ? held : valueOf(held, row);
  line = isMap(line) ? line : null;
  if (!rest.length) return { cell: null, value: line };
  if (!cells || rest.length > 1 || !own(cells, rest[0])) return null;
  return { cell: cells[rest[0]], value: line && valueOf(line, rest[0]) };
}

function hasValues(held) {
  if (isMap(held)) return Object.entries(held).some(([key, value]) => key !== ROW_ID && hasValues(value));
  return Array.isArray(held) ? held.some(hasValues) : held !== null;
}

/** Whether a whole line or block holds something beside which no reason can stand. */
const contradicts = (held) => (typeof held === "object" ? hasValues(held) : Boolean(held));

/** Reasons that contradict the answers: beside a value, or "estimated" without one. */
export function* statusFindings(program, answers, statuses) {
  for (const [path, status] of Object.entries(statuses)) {
    const place = placeOf(program, path, answers);
    if (!place) continue;
    const { cell, value } = place;
    const estimated = status === "estimated";
    const wrong = cell ? !cell.calculated && (value !== null) !== estimated : !estimated && contradicts(value);
    if (wrong || !STATUSES.has(status)) yield builtIn(program, "x-status", path, cell);
  }
}

/** Cells that are asked, required, and have neither a value nor a reason, in the order of the form. */
export function* emptyCells(program, answers, statuses, calculator) {
  for (const key of program.order) {
    const path = `/${key}`;
    if (path in statuses || calculator.off.has(path)) continue;
    const cell = program.cells[key];
    if (!cell) yield* emptyOfBlock(program, key, answers, statuses, calculator);
    else if (valueOf(answers, key) === null && !cell.calculated) {
      if (cell.required) yield builtIn(program, "required", path, cell);
      else if (cell.when !== undefined && calculator.result(cell.when) === true) yield builtIn(program, "x-required-when", path, cell);
    }
  }
}

function* emptyOfBlock(program, key, answers, statuses, calculator) {
  const block = program.blocks[key];
  const path = `/${key}`;
  const held = valueOf(answers, key);
  if (block.required && held === null && (block.kind === "codelist" || block.kind === "roster")) {
    const spoken = Object.keys(statuses).some((at) => at.startsWith(`${path}/`));
    if (!spoken) yield builtIn(program, "required", path, null);
  }
  const lines = isMap(held) ? held : {};
  const blockThere = own(answers, key) || Boolean(block.required);
  for (const row of calculator.view.rows[key]) {
    if (row.held === null || row.path in statuses || (block.ended && own(block.ended, row.key))) continue;
    // Whether JSON Schema would look at the required cells of this line, were it empty.
    let asked = true;
    if (block.kind === "line") asked = blockThere;
    if (block.kind === "fixed") asked = blockThere && (own(lines, row.key) || (block.requiredLines || []).includes(row.key));
    yield* emptyOfLine(program, key, row, statuses, calculator, asked);
  }
}

function* emptyOfLine(program, block, row, statuses, calculator, asked) {
  for (const [column, cell] of Object.entries(row.cells)) {
    if (cell.calculated || (!cell.required && cell.when === undefined) || valueOf(row.held, column) !== null) continue;
    const path = `${row.path}/${column}`;
    if (path in statuses || calculator.off.has(path)) continue;
    if (asked && cell.required) yield builtIn(program, "required", path, cell);
    else if (cell.when !== undefined && calculator.result(cell.when, block, row) === true) {
      yield builtIn(program, "x-required-when", path, cell);
    }
  }
}

/** What stands under codes that do not count in the period: the twin of server/core/answer_validity.py. */
export function* lapsedValues(program, answers, statuses) {
  for (const key of program.order) {
    const cell = program.cells[key];
    if (cell) yield* chosen(program, cell, valueOf(answers, key), `/${key}`);
    else yield* lapsedOfBlock(program, key, answers, statuses);
  }
}

function* lapsedOfBlock(program, key, answers, statuses) {
  const block = program.blocks[key];
  const ended = block.ended || {};
  const held = valueOf(answers, key);
  for (const [name, row] of linesOf(block, held)) {
    if (own(ended, name)) continue;
    const cells = block.kind === "fixed" ? block.lines[name] : block.cells;
    const path = block.kind === "line" ? `/${key}` : pointer(key, name);
    for (const [column, cell] of Object.entries(cells)) yield* chosen(program, cell, valueOf(row, column), `${path}/${column}`);
  }
  for (const [name, lapse] of Object.entries(ended)) {
    const line = isMap(held) && isMap(valueOf(held, name)) ? held[name] : {};
    const path = pointer(key, name);
    if (path in statuses) yield builtIn(program, "x-validity", path, null, { lapse });
    for (const [column, cell] of Object.entries(block.cells)) {
      const at = `${path}/${column}`;
      const typed = !cell.calculated && valueOf(line, column) !== null;
      if (typed || at in statuses) yield builtIn(program, "x-validity", at, cell, { lapse });
    }
  }
}

/** [name, line] of what the answers hold of a block; other things are passed over. */
function linesOf(block, held) {
  if (block.kind === "line") return isMap(held) ? [["", held]] : [];
  if (block.kind === "roster") return rosterRows(held);
  const known = block.kind === "fixed" ? Object.keys(block.lines) : block.rows;
  return isMap(held) ? Object.entries(held).filter(([name, row]) => isMap(row) && known.includes(name)) : [];
}

function* chosen(program, cell, value, path) {
  if (cell.ended && !cell.calculated && typeof value === "string" && own(cell.ended, value)) {
    yield builtIn(program, "x-validity", path, cell, { lapse: cell.ended[value] });
  }
}

/** Values in cells that the unit is not asked for. */
export function* unaskedValues(program, answers, calculator) {
  const { off, view } = calculator;
  if (!off.size) return;
  for (const key of Object.keys(program.cells)) {
    const path = `/${key}`;
    if (off.has(path) && !program.cells[key].calculated && valueOf(answers, key) !== null) {
      yield builtIn(program, "x-relevant", path, null);
    }
  }
  for (const rows of Object.values(view.rows)) {
    for (const row of rows) {
      if (row.held === null) continue;
      for (const [column, cell] of Object.entries(row.cells)) {
        const path = `${row.path}/${column}`;
        if (!cell.calculated && off.has(path) && valueOf(row.held, column) !== null) yield builtIn(program, "x-relevant", path, null);
      }
    }
  }
}
