// Where the cursor stands in a JSON text that may be unfinished: the pointer of the place, whether
// a key or a value is due there, and what has been typed of it. Pure, so that it can be tested.

/** { path: [tokens], wants: "key" | "value" | "", typed, from, inString, keys: known keys } */
export function placeAt(text, cursor) {
  const stack = [];
  let index = 0;
  let string = null;
  let word = null;
  const top = () => stack[stack.length - 1];
  while (index < cursor) {
    const sign = text[index];
    if (string !== null) {
      if (sign === "\\") index += 1;
      else if (sign === '"') {
        endString(top(), text.slice(string + 1, index));
        string = null;
      }
    } else if (sign === '"') {
      string = index;
      word = null;
    } else if (sign === "{" || sign === "[") {
      stack.push({ list: sign === "[", key: null, due: sign === "{" ? "key" : "value", count: 0, keys: [] });
      word = null;
    } else if (sign === "}" || sign === "]") {
      stack.pop();
      if (top()) top().due = "";
      word = null;
    } else if (sign === ":") {
      if (top()) top().due = "value";
      word = null;
    } else if (sign === ",") {
      const held = top();
      if (held) {
        held.due = held.list ? "value" : "key";
        held.count += 1;
        held.key = null;
      }
      word = null;
    } else if (/\s/.test(sign)) word = null;
    else if (word === null) word = index;
    index += 1;
  }
  const held = top();
  const from = string !== null ? string : word !== null ? word : cursor;
  return {
    path: stack.slice(0, -1).map(token).concat(held && held.due !== "key" ? [token(held)] : []),
    wants: held ? held.due : "value",
    typed: text.slice(string !== null ? from + 1 : from, cursor),
    from,
    inString: string !== null,
    keys: held && !held.list ? held.keys : [],
  };
}

function token(held) {
  return held.list ? String(held.count) : held.key === null ? "" : held.key;
}

function endString(held, text) {
  if (!held || held.list) return;
  if (held.due === "key") {
    held.key = text;
    held.keys.push(text);
    held.due = "colon";
  } else if (held.due === "value") held.due = "";
}
