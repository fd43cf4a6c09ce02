// Rows that come and go: lines of a roster, groups of a code list that the unit did not have before.

import { afterPaint } from "./after_paint.js";

const at = (path) => document.querySelector(`[data-row="${CSS.escape(path)}"]`);

/** Watches the document's rows on *page*. */
export function start(page) {
  let isCounting = false;
  const gridOf = (key) => page.grids.find(({ table }) => table.dataset.grid === key);

  function number(key) {
    const { table } = gridOf(key);
    const heads = table.tHead.rows.length;
    [...table.tBodies[0].rows].forEach((row, place) => {
      row.setAttribute("aria-rowindex", place + heads + 1);
      if (row.querySelector("[data-remove]")) row.querySelector(".row-title").textContent = place + 1;
    });
    table.setAttribute("aria-rowcount", table.tBodies[0].rows.length + heads);
    gridOf(key).setUp();
  }

  function add(key, path) {
    const template = document.querySelector(`template[data-blank="${key}"]`);
    const row = template.content.firstElementChild.cloneNode(true);
    const old = row.dataset.row;
    row.dataset.row = path;
    for (const cell of row.querySelectorAll("[id]")) cell.id = cell.id.replace(old, path);
    row.querySelector("[data-remove]").dataset.remove = path;
    gridOf(key).table.tBodies[0].append(row);
    number(key);
    return row;
  }

  /** Keep the lines on the page in step with the roster, e.g. after undo or another's change. */
  function sync(path) {
    const [block, row] = path.split("/").slice(1);
    const known = page.program.blocks[block];
    if (!known || known.kind !== "roster") return;
    const line = `/${block}/${row}`;
    const shown = at(line);
    const key = [...document.querySelectorAll("template[data-blank]")].find((one) => one.content.querySelector(`[data-row^="/${block}/"]`)).dataset.blank;
    const there = page.local.rowsOf(block).includes(row);
    if (there && !shown) page.paint([...add(key, line).querySelectorAll("td.cell")].map((cell) => cell.id));
    else if (!there && shown && path === line) {
      shown.remove();
      number(key);
    }
  }

  function remove(path) {
    const before = page.local.get(path);
    if (before.value === null) {
      const row = at(path);
      const key = row.closest("table").dataset.grid;
      row.remove();
      number(key);
      return;
    }
    page.apply([{ path, before, after: { value: null, status: null } }]);
    page.emit("said", { text: page.texts.rowRemoved });
  }

  /** How many groups of a code list hold nothing, and so count as "none arose". */
  function countUnfilled() {
    isCounting = false;
    for (const note of document.querySelectorAll("[data-unfilled]")) {
      const rows = [...document.querySelectorAll(`[data-grid="${note.dataset.unfilled}"] tbody tr`)];
      const filled = (row) => [...row.querySelectorAll(".cell-typed")].some((cell) => cell.textContent !== "");
      const empty = rows.filter((row) => row.querySelector(".code") && !row.classList.contains("total") && !row.classList.contains("lapsed") && !filled(row)).length;
      note.textContent = note.textContent.replace(/\d+/, empty);
      note.hidden = empty === 0;
    }
  }

  /** Lines of the commune's village list that the roster does not have yet. */
  function lacking(block) {
    const there = new Set(page.local.rowsOf(block));
    return ((page.program.proposed || {})[block] || []).filter(({ _id }) => !there.has(_id));
  }

  function offerLines() {
    for (const button of document.querySelectorAll("[data-propose]")) button.hidden = !lacking(button.dataset.propose).length;
  }

  function propose(block) {
    const none = { value: null, status: null };
    page.apply(lacking(block).map((row) => ({ path: `/${block}/${row._id}`, before: none, after: { value: row, status: null } })));
  }

  page.on("changed", ({ paths }) => {
    paths.forEach(sync);
    offerLines();
  });
  page.on("computed", () => {
    if (!isCounting) afterPaint(countUnfilled);
    isCounting = true;
  });
  offerLines();
  document.getElementById("sheet").addEventListener("click", ({ target }) => {
    const removing = target.closest("[data-remove]");
    if (removing) remove(removing.dataset.remove);
    const proposing = target.closest("[data-propose]");
    if (proposing) propose(proposing.dataset.propose);
    const adding = target.closest("[data-add-line]");
    if (adding) {
      const name = `r${[...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(36).padStart(2, "0")).join("")}`;
      const row = add(adding.dataset.addLine, `${adding.dataset.block}/${name}`);
      page.paint([...row.querySelectorAll("td.cell")].map((cell) => cell.id));
      row.querySelector("td.cell-typed").focus();
    }
  });
  for (const select of document.querySelectorAll("[data-add]")) {
    select.addEventListener("change", () => {
      const row = at(select.value);
      if (!row) return;
      row.hidden = false;
      select.selectedOptions[0].remove();
      select.value = "";
      gridOf(select.dataset.add).setUp();
      row.querySelector("td.cell-typed").focus();
    });
  }
}
