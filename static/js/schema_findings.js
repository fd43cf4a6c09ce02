// The JSON Schema part of the verdict: what the server's validator says of typed and calculated
// values (server/core/answer_schema.py), for the keywords that our definitions may use. What is
// required is judged in demand_findings.js.

import { ROW_ID } from "./answers.js";
import { builtIn } from "./finding_words.js";
import { isMap, own, pointer } from "./values_view.js";

const ROW_NAME = /^[0-9A-Za-z_-]{1,64}$/;
const WHOLE_NUMBER = /^-?[0-9]{0,64}$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const TYPES = {
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
};
const lengthOf = (text) => Array.from(text).length;

function isDate(text) {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1] + (leap && month === 2 ? 1 : 0);
}

/** Whether a number has at most so many decimals, by its shortest decimal notation. */
function fits(number, decimals) {
  const [mantissa, exponent] = number.toExponential().split("e");
  const digits = (mantissa.split(".")[1] || "").length;
  return number === 0 || digits - Number(exponent) <= decimals;
}

/** The keywords that a value breaks, each with its limit. */
function faults(cell, value) {
  const found = [];
  const broken = (keyword, limit) => found.push([keyword, limit]);
  if (!TYPES[cell.type](value)) broken("type", cell.type);
  if (cell.choices && cell.type !== "boolean" && !cell.choices.some(([choice]) => choice === value)) broken("enum", null);
  if (typeof value === "number") {
    if (cell.min !== undefined && value < cell.min) broken("minimum", cell.min);
    if (cell.max !== undefined && value > cell.max) broken("maximum", cell.max);
    const decimals = cell.type === "number" ? cell.decimals || 0 : 0;
    if (cell.step && !fits(value, decimals)) broken("multipleOf", cell.step);
  } else if (typeof value === "string") {
    if (cell.minLength && lengthOf(value) < cell.minLength) broken("minLength", cell.minLength);
    if (cell.maxLength && value.length > cell.maxLength && lengthOf(value) > cell.maxLength) broken("maxLength", cell.maxLength);
    if (cell.pattern && !new RegExp(cell.pattern).test(value)) broken("pattern", null);
    if (cell.format === "date" && !isDate(value)) broken("format", null);
  }
  return found;
}

class Walk {
  constructor(program) {
    this.program = program;
    this.found = [];
  }

  say(keyword, path, cell = null, facts = {}) {
    this.found.push(builtIn(this.program, keyword, path, cell, facts));
  }

  cell(cell, value, path) {
    const number = typeof value === "number" ? value : null;
    for (const [keyword, limit] of faults(cell, value)) {
      const compares = keyword === "minimum" || keyword === "maximum";
      if (cell.calculated) this.say("x-calculate", path, cell, { limit, left: number });
      else this.say(keyword, path, cell, { limit, left: compares ? number : null });
    }
  }

  /** One line of cells; `named` has an _id, which no cell of the form is. */
  line(cells, held, computed, path, named = false) {
    if (named && own(held, ROW_ID)) this.name(held[ROW_ID], path + pointer(ROW_ID));
    for (const [column, cell] of Object.entries(cells)) {
      const values = cell.calculated ? computed : held;
      if (own(values, column)) this.cell(cell, values[column], `${path}/${column}`);
    }
    for (const column of Object.keys(held)) {
      if (!own(cells, column) && !(named && column === ROW_ID)) this.say("additionalProperties", path + pointer(column));
    }
  }

  name(name, path) {
    if (typeof name !== "string") {
      this.say("type", path, null, { limit: "string" });
      this.say("pattern", path);
      return;
    }
    if (!ROW_NAME.test(name)) this.say("pattern", path);
    if (WHOLE_NUMBER.test(name)) this.say("pattern", path);
  }

  block(key, block, held, rows) {
    const path = `/${key}`;
    if (block.kind === "roster") this.roster(key, block, held, rows);
    else if (held !== null && !isMap(held)) this.say("type", path, null, { limit: "object" });
    else if (block.kind === "line") this.line(block.cells, held || {}, rows[0].computed, path);
    else this.rows(key, block, held || {}, rows);
  }

  rows(key, block, held, rows) {
    const computed = new Map(rows.map((row) => [row.key, row.computed]));
    const calculated = rows.filter((row) => Object.keys(row.computed).length).map((row) => row.key);
    for (const row of new Set([...Object.keys(held), ...calculated])) {
      const path = pointer(key, row);
      const line = own(held, row) ? held[row] : {};
      if (!computed.has(row)) this.say("additionalProperties", path);
      else if (!isMap(line)) this.say("type", path, null, { limit: "object" });
      else this.line(block.kind === "fixed" ? block.lines[row] : block.cells, line, computed.get(row), path);
    }
  }

  roster(key, block, held, rows) {
    const path = `/${key}`;
    if (!Array.isArray(held)) {
      this.say("type", path, null, { limit: "array" });
      return;
    }
    if (block.minItems && held.length < block.minItems) this.say("minItems", path, null, { limit: block.minItems });
    if (held.length > block.maxItems) this.say("maxItems", path, null, { limit: block.maxItems });
    const asSeen = rows[Symbol.iterator]();
    const different = new Set();
    for (const [place, row] of held.entries()) {
      const seen = isMap(row) ? asSeen.next().value : null;
      if (!seen) this.say("type", pointer(key, place), null, { limit: "object" });
      else this.rosterLine(key, block, row, seen, place);
      if (block.uniqueItems) different.add(canonical(seen ? merged(block.cells, row, seen.computed) : row));
    }
    if (block.uniqueItems && different.size < held.length) this.say("uniqueItems", path);
  }

  rosterLine(key, block, row, { computed }, place) {
    const name = row[ROW_ID];
    const path = pointer(key, typeof name === "string" && name ? name : place);
    this.line(block.cells, row, computed, path, true);
  }
}

const merged = (cells, held, computed) => ({
  ...Object.fromEntries(Object.entries(held).filter(([key]) => !(own(cells, key) && cells[key].calculated))),
  ...computed,
});

/** A text that is the same for equal values, whatever the order of their keys. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

/** What the schema says of the answers together with what was calculated from them. */
export function schemaFindings(program, calculator, answers) {
  const walk = new Walk(program);
  for (const key of Object.keys(answers)) {
    if (!own(program.cells, key) && !own(program.blocks, key)) walk.say("additionalProperties", pointer(key));
  }
  for (const [key, cell] of Object.entries(program.cells)) {
    const values = cell.calculated ? calculator.results : answers;
    if (own(values, key)) walk.cell(cell, values[key], `/${key}`);
  }
  for (const [key, block] of Object.entries(program.blocks)) {
    const rows = calculator.view.rows[key];
    const computed = rows.some((row) => Object.keys(row.computed).length);
    if (own(answers, key)) walk.block(key, block, answers[key], rows);
    else if (computed) walk.block(key, block, null, rows);
  }
  return walk.found;
}
