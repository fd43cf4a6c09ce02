// The form's own rules: the twin of server/core/form_checks.py.

import { NOT_EVALUABLE, round } from "./expressions.js";
import { finding } from "./finding_words.js";
import { own } from "./values_view.js";
import { formatNumber } from "./vietnamese.js";

const SHOWN_DECIMALS = 9; // sides are shown without the noise of binary fractions

// A whole number with all its digits, as the server writes it, however large it is.
const shown = (number) => formatNumber(Number.isInteger(number) ? BigInt(number) : number);

function bothSides(check, calculator, row) {
  if (!check.sides) return [null, null];
  const sides = check.tree.slice(1, 3).map((tree) => calculator.result(tree, check.block, row));
  if (sides.some((side) => side === NOT_EVALUABLE || typeof side !== "number")) return [null, null];
  return sides.map((side) => round(side, SHOWN_DECIMALS));
}

function rowTitle(program, check, row) {
  const block = program.blocks[check.block];
  return block.kind === "roster" ? `${block.title} ${row.key}` : block.titles[row.key];
}

function said(program, check, calculator, row) {
  const [left, right] = bothSides(check, calculator, row);
  const facts = {};
  if (left !== null && right !== null) {
    const apart = Math.abs(left - right);
    facts.left = shown(left);
    facts.right = shown(right);
    if (Number.isFinite(apart)) facts.difference = shown(round(apart, SHOWN_DECIMALS));
  }
  const words = check.words.map((text) => {
    if (text.includes("{row}")) facts.row = row ? rowTitle(program, check, row) : "";
    return text.replace(/\{(left|right|difference|row)\}/g, (whole, name) => facts[name] ?? "…");
  });
  let paths = check.paths.map((path) => (path.startsWith("/") || !row ? path : `${row.path}/${path}`));
  if (!paths.length) paths = [row ? row.path : ""];
  return finding(check.code, check.severity, paths, words, left, right);
}

/** One finding where a rule is false; where it has no result, there is none. */
export function* checkFindings(program, calculator) {
  for (const check of program.checks) {
    if (check.block === undefined) {
      if (calculator.result(check.tree) === false) yield said(program, check, calculator, null);
    } else if (!calculator.off.has(`/${check.block}`)) yield* rowFindings(program, check, calculator);
  }
}

function* rowFindings(program, check, calculator) {
  let untouched; // the result on absent lines, which are all alike
  const ended = program.blocks[check.block].ended || {};
  for (const row of calculator.view.rows[check.block]) {
    if (row.held === null && own(ended, row.key)) continue;
    let result;
    if (row.held === null && !check.named && !(check.past && calculator.hasPast(check.block, row.key))) {
      if (untouched === undefined) untouched = calculator.result(check.tree, check.block, row);
      result = untouched;
    } else result = calculator.result(check.tree, check.block, row);
    if (result === false) yield said(program, check, calculator, row);
  }
}
