// The expressions of a draft: names are completed, what is wrong is said while typing, and the
// result stands below with the values of a sample. Without script they are ordinary fields.

import { offersAt, written } from "./expression_completion.js";
import { OfferList } from "./offer_list.js";

const PAUSE = 500;
const data = document.querySelector("#expression-offers");
const names = data ? JSON.parse(data.textContent) : [];

for (const area of document.querySelectorAll("textarea[data-expression]")) {
  if (!area.disabled) begin(area);
}

function begin(area) {
  const frame = document.createElement("div");
  frame.className = "expression";
  const list = document.createElement("ul");
  list.className = "code-offers";
  list.id = `${area.id}-offers`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", data.dataset.offers);
  list.hidden = true;
  const told = document.createElement("div");
  told.className = "expression-told";
  told.setAttribute("role", "status");
  area.replaceWith(frame);
  frame.append(area, list, told);
  area.setAttribute("aria-autocomplete", "list");
  const offers = new OfferList(area, list, take);
  let timer = 0;
  let asking = null;

  function open(always) {
    const place = offersAt(area.value, area.selectionStart, names);
    const exact = place && place.found.length === 1 && place.found[0].name === place.typed && !["function", "macro"].includes(place.found[0].kind);
    const wanted = place && !exact && (always || place.typed || place.base);
    offers.open(wanted ? place.found.map((one) => ({ ...one, note: one.note || data.dataset[`kind${one.kind}`] })) : []);
  }

  function take(one) {
    const place = offersAt(area.value, area.selectionStart, names);
    if (!place) return;
    const { text, back } = written(one);
    const follows = area.value.slice(area.selectionEnd, area.selectionEnd + 1) === "(";
    area.setRangeText(follows ? one.name : text, place.from, area.selectionEnd, "end");
    if (!follows) area.selectionStart = area.selectionEnd = area.selectionEnd - back;
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  async function check() {
    if (asking) asking.abort();
    asking = new AbortController();
    if (!area.value.trim()) return told.replaceChildren();
    const sample = document.querySelector("[data-sample]");
    const block = document.querySelector("[data-block]");
    const body = new URLSearchParams({
      expression: area.value,
      part: area.dataset.part || "",
      keyword: area.dataset.expression,
      sample: sample ? sample.value : "0",
    });
    if (block) body.set("block", block.value);
    const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content, Accept: "application/json" };
    try {
      const answer = await fetch(data.dataset.check, { method: "POST", headers, body, signal: asking.signal });
      if (answer.ok) show(await answer.json());
    } catch (fault) {
      if (fault.name !== "AbortError") told.replaceChildren();
    }
  }

  function show(result) {
    const said = document.createElement("p");
    said.className = result.fault ? "expression-wrong" : "expression-right";
    said.textContent = result.text;
    const values = document.createElement("dl");
    values.className = "facts";
    for (const [row, value] of result.values) {
      const line = document.createElement("div");
      const term = document.createElement("dt");
      const held = document.createElement("dd");
      term.textContent = row || data.dataset.value;
      held.textContent = value;
      line.append(term, held);
      values.append(line);
    }
    told.replaceChildren(said);
    if (result.values.length) told.append(values);
    area.setAttribute("aria-invalid", String(result.fault));
  }

  area.addEventListener("input", () => {
    open(false);
    later();
  });
  area.addEventListener("blur", () => offers.close());
  area.addEventListener("focus", () => {
    if (!told.hasChildNodes()) later();
  });
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.code === "Space") {
      event.preventDefault();
      open(true);
      return;
    }
    offers.onKey(event);
  });
}
