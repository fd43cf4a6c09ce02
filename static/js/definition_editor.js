// The JSON text of a draft: line numbers, the checker's refusals by line while typing, completion
// by the meta-schema, Ctrl+S. Without script the text is an ordinary field with a save button.

import { placeAt } from "./definition_editor_paths.js";
import { keysAt, valuesAt } from "./definition_editor_schema.js";
import { OfferList } from "./offer_list.js";

const PAUSE = 1200;
const MOST = 60;
const form = document.querySelector("form[data-editor]");
const area = form.querySelector("#text");
const lines = form.querySelector("[data-lines]");
const list = form.querySelector("[data-offers]");
const schema = JSON.parse(document.querySelector("#schema").textContent);
const first = area.value;
let wrong = new Set();

function say(template, facts) {
  return template.replace(/\{(\w+)\}/g, (_whole, name) => facts[name]);
}

// Line numbers

function drawLines() {
  const count = area.value.split("\n").length;
  lines.replaceChildren();
  let plain = [];
  const flush = () => {
    if (plain.length) lines.append(plain.join("\n") + "\n");
    plain = [];
  };
  for (let line = 1; line <= count; line += 1) {
    if (!wrong.has(line)) {
      plain.push(String(line));
      continue;
    }
    flush();
    const mark = document.createElement("b");
    mark.textContent = String(line);
    lines.append(mark);
  }
  flush();
  lines.scrollTop = area.scrollTop;
}

area.addEventListener("scroll", () => {
  lines.scrollTop = area.scrollTop;
  if (!list.hidden) putOffers();
});

function goTo(line, column) {
  const before = area.value.split("\n").slice(0, line - 1);
  const place = before.reduce((sum, one) => sum + one.length + 1, 0) + Math.max(0, column - 1);
  area.focus();
  area.setSelectionRange(place, place);
  const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
  area.scrollTop = Math.max(0, (line - 4) * height);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  goTo(Number(link.dataset.line), Number(link.dataset.column));
});

const asked = /^#line-([0-9]+)$/.exec(location.hash);

// What speaks against the text

function readMarks() {
  wrong = new Set([...document.querySelectorAll("[data-refusals] a[data-line]")].map((one) => Number(one.dataset.line)));
  drawLines();
}

function showRefusals(refusals) {
  const frame = document.querySelector("[data-refusals]");
  const section = document.createElement("section");
  section.id = "refusals";
  section.className = refusals.length ? "refusals" : "notice notice-success";
  const heading = document.createElement(refusals.length ? "h2" : "span");
  heading.textContent = refusals.length ? say(form.dataset.some, { count: refusals.length }) : form.dataset.none;
  section.append(heading);
  const items = document.createElement("ol");
  for (const one of refusals) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#line-${one.line}`;
    link.dataset.line = String(one.line);
    link.dataset.column = String(one.column);
    link.textContent = say(form.dataset.place, one);
    const path = document.createElement("code");
    path.textContent = one.path;
    item.append(link, `: ${one.text} `, path);
    items.append(item);
  }
  if (refusals.length) section.append(items);
  frame.replaceChildren(section);
  readMarks();
}

let timer = 0;
let asking = null;
async function check() {
  if (asking) asking.abort();
  asking = new AbortController();
  const body = new URLSearchParams({ text: area.value });
  const headers = {
    "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
    Accept: "application/json",
  };
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", headers, body, signal: asking.signal });
    if (answer.ok) showRefusals((await answer.json()).refusals);
  } catch (fault) {
    if (fault.name !== "AbortError") form.querySelector("[data-saved]").textContent = form.dataset.unsaved;
  }
}

area.addEventListener("input", () => {
  drawLines();
  form.querySelector("[data-saved]").textContent = area.value === first ? "" : form.dataset.unsaved;
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});

// Leaving with something unsaved asks first; the other view would show the older text.
let leaving = false;
form.addEventListener("submit", () => {
  leaving = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && area.value !== first) event.preventDefault();
});

// Completion

function offered() {
  const cursor = area.selectionStart;
  const place = placeAt(area.value, cursor);
  const wanted = place.typed.toLowerCase();
  let found = [];
  if (place.wants === "key") {
    found = keysAt(schema, place.path, place.keys).map((one) => ({ ...one, text: `${JSON.stringify(one.name)}: ` }));
  } else if (place.wants === "value") {
    found = valuesAt(schema, place.path).map((one) => ({ ...one, text: one.name }));
  }
  const fits = (one) => one.name.replaceAll('"', "").toLowerCase().includes(wanted);
  return { place, cursor, found: found.filter(fits).slice(0, MOST) };
}

function open() {
  offers.open(offered().found);
  if (offers.isOpen) putOffers();
}

// Below the line of the cursor, inside the frame of the text.
function putOffers() {
  const before = area.value.slice(0, area.selectionStart).split("\n");
  const style = getComputedStyle(area);
  const height = parseFloat(style.lineHeight) || 20;
  const width = parseFloat(style.fontSize) * 0.6;
  const down = before.length * height - area.scrollTop + 10;
  const room = list.parentElement.clientHeight - list.offsetHeight - 4;
  const across = lines.offsetWidth + before[before.length - 1].length * width - area.scrollLeft;
  list.style.top = `${Math.max(4, Math.min(down, room))}px`;
  list.style.left = `${Math.max(4, Math.min(across, list.parentElement.clientWidth - list.offsetWidth - 4))}px`;
}

function take(one) {
  const { place, cursor } = offered();
  // The closing quote that stands behind the cursor belongs to what is replaced.
  const end = place.inString && area.value[cursor] === '"' ? cursor + 1 : cursor;
  let text = one.text;
  if (place.wants === "key" && /^\s*:/.test(area.value.slice(end))) text = text.slice(0, -2);
  area.setRangeText(text, place.from, end, "end");
  if (text === "{}" || text === "[]") area.selectionStart = area.selectionEnd = area.selectionEnd - 1;
  area.dispatchEvent(new Event("input"));
}

const offers = new OfferList(area, list, take);

area.addEventListener("keydown", (event) => {
  if (area.readOnly) return;
  if (event.ctrlKey && event.code === "Space") {
    event.preventDefault();
    open();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  offers.onKey(event);
});
area.addEventListener("input", () => {
  if (!list.hidden) open();
});
area.addEventListener("blur", close);

const placeNow = form.querySelector("[data-place-now]");
function showPlace() {
  const before = area.value.slice(0, area.selectionStart).split("\n");
  const facts = { line: before.length, column: before[before.length - 1].length + 1 };
  const { path } = placeAt(area.value, area.selectionStart);
  placeNow.textContent = `${say(form.dataset.place, facts)}  /${path.join("/")}`;
}
for (const event of ["keyup", "click", "focus"]) area.addEventListener(event, showPlace);

readMarks();
if (asked) goTo(Number(asked[1]), 1);
