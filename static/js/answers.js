// The figures of one document while they are typed: values, reasons where there is none, rows.
// Paths are JSON Pointers, as on the server (server/core/answer_paths.py); a row of a roster is
// addressed by its _id.

export const ROW_ID = "_id";

const parts = (path) => path.split("/").slice(1);
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const copy = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** Equality of what two cells hold: {value, status}. */
export const same = (a, b) => a.status === b.status && JSON.stringify(a.value) === JSON.stringify(b.value);

export class Answers {
  constructor(program, answers = program.answers, statuses = program.statuses) {
    this.cells = program.cells;
    this.blocks = program.blocks;
    this.answers = copy(answers) || {};
    this.statuses = { ...statuses };
  }

  /** How a cell looks (type, decimals, choices …), null for what is no cell of the form. */
  spec(path) {
    const [first, second, third] = parts(path);
    if (second === undefined) return this.cells[first] || null;
    const block = this.blocks[first];
    if (!block) return null;
    if (block.kind === "line") return block.cells[second] || null;
    const line = block.kind === "fixed" ? block.lines[second] : block.cells;
    return (line && third && line[third]) || null;
  }

  /** {value, status}: null where there is none. */
  get(path) {
    const [first, ...rest] = parts(path);
    let held = this.answers[first];
    for (const key of rest) {
      if (Array.isArray(held)) held = held.find((row) => row[ROW_ID] === key);
      else held = isMap(held) ? held[key] : undefined;
    }
    return { value: held === undefined ? null : held, status: this.statuses[path] || null };
  }

  /** The reason at the cell, at its row or at its block. */
  statusAt(path) {
    for (let at = path; at; at = at.slice(0, at.lastIndexOf("/"))) {
      if (this.statuses[at]) return this.statuses[at];
    }
    return null;
  }

  set(path, { value, status }) {
    const keys = parts(path);
    for (let at = path.slice(0, path.lastIndexOf("/")); at; at = at.slice(0, at.lastIndexOf("/"))) {
      delete this.statuses[at];
    }
    if (status) this.statuses[path] = status;
    else delete this.statuses[path];
    const block = this.blocks[keys[0]];
    if (!block) this.put(this.answers, keys[0], value);
    else if (block.kind === "roster") this.setInRoster(keys, value);
    else this.setInMap(keys, value);
  }

  setInMap(keys, value) {
    let held = this.answers;
    for (const key of keys.slice(0, -1)) {
      if (!isMap(held[key])) {
        if (value === null) return;
        held[key] = {};
      }
      held = held[key];
    }
    this.put(held, keys[keys.length - 1], value);
  }

  setInRoster([block, row, column], value) {
    const rows = Array.isArray(this.answers[block]) ? this.answers[block] : [];
    let place = rows.findIndex((one) => one[ROW_ID] === row);
    if (column === undefined) {
      if (value === null) rows.splice(place, place < 0 ? 0 : 1);
      else if (place < 0) rows.push({ ...copy(value), [ROW_ID]: row });
      else rows[place] = { ...copy(value), [ROW_ID]: row };
    } else {
      if (place < 0 && value !== null) place = rows.push({ [ROW_ID]: row }) - 1;
      if (place >= 0) this.put(rows[place], column, value);
    }
    if (rows.length) this.answers[block] = rows;
    else delete this.answers[block];
  }

  put(container, key, value) {
    if (value === null || value === undefined) delete container[key];
    else container[key] = copy(value);
  }

  /** The rows of a roster, by _id. */
  rowsOf(block) {
    const held = this.answers[block];
    return Array.isArray(held) ? held.map((row) => row[ROW_ID]) : [];
  }

  /** Every path at which two documents differ: cells, and rows that only one of them has. */
  differences(other) {
    const mine = this.listed();
    const theirs = other.listed();
    const paths = new Set([...mine.keys(), ...theirs.keys()]);
    return [...paths].filter((path) => mine.get(path) !== theirs.get(path));
  }

  listed() {
    const found = new Map();
    const note = (path, value) => {
      if (isMap(value)) Object.entries(value).forEach(([key, part]) => key !== ROW_ID && note(`${path}/${key}`, part));
      else if (Array.isArray(value)) {
        for (const row of value) {
          found.set(`${path}/${row[ROW_ID]}`, "row");
          note(`${path}/${row[ROW_ID]}`, row);
        }
      } else if (value !== null) found.set(path, JSON.stringify(value));
    };
    note("", this.answers);
    for (const [path, status] of Object.entries(this.statuses)) found.set(path, `${found.get(path) || ""}|${status}`);
    return found;
  }
}
