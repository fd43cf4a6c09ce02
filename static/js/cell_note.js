// The line under the sheet that says what the cell in focus is: its name, formula, reason, the
// previous period's figure, and what the rules say about it.

import { fill, isNumeric, showCell } from "./cell_values.js";

/** Keeps the line true while the focus and the figures change. */
export function start(page) {
  const { texts } = page;
  const line = document.getElementById("cell-note");
  let noted = "";
  let waiting = 0;

  function said(cell, path) {
    const spec = page.spec(path);
    const parts = [];
    const number = cell.tagName === "TD" && cell.closest("table").querySelector(`[data-number="${path.split("/").pop()}"]`);
    if (page.off.has(path)) parts.push(texts.notAsked);
    else if (spec.calculated) parts.push(texts.calculated);
    if (spec.calculated && number && number.textContent.includes("=")) parts.push(fill(texts.formula, { formula: number.textContent }));
    const { value, status } = page.held(path);
    if (value === null && status && !page.off.has(path)) parts.push(texts[status]);
    const before = page.calculator.previousAt(path);
    if (before !== null && isNumeric(spec)) parts.push(fill(texts.before, { value: showCell({ value: before }, spec) }));
    return parts.join(" ");
  }

  function write() {
    waiting = 0;
    const cell = document.getElementById(noted);
    if (!cell || !page.spec(noted)) return;
    const title = document.createElement("strong");
    title.textContent = `${page.titleOf(noted)}. `;
    line.replaceChildren(title, said(cell, noted));
    for (const finding of page.findings.textsAt(noted)) line.append(" ", page.findings.sentence(finding, "span"));
  }

  /** Once for each paint, whatever happened before it. */
  function soon() {
    if (!waiting) waiting = requestAnimationFrame(write);
  }

  page.on("focused", ({ path }) => {
    noted = path;
    soon();
  });
  page.on("changed", soon);
  page.on("answered", soon);
  page.on("said", ({ text }) => {
    cancelAnimationFrame(waiting);
    waiting = 0;
    line.textContent = text;
  });
}
