// Evaluates the expression trees that the server makes (server/core/expressions.py, to_json).
// Same results as server/core/expression_program.py and expression_values.py: both are held to
// tests/core/expression_vectors.json. Nothing here turns text into code.

export const NOT_EVALUABLE = Symbol("not evaluable");

const WORK = 250000; // steps of loops times the nodes of their bodies, and list items looked at
const MAX_TEXT = 10000;
const MAX_DECIMALS = 15;

// No Error: an empty form throws hundreds of them at every keystroke, and a stack trace is slow.
class Refusal {
  constructor(reason) {
    this.reason = reason;
  }
}

function refuse(reason) {
  throw new Refusal(reason);
}

function refuseOperands(...operands) {
  return refuse(operands.includes(null) ? "missing-number" : "wrong-type");
}

const isNumber = (value) => typeof value === "number";
const isText = (value) => typeof value === "string";
const isTruth = (value) => typeof value === "boolean";
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (map, key) => Object.prototype.hasOwnProperty.call(map, key);
const finite = (number) => (Number.isFinite(number) ? number : refuse("not-finite"));

function plain(value) {
  if (value === undefined || value === null) return null;
  if (isNumber(value) || isText(value) || isTruth(value) || typeof value === "object") return value;
  return refuse("wrong-type");
}

function spend(context, work) {
  context.work -= work;
  if (context.work < 0) refuse("too-much-work");
}

// Equal to nine decimals or to fifteen significant digits: the noise of binary fractions never decides.
function close(a, b) {
  const apart = Math.abs(a - b);
  return apart <= 5e-10 || apart <= 5e-16 * Math.max(Math.abs(a), Math.abs(b));
}

// By code points, as the server compares; by UTF-16 units a surrogate would come before U+E000.
function compareTexts(a, b) {
  const weight = (unit) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const apart = weight(a.charCodeAt(i)) - weight(b.charCodeAt(i));
    if (apart) return apart;
  }
  return a.length - b.length;
}

// Ascending, because a browser puts "10" before "02" whatever the document says.
const keysOf = (map) => Object.keys(map).sort(compareTexts);
const lengthOf = (text) => Array.from(text).length;

function equal(first, second, context) {
  const a = plain(first);
  const b = plain(second);
  if (isNumber(a) && isNumber(b)) return a === b || close(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    spend(context, Math.min(a.length, b.length));
    return a.length === b.length && a.every((item, i) => equal(item, b[i], context));
  }
  if (isMap(a) && isMap(b)) {
    const keys = keysOf(a);
    const others = Object.keys(b).length;
    spend(context, Math.min(keys.length, others));
    return keys.length === others && keys.every((key) => own(b, key) && equal(a[key], b[key], context));
  }
  return a === b;
}

/** `x` to `n` decimals, half away from zero; below 1e12 by 15 digits, like spreadsheets. */
export function round(x, n = 0) {
  if (!Number.isInteger(n) || n < 0 || n > MAX_DECIMALS) refuse("wrong-type");
  finite(x);
  if (Number.isInteger(x)) return x;
  const size = Math.abs(x);
  const [mantissa, exponent] = size.toExponential(size < 1e12 ? 14 : undefined).split("e");
  const digits = mantissa.replace(".", "");
  const keep = Number(exponent) + 1 + n;
  if (keep >= digits.length) return Math.sign(x) * Number(`${mantissa}e${exponent}`);
  if (keep < 0) return 0;
  const up = digits[keep] >= "5" ? 1n : 0n;
  return Math.sign(x) * Number(`${BigInt(digits.slice(0, keep) || "0") + up}e${-n}`);
}

function at(whole, key) {
  if (isMap(whole) && isText(key)) return own(whole, key) ? plain(whole[key]) : null;
  if (Array.isArray(whole) && isNumber(key)) {
    return Number.isInteger(key) && key >= 0 && key < whole.length ? plain(whole[key]) : refuse("no-such-item");
  }
  if (whole === null && (isText(key) || isNumber(key))) return null; // what is missing has missing parts
  return refuseOperands(whole, key);
}

function plus(a, b) {
  if (isNumber(a) && isNumber(b)) return finite(a + b);
  if (isText(a) && isText(b)) {
    const joined = a + b;
    return joined.length > MAX_TEXT && lengthOf(joined) > MAX_TEXT ? refuse("text-too-long") : joined;
  }
  return refuseOperands(a, b);
}

const arithmetic = (operation) => (context, a, b) =>
  isNumber(a) && isNumber(b) ? finite(operation(a, b)) : refuseOperands(a, b);

const order = (numbers, sign) => (context, a, b) => {
  if (isNumber(a) && isNumber(b)) return numbers(a, b);
  if (isText(a) && isText(b)) return sign(compareTexts(a, b));
  if (isTruth(a) && isTruth(b)) return sign(a - b);
  return refuseOperands(a, b);
};

function present(whole, context) {
  if (!Array.isArray(whole)) refuseOperands(whole);
  spend(context, whole.length);
  return whole.map(plain).filter((item) => item !== null);
}

function total(items) {
  return finite(items.reduce((sum, item) => (isNumber(item) ? sum + item : refuse("wrong-type")), 0));
}

const textTest = (test) => (context, a, b) => (isText(a) && isText(b) ? test(a, b) : refuseOperands(a, b));

// Operators whose operands are all evaluated first.
const FUNCTIONS = new Map(Object.entries({
  at: (context, whole, key) => at(whole, key),
  list: (context, ...items) => items,
  has: (context, member) => member !== null,
  "!": (context, a) => (isTruth(a) ? !a : refuseOperands(a)),
  neg: (context, a) => (isNumber(a) ? -a : refuseOperands(a)),
  "+": (context, a, b) => plus(a, b),
  "-": arithmetic((a, b) => a - b),
  "*": arithmetic((a, b) => a * b),
  "/": arithmetic((a, b) => (b === 0 ? refuse("division-by-zero") : a / b)),
  "%": arithmetic((a, b) => (b === 0 ? refuse("division-by-zero") : a % b)),
  "<": order((a, b) => a < b && !close(a, b), (sign) => sign < 0),
  "<=": order((a, b) => a <= b || close(a, b), (sign) => sign <= 0),
  ">": order((a, b) => a > b && !close(a, b), (sign) => sign > 0),
  ">=": order((a, b) => a >= b || close(a, b), (sign) => sign >= 0),
  "==": (context, a, b) => equal(a, b, context),
  "!=": (context, a, b) => !equal(a, b, context),
  in: (context, item, whole) => {
    if (isMap(whole)) return isText(item) && own(whole, item);
    if (!Array.isArray(whole)) refuseOperands(whole);
    spend(context, whole.length);
    return whole.some((other) => equal(item, other, context));
  },
  sum: (context, whole) => {
    const items = present(whole, context);
    return items.length ? total(items) : null;
  },
  avg: (context, whole) => {
    const items = present(whole, context);
    return items.length ? total(items) / items.length : null;
  },
  count: (context, whole) => present(whole, context).length,
  size: (context, whole) => {
    if (isText(whole)) return lengthOf(whole);
    if (Array.isArray(whole)) return whole.length;
    return isMap(whole) ? Object.keys(whole).length : refuseOperands(whole);
  },
  change: (context, now, before) => {
    const given = (value) => value === null || isNumber(value);
    if (given(now) && (before === null || before === 0)) return null;
    return isNumber(now) && isNumber(before) ? finite(((now - before) / before) * 100) : refuseOperands(now, before);
  },
  round: (context, x, n = 0) => (isNumber(x) && isNumber(n) ? round(x, n) : refuseOperands(x, n)),
  near: (context, a, b, tolerance) =>
    isNumber(a) && isNumber(b) && isNumber(tolerance)
      ? round(finite(Math.abs(a - b)), 9) <= round(tolerance, 9)
      : refuseOperands(a, b, tolerance),
  coalesce: (context, ...values) => {
    const found = values.find((value) => value !== null);
    return found === undefined ? null : found;
  },
  startsWith: textTest((a, b) => a.startsWith(b)),
  endsWith: textTest((a, b) => a.endsWith(b)),
  contains: textTest((a, b) => a.includes(b)),
}));

// One decisive value settles the result, whatever has no result beside it.
function absorbing(decisive, items, test) {
  let trouble = null;
  for (const item of items) {
    try {
      const value = test(item);
      if (value === decisive) return decisive;
      if (!isTruth(value)) refuseOperands(value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      trouble = trouble || error;
    }
  }
  if (trouble) throw trouble;
  return !decisive;
}

function loop([macro, slot, weight, source, body, condition], context) {
  const whole = run(source, context);
  if (typeof whole !== "object" || whole === null) refuseOperands(whole);
  const items = Array.isArray(whole) ? whole.map(plain) : keysOf(whole);
  spend(context, weight * items.length);
  const of = (part) => (item) => {
    context.variables[slot] = item;
    return run(part, context);
  };
  const holds = (part) => (item) => {
    const value = of(part)(item);
    return isTruth(value) ? value : refuseOperands(value);
  };
  if (macro === "all" || macro === "exists") return absorbing(macro === "exists", items, of(body));
  if (macro === "map") {
    const found = [];
    for (const item of items) {
      if (condition === undefined || holds(condition)(item)) found.push(of(body)(item));
    }
    return found;
  }
  const found = items.filter(holds(body));
  return macro === "exists_one" ? found.length === 1 : found;
}

// Operators that decide themselves what is evaluated.
const FORMS = new Map(Object.entries({
  name: ([, name], { values, outer }) => {
    if (own(values, name)) return plain(values[name]);
    return outer !== undefined && own(outer, name) ? plain(outer[name]) : null;
  },
  var: ([, slot], { variables }) => variables[slot],
  get: ([, whole, key], context) => at(run(whole, context), key),
  prev: ([, path], { previous }) => (previous ? plain(previous(path)) : null),
  lastYear: ([, path], { lastYear }) => (lastYear ? plain(lastYear(path)) : null),
  other: ([, form, path], { other }) => (other ? plain(other(form, path)) : null),
  "&&": ([, ...parts], context) => absorbing(false, parts, (part) => run(part, context)),
  "||": ([, ...parts], context) => absorbing(true, parts, (part) => run(part, context)),
  "?": ([, condition, chosen, other], context) => {
    const value = run(condition, context);
    return isTruth(value) ? run(value ? chosen : other, context) : refuseOperands(value);
  },
  all: loop,
  exists: loop,
  exists_one: loop,
  filter: loop,
  map: loop,
}));

function run(node, context) {
  if (!Array.isArray(node)) return node;
  const form = FORMS.get(node[0]);
  if (form) return form(node, context);
  const operands = [];
  for (let i = 1; i < node.length; i += 1) operands.push(run(node[i], context));
  return FUNCTIONS.get(node[0])(context, ...operands);
}

function settled(value, context) {
  if (isNumber(value)) return finite(value) + 0; // no negative zero on paper
  if (isMap(value)) return refuse("no-value");
  if (!Array.isArray(value)) return value;
  spend(context, value.length);
  return value.map((item) => settled(plain(item), context));
}

function attempt(ast, values, { previous, lastYear, other, outer } = {}) {
  const context = { values, outer, previous, lastYear, other, variables: [], work: WORK };
  try {
    return { value: settled(run(ast, context), context) };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reason };
    throw error;
  }
}

/**
 * The result of a tree: boolean, number, string, array, null, or NOT_EVALUABLE. `around` may hold the
 * readers `previous(path)`, `lastYear(path)` and `other(form, path)`, and `outer`: names beside `values`.
 */
export function evaluate(ast, values, around) {
  const { value, reason } = attempt(ast, values, around);
  return reason === undefined ? value : NOT_EVALUABLE;
}

/** The reason (a code) why a tree has no result, null when it has one. */
export function whyNotEvaluable(ast, values, around) {
  const { reason } = attempt(ast, values, around);
  return reason === undefined ? null : reason;
}
