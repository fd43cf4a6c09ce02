// From what is typed to what is kept, and back to what is read. A text that cannot be read is kept
// as typed and marked; nothing is guessed.

import { fold, formatDate, formatNumber, nfc, parseDate, parseNumber } from "./vietnamese.js";

const SIGNS = { none_arose: "–", not_available: "…", not_applicable: "x", confidential: "bảo mật" };
const TYPED_SIGNS = new Map([
  ["-", "none_arose"], ["–", "none_arose"], ["—", "none_arose"], ["−", "none_arose"],
  ["…", "not_available"], ["...", "not_available"],
  ["x", "not_applicable"], ["X", "not_applicable"],
  ["bảo mật", "confidential"],
]);

export const isNumeric = (cell) => cell.type === "integer" || cell.type === "number";
export const signOf = (status) => SIGNS[status] || "";

const MARK = / \(mã (?:đã hết|chỉ có) hiệu lực từ [0-9]{2}\/[0-9]{2}\/[0-9]{4}\)$/;
const unmarked = (text) => text.replace(MARK, "");

/** What a choice is called; one whose code does not count in the period says so. */
export function titleOf([value, title], cell) {
  const lapse = cell.ended && cell.ended[value];
  return lapse ? `${title} (${lapse[2]})` : title;
}

/**
 * Reads a typed text. Gives {value, status}, and `problem` (with `readings` where it is one of
 * several) when the text stays as typed.
 */
export function parseCell(text, cell, convention = null) {
  const trimmed = nfc(text).trim();
  if (!trimmed) return { value: null, status: null };
  const sign = cell.type === "string" && !cell.format && !cell.choices ? undefined : TYPED_SIGNS.get(trimmed);
  if (sign) return { value: null, status: sign };
  if (cell.choices) {
    const wanted = fold(unmarked(trimmed));
    const found = cell.choices.find(([value, title]) => fold(title) === wanted || String(value) === trimmed);
    return found ? { value: found[0], status: null } : { value: trimmed, status: null, problem: "notAChoice" };
  }
  if (isNumeric(cell)) return parseNumeric(trimmed, cell, convention);
  if (cell.format === "date") {
    const read = parseDate(trimmed);
    return read.value ? { value: read.value, status: null } : { value: trimmed, status: null, problem: "notADate" };
  }
  return { value: trimmed, status: null };
}

function parseNumeric(text, cell, convention) {
  const read = parseNumber(text, cell.decimals || 0, convention);
  if (read.value !== undefined) return { value: Number(read.value), status: null };
  const problem = { ambiguous: "ambiguous", too_precise: "tooPrecise", too_long: "tooLong" }[read.unclear] || "notANumber";
  return { value: text, status: null, problem, readings: read.readings };
}

/** What a cell shows. */
export function showCell({ value, status }, cell) {
  if (value === null || value === undefined) return signOf(status);
  if (cell.choices) {
    const found = cell.choices.find(([choice]) => choice === value);
    if (found) return titleOf(found, cell);
  }
  if (isNumeric(cell) && typeof value === "number") {
    return formatNumber(value, cell.type === "number" ? cell.decimals || 0 : 0);
  }
  if (cell.format === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return formatDate(value);
  return String(value);
}

/** What a cell offers for editing: the value as one would type it. */
export function editText(held, cell) {
  if (isNumeric(cell) && typeof held.value === "number") return formatNumber(held.value);
  return showCell(held, cell);
}

/** "{count} ô" with its facts filled in. */
export const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
