// Which cells are asked, and the calculated values, while somebody types: the twin of
// server/core/calculation.py. The server's verdict stays the one that counts.

import { NOT_EVALUABLE, evaluate, round } from "./expressions.js";
import { Past, isMap, isNumeric, tokensOf, viewOf } from "./values_view.js";

function settled(value, cell) {
  if (value === NOT_EVALUABLE || value === null) return null;
  if (isNumeric(cell)) return typeof value === "number" ? round(value, cell.decimals || 0) : null;
  return typeof value === (cell.type === "boolean" ? "boolean" : "string") ? value : null;
}

const pastOf = (program, answers, statuses) => (answers ? new Past(viewOf(program, answers, statuses || {}, true)) : null);

export class Calculator {
  constructor(program) {
    this.program = program;
    this.before = pastOf(program, program.previous, program.previousStatuses);
    this.lastYear =
      program.lastYear === "previous" ? this.before : pastOf(program, program.lastYear, program.lastYearStatuses);
    this.other = (form, path) => ((program.others || {})[form] || {})[path] ?? null;
  }

  /** {computed: Map of path to value, off: Set of paths that are not asked}. */
  run(answers, statuses) {
    this.view = viewOf(this.program, answers, statuses);
    this.names = { ...this.view.values, unit: this.program.unit, period: this.program.period, row: null };
    this.off = new Set();
    this.computed = new Map();
    this.results = {};
    this.blocksOff = new Set();
    for (const step of this.program.steps) this.step(step);
    return { computed: this.computed, off: this.off };
  }

  /** What stood at a path in the previous period, null when nothing did. */
  previousAt(path) {
    if (!this.before) return null;
    const [block, row, column] = tokensOf(path);
    if (row !== undefined && Array.isArray(this.before.view.values[block])) {
      const line = this.before.row(block, row);
      return (line && line.values[column]) ?? null;
    }
    const value = this.before.at(path);
    return isMap(value) || Array.isArray(value) ? null : value;
  }

  /** What a tree says, on a line when one is given. */
  result(tree, block = null, row = null) {
    const { before, lastYear, names } = this;
    names.row = row ? row.key : null;
    return evaluate(tree, row ? row.values : names, {
      previous: before && ((path) => before.read(path, block, row)),
      lastYear: lastYear && ((path) => lastYear.read(path, block, row)),
      other: this.other,
      outer: names,
    });
  }

  /** Whether a line of an earlier report held anything. */
  hasPast(block, key) {
    return [this.before, this.lastYear].some((past) => {
      const row = past && past.row(block, key);
      return Boolean(row) && row.held !== null;
    });
  }

  step(step) {
    if (step.block === undefined) this.root(step);
    else if (step.cell === undefined) this.block(step);
    else if (!this.blocksOff.has(step.block)) this.lines(step);
  }

  root({ cell: key, relevant, calculate }) {
    if (relevant && this.result(relevant.tree) === false) {
      this.off.add(`/${key}`);
      this.names[key] = null;
    } else if (calculate) {
      const value = settled(this.result(calculate.tree), this.program.cells[key]);
      this.names[key] = value;
      if (value !== null) this.results[key] = value;
      this.computed.set(`/${key}`, value);
    }
  }

  block({ block, relevant }) {
    if (this.result(relevant.tree) !== false) return;
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
      if (rows.length && this.result(relevant.tree, step.block, rows[0]) === false) {
        rows.forEach(notAsked);
        return;
      }
    }
    for (const row of rows) {
      if (row.held === null) {
        if (calculate) this.computed.set(`${row.path}/${cell}`, null);
      } else if (relevant && relevant.perRow && this.result(relevant.tree, step.block, row) === false) {
        notAsked(row);
      } else if (calculate) {
        const value = settled(this.result(calculate.tree, step.block, row), row.cells[cell]);
        row.values[cell] = value;
        if (value !== null) row.computed[cell] = value;
        this.computed.set(`${row.path}/${cell}`, value);
      }
    }
  }
}
