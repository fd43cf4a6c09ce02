// Keeps the task list of sections true while cells change: the same states as
// server/core/section_progress.py gives when the page is opened again.

import { afterPaint } from "./after_paint.js";
import { fill } from "./cell_values.js";

const EMPTY = new Set(["schema.required", "schema.x-required-when"]);
const LOOKS = { unopened: ["grey", "dot"], doing: ["blue", "progress"], missing: ["blue", "progress"], errors: ["red", "late"], done: ["green", "check"] };
const propertyOf = (path) => path.split("/")[1] || "";

function stateOf({ opened, filled, missing, errors }) {
  if (errors) return "errors";
  if (!opened) return "unopened";
  if (missing) return "missing";
  return filled ? "done" : "doing";
}

/** Watches the document's sections on *page*. */
export function start(page) {
  const list = document.getElementById("tasks");
  if (!list) return;
  const { sections, texts } = JSON.parse(list.dataset.tasks);
  const summary = document.getElementById("tasks-summary");
  let waiting = false;

  function progressOf(section) {
    const here = (path) => section.properties.includes(propertyOf(path));
    const findings = page.findings.listed.filter(({ path, paths }) => here(paths && paths.length ? paths[0] : path));
    const missing = findings.filter(({ code }) => EMPTY.has(code)).length;
    const { answers, statuses } = page.local;
    return {
      opened: section.opened,
      filled: section.properties.some((key) => answers[key] !== undefined) || Object.keys(statuses).some(here),
      missing,
      errors: findings.filter(({ severity, code }) => severity === "error" && !EMPTY.has(code)).length,
    };
  }

  function paint() {
    waiting = false;
    let [done, missing] = [0, 0];
    for (const section of sections) {
      const progress = progressOf(section);
      const state = stateOf(progress);
      done += state === "done";
      missing += progress.missing;
      const badge = list.querySelector(`[data-task="${section.key}"] .badge`);
      const [kind, symbol] = LOOKS[state];
      const text = fill(texts[state], { count: state === "errors" ? progress.errors : progress.missing });
      if (badge.lastElementChild.textContent === text) continue;
      badge.className = `badge badge-${kind}`;
      badge.lastElementChild.textContent = text;
      const use = badge.querySelector("use");
      use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${symbol}`));
    }
    summary.textContent = fill(missing ? texts.summaryMissing : texts.summary, { done, count: sections.length, missing });
  }

  function later() {
    if (waiting) return;
    waiting = true;
    afterPaint(paint);
  }

  page.on("changed", ({ paths }) => {
    for (const section of sections) section.opened = section.opened || paths.some((path) => section.properties.includes(propertyOf(path)));
    later();
  });
  page.on("answered", later);
  page.on("findings", later);
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#section-']");
    if (!link) return;
    event.preventDefault();
    const heading = document.getElementById(link.hash.slice(1));
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  });
}
