// How a finding is made: its words with their facts filled in, in the shape that the server's API has
// (server/core/finding.py, answer_messages.py). The texts themselves come with the page.

import { formatNumber } from "./vietnamese.js";

const LIMITS = new Set(["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"]);

function keyOf(keyword, cell, limit) {
  if (keyword === "type") return `type.${cell ? cell.type : limit}`;
  if (keyword === "multipleOf") return cell && cell.decimals ? "multipleOf" : "type.integer";
  return LIMITS.has(keyword) && typeof limit !== "number" ? "other" : keyword;
}

// {placeholder} for its fact.
const filled = (text, facts) => text.replace(/\{(limit|decimals)\}/g, (whole, name) => facts[name]);

/** A finding with its words [message, rule, fix]; absent parts are left out, as in the API. */
export function finding(code, severity, paths, words, left = null, right = null) {
  const made = { path: paths[0], code, severity, message: words[0], paths };
  if (left !== null) made.left = left;
  if (right !== null) made.right = right;
  if (words[1]) made.rule = words[1];
  if (words[2]) made.fix = words[2];
  return made;
}

/** The finding schema.<keyword>; with `left`, a number and the limit it passed; with `lapse`, [kind, day] of a code. */
export function builtIn(program, keyword, path, cell, { limit = null, left = null, lapse = null } = {}) {
  const key = lapse ? `${keyword}.${lapse[0]}` : keyOf(keyword, cell, limit);
  const texts = program.words[key] || program.words.other;
  const facts = {
    limit: lapse ? lapse[1] : typeof limit === "number" ? formatNumber(limit) : "",
    decimals: cell ? String(cell.decimals || 0) : "",
  };
  const right = left !== null && typeof limit === "number" ? limit : null;
  const words = texts.map((text) => filled(text, facts));
  return finding(`schema.${keyword}`, "error", [path], words, right === null ? null : left, right);
}
