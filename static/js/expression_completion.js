// What is being written of an expression at the cursor, and which names fit there. Pure, so that it
// can be tested; the names come from the server (server/core/expression_offers.py).

const CHAIN = /([A-Za-z_]\w*(?:\[[^[\]]*\])?(?:\.\w+(?:\[[^[\]]*\])?)*)\.(\w*)$/;
const WORD = /[A-Za-z_]\w*$/;
const MOST = 40;

/** { from, typed, base }: what stands before the cursor; base is the chain before the last dot. */
export function wordAt(text, cursor) {
  const before = text.slice(0, cursor);
  if (inText(before)) return null;
  const chain = CHAIN.exec(before);
  if (chain) return { from: cursor - chain[2].length, typed: chain[2], base: chain[1] };
  const word = WORD.exec(before);
  const typed = word ? word[0] : "";
  return { from: cursor - typed.length, typed, base: "" };
}

/** The offers that fit, best first: names that begin with what is typed, then those that hold it. */
export function offersAt(text, cursor, offers) {
  const place = wordAt(text, cursor);
  if (!place) return null;
  const bound = boundIn(text.slice(0, cursor));
  let known = offers;
  if (place.base) known = membersOf(place.base, offers, bound);
  else known = [...[...bound.keys()].map((name) => ({ name, note: "", kind: "variable" })), ...offers.filter((one) => one.kind !== "macro")];
  const wanted = fold(place.typed);
  const seen = new Set();
  const fits = known.filter((one) => {
    if (seen.has(one.name)) return false;
    seen.add(one.name);
    return fold(one.name).includes(wanted) || fold(one.note).includes(wanted);
  });
  const begins = (one) => Number(!fold(one.name).startsWith(wanted));
  fits.sort((one, other) => begins(one) - begins(other));
  return { ...place, found: fits.slice(0, MOST) };
}

/** What is written for an offer, and how far the cursor stands before its end. */
export function written(offer) {
  if (offer.kind === "function") return { text: `${offer.name}()`, back: 1 };
  if (offer.kind === "macro") return { text: `${offer.name}(x, )`, back: 1 };
  return { text: offer.name, back: 0 };
}

function membersOf(base, offers, bound) {
  const parts = base.split(/\.|\[/);
  const first = parts[0];
  const macros = offers.filter((one) => one.kind === "macro");
  if (bound.has(first)) {
    const source = offers.find((one) => one.name === bound.get(first) && one.members.length);
    return source && parts.length === 1 ? source.members : [];
  }
  const held = offers.find((one) => one.name === first && one.members.length);
  if (!held) return [];
  if (held.kind !== "rows") return parts.length === 1 ? held.members : [];
  if (parts.length > 1) return held.members.filter((one) => one.kind !== "row");
  return [...macros, ...held.members.filter((one) => one.kind === "row")];
}

/** By variable of a macro that is open at the end of the text, the block that it walks. */
function boundIn(before) {
  const found = new Map();
  for (const one of before.matchAll(/([A-Za-z_]\w*)\s*(?:\.\w+\([^()]*\))?\.(?:all|exists|exists_one|filter|map)\(\s*([A-Za-z_]\w*)\s*,/g)) {
    let depth = 1;
    for (const sign of before.slice(one.index + one[0].length)) {
      if (sign === "(") depth += 1;
      if (sign === ")") depth -= 1;
      if (depth === 0) break;
    }
    if (depth > 0) found.set(one[2], found.get(one[1]) || one[1]);
  }
  return found;
}

function inText(before) {
  let quote = "";
  for (let at = 0; at < before.length; at += 1) {
    if (quote && before[at] === "\\") at += 1;
    else if (quote) quote = before[at] === quote ? "" : quote;
    else if (before[at] === '"' || before[at] === "'") quote = before[at];
  }
  return quote !== "";
}

function fold(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d").replaceAll("Đ", "d").toLowerCase();
}
