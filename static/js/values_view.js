// The answers as expressions see them: the twin of server/core/values_view.py. "None arose" reads as
// 0, every other reason as null; a line of a code list that is absent as a whole reads 0 in its numbers.

import { ROW_ID } from "./answers.js";

export const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const isNumeric = (cell) => cell.type === "integer" || cell.type === "number";
export const own = (map, key) => Object.prototype.hasOwnProperty.call(map, key);

/** "/rows/a~1b" of its tokens. */
export const pointer = (...tokens) => tokens.map((token) => `/${String(token).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");

/** The tokens of a pointer. */
export const tokensOf = (path) => path.split("/").slice(1).map((token) => token.replace(/~1/g, "/").replace(/~0/g, "~"));

/** A typed value as expressions see it; of the wrong type, it is no value. */
function read(cell, raw, status) {
  if (status && status !== "estimated") return status === "none_arose" && isNumeric(cell) ? 0 : null;
  if (isNumeric(cell)) return typeof raw === "number" && Number.isFinite(raw) ? raw : null;
  if (cell.type === "string") return typeof raw === "string" ? raw : null;
  return typeof raw === "boolean" ? raw : null;
}

function rowView(key, path, cells, held, statuses, block, withCalculated) {
  const values = {};
  const whole = statuses[path] || statuses[block];
  for (const [column, cell] of Object.entries(cells)) {
    const skip = cell.calculated && !withCalculated;
    const status = statuses[`${path}/${column}`] || whole;
    values[column] = skip ? null : read(cell, own(held, column) ? held[column] : null, status);
  }
  return { key, path, cells, values, held, computed: {} };
}

/** The lines of a roster as the answers hold them: [name, line]; what is no line is passed over. */
export function rosterRows(held) {
  if (!Array.isArray(held)) return [];
  const found = held.map((row, place) => {
    const name = isMap(row) ? row[ROW_ID] : null;
    return [typeof name === "string" && name ? name : String(place), row];
  });
  return found.filter(([, row]) => isMap(row));
}

// Rows of a code list that are absent but for reasons: no longer "none arose" by themselves.
function spoken(path, rows, statuses) {
  const found = new Set();
  for (const [at, status] of Object.entries(statuses)) {
    if (at === path && status !== "none_arose") rows.forEach((row) => found.add(row));
    if (!at.startsWith(`${path}/`)) continue;
    const [row, column] = at.slice(path.length + 1).split("/");
    if (column || status !== "none_arose") found.add(row);
  }
  return found;
}

function rowsView(key, block, answers, statuses, withCalculated) {
  const path = `/${key}`;
  const held = own(answers, key) ? answers[key] : null;
  const view = (row, at, cells, line) => rowView(row, at, cells, isMap(line) ? line : {}, statuses, path, withCalculated);
  if (block.kind === "line") return [view("", path, block.cells, held)];
  if (block.kind === "roster") {
    return rosterRows(held).map(([name, row]) => view(name, path + pointer(name), block.cells, row));
  }
  const lines = isMap(held) ? held : {};
  if (block.kind === "fixed") {
    return Object.entries(block.lines).map(([row, cells]) => view(row, `${path}/${row}`, cells, own(lines, row) ? lines[row] : null));
  }
  const said = spoken(path, block.rows, statuses);
  const absent = {};
  for (const [column, cell] of Object.entries(block.cells)) absent[column] = isNumeric(cell) ? 0 : null;
  return block.rows.map((row) => {
    const line = own(lines, row) ? lines[row] : null;
    if (isMap(line) || said.has(row)) return view(row, `${path}/${row}`, block.cells, line);
    return { key: row, path: `${path}/${row}`, cells: block.cells, values: absent, held: null, computed: {} };
  });
}

/** {values: by root name, rows: the lines of each block}; calculated values only when asked for. */
export function viewOf(program, answers, statuses, withCalculated = false) {
  const values = {};
  const rows = {};
  for (const [key, cell] of Object.entries(program.cells)) {
    const raw = own(answers, key) ? answers[key] : null;
    values[key] = cell.calculated && !withCalculated ? null : read(cell, raw, statuses[`/${key}`]);
  }
  for (const [key, block] of Object.entries(program.blocks)) {
    rows[key] = rowsView(key, block, answers, statuses, withCalculated);
    if (block.kind === "line") values[key] = rows[key][0].values;
    else if (block.kind === "roster") values[key] = rows[key].map((row) => row.values);
    else values[key] = Object.fromEntries(rows[key].map((row) => [row.key, row.values]));
  }
  return { values, rows };
}

/** An earlier report, read by pointer, or from a line by the name of a cell of that line. */
export class Past {
  constructor(view) {
    this.view = view;
    this.lines = new Map();
  }

  /** The same line of that report. */
  row(block, key) {
    if (!this.lines.has(block)) this.lines.set(block, new Map(this.view.rows[block].map((row) => [row.key, row])));
    return this.lines.get(block).get(key) || null;
  }

  /** What stands at a path: a cell, a line or a block; null when nothing does. */
  at(path) {
    let value = this.view.values;
    for (const token of tokensOf(path)) value = isMap(value) && own(value, token) ? value[token] : null;
    return value;
  }

  read(path, block, row) {
    if (path.startsWith("/")) return this.at(path);
    const line = row ? this.row(block, row.key) : null;
    return line && own(line.values, path) ? line.values[path] : null;
  }
}
