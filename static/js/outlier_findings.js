// Typed figures that stand far from the unit's own history: the twin of server/core/outlier.py and
// unusual_cells.py, which say where the measure comes from. Asked once, never blocking.

import { round } from "./expressions.js";
import { finding } from "./finding_words.js";
import { isNumeric, own } from "./values_view.js";
import { formatNumber } from "./vietnamese.js";

const CODE = "outlier";
const MEDIAN_SCALE = 0.6745;
const MEAN_SCALE = 1.2533;
const LEAST_SHARE = 0.05;
const LEAST_DISTANCE = 5;
const CONSTANT_SHARE = 0.2;
const SHOWN_DECIMALS = 9;

const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

function median(ordered) {
  const half = Math.floor(ordered.length / 2);
  return ordered.length % 2 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
}

/** What a history says: its median, ends, and how far from it a number may lie. */
function summary(history) {
  const ordered = ascending(history);
  const middle = median(ordered);
  const distances = ascending(ordered.map((earlier) => Math.abs(earlier - middle)));
  const mean = distances.reduce((sum, one) => sum + one, 0) / distances.length;
  return { middle, lowest: ordered[0], highest: ordered[ordered.length - 1], spread: median(distances), mean };
}

function isFar(value, { middle, spread, mean }, limit) {
  const distance = Math.abs(value - middle);
  if (distance <= LEAST_DISTANCE || distance <= LEAST_SHARE * Math.abs(middle)) return false;
  if (spread > 0) return (MEDIAN_SCALE * distance) / spread > limit;
  if (mean > 0) return distance / (mean * MEAN_SCALE) > limit;
  return distance > CONSTANT_SHARE * Math.abs(middle);
}

/** Each typed cell that holds a number, in the order of the form. */
function* numbers(program, view, names) {
  for (const key of program.order) {
    const cell = program.cells[key];
    if (cell) {
      if (isNumeric(cell) && !cell.calculated && typeof names[key] === "number") yield [`/${key}`, names[key]];
      continue;
    }
    for (const row of view.rows[key]) {
      for (const column of row.held === null ? [] : Object.keys(row.held)) {
        const found = own(row.cells, column) ? row.cells[column] : null;
        if (!found || !isNumeric(found) || found.calculated) continue;
        if (typeof row.values[column] === "number") yield [`${row.path}/${column}`, row.values[column]];
      }
    }
  }
}

export class Outliers {
  constructor(program) {
    this.program = program;
    this.known = new Map(); // what each cell's history says, found out once
  }

  usual(path) {
    if (!this.known.has(path)) {
      const history = own(this.program.history, path) ? this.program.history[path] : [];
      const enough = history.length >= Math.max(this.program.outliers.least, 1);
      this.known.set(path, enough ? summary(history) : null);
    }
    return this.known.get(path);
  }

  /** One question per number that stands out. */
  *findings(calculator) {
    const { outliers, history, question } = this.program;
    if (!outliers || !history) return;
    for (const [path, value] of numbers(this.program, calculator.view, calculator.names)) {
      if (calculator.off.has(path)) continue;
      const usual = this.usual(path);
      if (!usual || !isFar(value, usual, outliers.limit)) continue;
      const facts = { value, median: usual.middle, lowest: usual.lowest, highest: usual.highest };
      const shown = (whole, name) => formatNumber(round(facts[name], SHOWN_DECIMALS));
      const words = [question[0].replace(/\{(value|median|lowest|highest)\}/g, shown), question[1], question[2]];
      yield finding(CODE, "info", [path], words, round(value, SHOWN_DECIMALS), round(usual.middle, SHOWN_DECIMALS));
    }
  }
}
