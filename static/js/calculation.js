// Which cells are asked, and the calculated values, while somebody types: the twin of
// server/core/values_view.py and calculation.py. The server's verdict stays the one that counts.

import { NOT_EVALUABLE, evaluate, round } from "./expressions.js";
import { ROW_ID } from "./answers.js";

const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isNumeric = (cell) => cell.type === "integer" || cell.type === "number";

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
    values[column] = skip ? null : read(cell, held[column], status);
  }
  return { key, path, cells, values, held, computed: {} };
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
  const held = answers[key];
  const view = (row, at, cells, line) => rowView(row, at, cells, isMap(line) ? line : {}, statuses, path, withCalculated);
  if (block.kind === "line") return [view("", path, block.cells, held)];
  if (block.kind === "roster") {
    const rows = Array.isArray(held) ? held.filter(isMap) : [];
    return rows.map((row, place) => {
      const name = row[ROW_ID] || String(place);
      return view(name, `${path}/${name}`, block.cells, row);
    });
  }
  const lines = isMap(held) ? held : {};
  if (block.kind === "fixed") {
    return Object.entries(block.lines).map(([row, cells]) => view(row, `${path}/${row}`, cells, lines[row]));
  }
  const said = spoken(path, block.rows, statuses);
  const absent = {};
  for (const [column, cell] of Object.entries(block.cells)) absent[column] = isNumeric(cell) ? 0 : null;
  return block.rows.map((row) => {
    if (isMap(lines[row]) || said.has(row)) return view(row, `${path}/${row}`, block.cells, lines[row]);
    return { key: row, path: `${path}/${row}`, cells: block.cells, values: absent, held: null, computed: {} };
  });
}

function viewOf(program, answers, statuses, withCalculated = false) {
  const values = {};
  const rows = {};
  for (const [key, cell] of Object.entries(program.cells)) {
    values[key] = cell.calculated && !withCalculated ? null : read(cell, answers[key], statuses[`/${key}`]);
  }
  for (const [key, block] of Object.entries(program.blocks)) {
    rows[key] = rowsView(key, block, answers, statuses, withCalculated);
    if (block.kind === "line") values[key] = rows[key][0].values;
    else if (block.kind === "roster") values[key] = rows[key].map((row) => row.values);
    else values[key] = Object.fromEntries(rows[key].map((row) => [row.key, row.values]));
  }
  return { values, rows };
}

function settled(value, cell) {
  if (value === NOT_EVALUABLE || value === null) return null;
  if (isNumeric(cell)) return typeof value === "number" ? round(value, cell.decimals || 0) : null;
  return typeof value === (cell.type === "boolean" ? "boolean" : "string") ? value : null;
}

export class Calculator {
  constructor(program) {
    this.program = program;
    this.before = program.previous
      ? viewOf(program, program.previous, program.previousStatuses || {}, true)
      : null;
  }

  /** {computed: Map of path to value, off: Set of paths that are not asked}. */
  run(answers, statuses) {
    this.view = viewOf(this.program, answers, statuses);
    this.names = { ...this.view.values, unit: this.program.unit, period: this.program.period };
    this.off = new Set();
    this.computed = new Map();
    this.blocksOff = new Set();
    for (const step of this.program.steps) this.step(step);
    return { computed: this.computed, off: this.off };
  }

  /** What stood at a path in the previous period, null when nothing did. */
  previousAt(path) {
    if (!this.before) return null;
    let value = this.before.values;
    for (const [place, token] of path.split("/").slice(1).entries()) {
      if (Array.isArray(value) && place === 1) {
        const rows = this.before.rows[path.split("/")[1]];
        value = (rows.find((row) => row.key === token) || {}).values;
      } else value = isMap(value) ? value[token] : null;
      if (value === undefined) return null;
    }
    return typeof value === "object" ? null : value;
  }

  result(rule, block = null, row = null) {
    const previous = (path) => {
      if (path.startsWith("/")) return this.previousAt(path);
      if (!this.before || !row) return null;
      const line = this.before.rows[block].find((one) => one.key === row.key);
      return line ? line.values[path] ?? null : null;
    };
    const values = row ? { ...this.names, row: row.key, ...row.values } : this.names;
    return evaluate(rule.tree, values, previous);
  }

  step(step) {
    if (step.block === undefined) this.root(step);
    else if (step.cell === undefined) this.block(step);
    else if (!this.blocksOff.has(step.block)) this.lines(step);
  }

  root({ cell: key, relevant, calculate }) {
    if (relevant && this.result(relevant) === false) {
      this.off.add(`/${key}`);
      this.names[key] = null;
    } else if (calculate) {
      const value = settled(this.result(calculate), this.program.cells[key]);
      this.names[key] = value;
      this.computed.set(`/${key}`, value);
    }
  }

  block({ block, relevant }) {
    if (this.result(relevant) !== false) return;
    this.blocksOff.add(block);
    this.off.add(`/${block}`);
    for (const row of this.view.rows[block]) {
      for (const column of Object.keys(row.cells)) {
        this.off.add(`${row.path}/${column}`);
        row.values[column] = null;
      }
    }
  }

  lines(step) {
    const rows = this.view.rows[step.block].filter((row) => step.row === undefined || row.key === step.row);
    const { relevant, calculate, cell } = step;
    const notAsked = (row) => {
      this.off.add(`${row.path}/${cell}`);
      if (row.held !== null) row.values[cell] = null;
    };
    if (relevant && !relevant.perRow) {
      if (rows.length && this.result(relevant, step.block, rows[0]) === false) {
        rows.forEach(notAsked);
        return;
      }
    }
    for (const row of rows) {
      if (row.held === null) {
        if (calculate) this.computed.set(`${row.path}/${cell}`, null);
      } else if (relevant && relevant.perRow && this.result(relevant, step.block, row) === false) {
        notAsked(row);
      } else if (calculate) {
        const value = settled(this.result(calculate, step.block, row), row.cells[cell]);
        row.values[cell] = value;
        this.computed.set(`${row.path}/${cell}`, value);
      }
    }
  }
}
