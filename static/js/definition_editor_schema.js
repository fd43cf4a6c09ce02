// What a meta-schema allows at a pointer: the keys of an object, the values of an enumeration.
// It follows $ref, properties, additionalProperties, items and every branch of anyOf, allOf,
// if/then/else; what is offered is a help, the checker decides.

const BRANCHES = ["allOf", "anyOf", "oneOf"];
const DEPTH = 12;

/** All schemas that may apply to what stands at *path* (an array of tokens). */
export function schemasAt(root, path) {
  let found = spread(root, root, 0);
  for (const token of path) {
    found = found.flatMap((schema) => below(root, schema, token));
  }
  return found;
}

/** The keys that an object there may have: [{ name, note }], those already present left out. */
export function keysAt(root, path, present) {
  const offers = new Map();
  for (const schema of schemasAt(root, path)) {
    for (const [name, inner] of Object.entries(schema.properties || {})) {
      if (inner === false || present.includes(name)) continue;
      const note = noteOf(root, inner);
      if (!offers.get(name)) offers.set(name, note);
    }
  }
  return [...offers].map(([name, note]) => ({ name, note }));
}

/** The values that may stand there as JSON text: [{ name, note }]. */
export function valuesAt(root, path) {
  const offers = new Map();
  for (const schema of schemasAt(root, path)) {
    const values = "const" in schema ? [schema.const] : schema.enum || [];
    for (const value of values) offers.set(JSON.stringify(value), schema.description || "");
    if (schema.type === "boolean") for (const value of ["true", "false"]) offers.set(value, "");
    if (schema.type === "object") offers.set("{}", schema.description || "");
    if (schema.type === "array") offers.set("[]", schema.description || "");
  }
  return [...offers].map(([name, note]) => ({ name, note }));
}

function below(root, schema, token) {
  const inner = [];
  if (schema.properties && token in schema.properties) inner.push(schema.properties[token]);
  else if (/^[0-9]+$/.test(token) && schema.items) inner.push(schema.items);
  else if (typeof schema.additionalProperties === "object") inner.push(schema.additionalProperties);
  return inner.filter((one) => typeof one === "object").flatMap((one) => spread(root, one, 0));
}

function spread(root, schema, depth) {
  if (!schema || typeof schema !== "object" || depth > DEPTH) return [];
  const found = [schema];
  if (schema.$ref) found.push(...spread(root, resolve(root, schema.$ref), depth + 1));
  for (const word of BRANCHES) {
    for (const branch of schema[word] || []) found.push(...spread(root, branch, depth + 1));
  }
  for (const word of ["then", "else"]) found.push(...spread(root, schema[word], depth + 1));
  return found;
}

function resolve(root, reference) {
  if (!reference.startsWith("#/")) return null;
  let held = root;
  for (const token of reference.slice(2).split("/")) held = held && held[token];
  return held;
}

function noteOf(root, schema) {
  if (typeof schema !== "object") return "";
  if (schema.description) return schema.description;
  if (schema.enum) return schema.enum.join(", ");
  const target = schema.$ref && resolve(root, schema.$ref);
  return target ? target.description || (target.enum || []).join(", ") : schema.type ? String(schema.type) : "";
}
