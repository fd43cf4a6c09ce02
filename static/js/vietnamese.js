// Vietnamese numbers, dates and search keys in the browser: the twin of
// server/core/vietnamese.py and vietnamese_numbers.py. Both must give the same verdict on the
// tables in tests/core; a change here is a change there. No Intl: its data differs by browser.

const MAX_DIGITS = 15;
const MAX_CHARACTERS = 60;

const OUTER_SPACES = /^[ \t\r\n\u00a0\u2009\u202f]+|[ \t\r\n\u00a0\u2009\u202f]+$/g;
const GROUPED_BY_SPACE = "[1-9][0-9]{0,2}(?:[ \\u00a0\\u2009\\u202f][0-9]{3})+";
const integer = (group) => `[0-9]+|[1-9][0-9]{0,2}(?:${group}[0-9]{3})+|${GROUPED_BY_SPACE}`;
const GRAMMARS = [
  ["vi", new RegExp(`^(${integer("[.]")})(?:,([0-9]+))?$`)],
  ["en", new RegExp(`^(${integer(",")})(?:[.]([0-9]+))?$`)],
];

const DAY_MONTH_YEAR = /^([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})$/;
const EIGHT_DIGITS = /^([0-9]{2})([0-9]{2})([0-9]{4})$/;
const YEAR_FIRST = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

const SPACES = /[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const INVISIBLE = /[\u00ad\u200b\u200c\u200d\u2060\ufeff]/g;
const FINAL_Y = /(^|[^a-z])([bcdghklmnprstvx]+|qu)y(?![a-z])/g;
const TONES = /[\u0300\u0309\u0303\u0301\u0323]/g;
const WORD = /[a-zđ\u0300\u0309\u0303\u0301\u0323\u0302\u0306\u031b]+/g;

const trim = (text) => text.replace(OUTER_SPACES, "");
const pad = (number, width) => String(number).padStart(width, "0");
const stripEndZeros = (digits) => digits.replace(/0+$/, "");
const significant = (canonical) => canonical.replace(/[-.]/g, "").replace(/^0+/, "").length;
const decimalsOf = (canonical) => (canonical.split(".")[1] || "").length;

function canonical(minus, whole, fraction) {
  const digits = whole.replace(/[^0-9]/g, "").replace(/^0+/, "") || "0";
  const decimals = stripEndZeros(fraction);
  const number = decimals ? `${digits}.${decimals}` : digits;
  return minus && number !== "0" ? `-${number}` : number;
}

/**
 * Reads a number for a field with so many decimals. Returns {value: "1234.5"}, or
 * {unclear, readings} with unclear = ambiguous | not_a_number | too_precise | too_long.
 * `convention` ("vi" or "en") is the user's answer to an ambiguous block.
 */
export function parseNumber(text, decimals = 0, convention = null) {
  const trimmed = trim(text);
  if (Array.from(trimmed).length > MAX_CHARACTERS) return { unclear: "too_long", readings: [] };
  const minus = trimmed.startsWith("-") || trimmed.startsWith("−");
  const unsigned = minus || trimmed.startsWith("+") ? trimmed.slice(1) : trimmed;
  const found = new Map();
  for (const [name, grammar] of GRAMMARS) {
    const match = convention === null || convention === name ? grammar.exec(unsigned) : null;
    if (match) found.set(name, canonical(minus, match[1], match[2] || ""));
  }
  if (found.size === 0) return { unclear: "not_a_number", readings: [] };
  if ([...found.values()].some((reading) => significant(reading) > MAX_DIGITS)) {
    return { unclear: "too_long", readings: [] };
  }
  const vietnamese = found.get("vi");
  const wholeGroup =
    decimals === 0 && unsigned.includes(".") && vietnamese !== undefined && !vietnamese.includes(".");
  const readings = wholeGroup ? [vietnamese] : [...new Set(found.values())];
  if (readings.length > 1) return { unclear: "ambiguous", readings };
  if (decimalsOf(readings[0]) > decimals) return { unclear: "too_precise", readings };
  if (vietnamese === undefined && convention === null) return { unclear: "ambiguous", readings };
  return { value: readings[0] };
}

// Writes a number, or a decimal text such as "1234.5" or "1e-7", without an exponent.
function written(value) {
  const match = /^([-+]?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?$/.exec(String(value));
  if (!match) throw new RangeError(`not a finite number: ${value}`);
  const fraction = match[3] || "";
  const point = match[2].length + Number(match[4] || 0);
  let digits = match[2] + fraction;
  if (point <= 0) digits = "0".repeat(1 - point) + digits;
  const at = Math.max(point, 1);
  digits = digits.padEnd(at, "0");
  const whole = digits.slice(0, at).replace(/^0+(?=[0-9])/, "");
  return { minus: match[1] === "-", whole, fraction: digits.slice(at) };
}

function roundHalfUp(whole, fraction, decimals) {
  const kept = whole + fraction.slice(0, decimals).padEnd(decimals, "0");
  const up = fraction.length > decimals && fraction[decimals] >= "5";
  const digits = (BigInt(kept) + (up ? 1n : 0n)).toString().padStart(decimals + 1, "0");
  const at = digits.length - decimals;
  return [digits.slice(0, at), digits.slice(at)];
}

/** "1.234,5"; rounded half up to `decimals`, or with as many as the value has. */
export function formatNumber(value, decimals = null) {
  let { minus, whole, fraction } = written(value);
  if (decimals === null) fraction = stripEndZeros(fraction);
  else [whole, fraction] = roundHalfUp(whole, fraction, decimals);
  const sign = minus && /[1-9]/.test(whole + fraction) ? "-" : "";
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ".");
  return fraction ? `${sign}${grouped},${fraction}` : `${sign}${grouped}`;
}

/** "31,0 %" for 31: the value is the percentage itself, not the ratio. */
export function formatPercent(percent, decimals = 1) {
  return `${formatNumber(percent, decimals)} %`;
}

function dateParts(trimmed) {
  let match = YEAR_FIRST.exec(trimmed);
  if (match) return [match[3], match[2], match[1]];
  match = EIGHT_DIGITS.exec(trimmed);
  if (match) return [match[1], match[2], match[3]];
  match = DAY_MONTH_YEAR.exec(trimmed);
  return match ? [match[1], match[3], match[4]] : null;
}

function daysIn(month, year) {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/**
 * Reads day, month, year in this order (or ISO 8601). Returns {value: "2026-03-02"}, or
 * {unclear} = not_a_date | no_such_day | unclear_year | out_of_range.
 */
export function parseDate(text) {
  const parts = dateParts(trim(text));
  if (!parts) return { unclear: "not_a_date" };
  let [day, month, year] = parts.map(Number);
  if (parts[2].length === 2) {
    if (year >= 50) return { unclear: "unclear_year" };
    year += 2000;
  }
  if (year < 1900 || year >= 2200) return { unclear: "out_of_range" };
  if (month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) {
    return { unclear: "no_such_day" };
  }
  return { value: `${year}-${pad(month, 2)}-${pad(day, 2)}` };
}

/** "05/01/2025" from "2025-01-05", whatever the browser's locale. */
export function formatDate(iso) {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/.exec(iso);
  if (!match) throw new RangeError(`not an ISO date: ${iso}`);
  return `${match[3]}/${match[2]}/${match[1]}`;
}

/** The one form in which text is stored and compared. */
export function nfc(text) {
  return text.normalize("NFC");
}

/** The search key: no diacritics, no case, "đ" as "d", runs of spaces as one. */
export function fold(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[đðɖ]/g, "d")
    .replace(/[‐‑–—−]/g, "-")
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(INVISIBLE, "")
    .replace(SPACES, " ")
    .replace(/^ | $/g, "")
    .normalize("NFC");
}

/** The search key of a unit's name, in which "Sỹ Bình" and "Sĩ Bình" are one place. */
export function foldUnitName(name) {
  return fold(name).replace(FINAL_Y, "$1$2i");
}

/** Case-blind with all diacritics, the tone moved to the word's end: "hoà" equals "hòa". */
export function spellingKey(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(WORD, (word) => word.replace(TONES, "") + (word.match(TONES) || []).join(""))
    .replace(SPACES, " ")
    .replace(/^ | $/g, "")
    .normalize("NFC");
}
