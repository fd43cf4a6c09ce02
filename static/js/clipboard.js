// Blocks of cells to and from a spreadsheet: tab-separated text with Excel's quoting, and the
// tables that Excel and LibreOffice put beside it.

import { nfc } from "./vietnamese.js";

/** Rows of texts. Line breaks inside quotes are kept; the empty line at the end is none. */
export function readBlock(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (quoted) {
      if (char === '"' && text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else if (char === '"') quoted = false;
      else cell += char;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === "\t" || char === "\n" || char === "\r") {
      if (char === "\r" && text[i + 1] === "\n") i += 1;
      rows[rows.length - 1].push(cell);
      cell = "";
      if (char !== "\t") rows.push([]);
    } else cell += char;
  }
  rows[rows.length - 1].push(cell);
  const last = rows[rows.length - 1];
  if (rows.length > 1 && last.length === 1 && last[0] === "") rows.pop();
  return rows;
}

/** The text of a cell of an HTML table: its own line breaks, not those of the source. */
function textOf(cell) {
  const copied = cell.cloneNode(true);
  for (const line of copied.querySelectorAll("br")) line.replaceWith("\u0001");
  return copied.textContent.replace(/[ \t\r\n]+/g, " ").trim().replace(/ ?\u0001 ?/g, "\n");
}

/** Rows of texts of the first table in an HTML flavour; null when it holds none. Merged cells stand once. */
export function readTable(html) {
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  if (!table || !table.rows.length) return null;
  const rows = [...table.rows].map(() => []);
  [...table.rows].forEach((line, at) => {
    let place = 0;
    for (const cell of line.cells) {
      while (rows[at][place] !== undefined) place += 1;
      const text = textOf(cell);
      for (let down = 0; down < cell.rowSpan && at + down < rows.length; down += 1) {
        for (let across = 0; across < cell.colSpan; across += 1) rows[at + down][place + across] = down || across ? "" : text;
      }
    }
  });
  return rows;
}

/** The way in which a copied block writes numbers, where it says so: ours does. */
export const conventionOf = (html) => (/<table[^>]* data-numbers="vi"/.test(html) ? "vi" : null);

/** What was copied, whichever flavours the other program offers; null when there is no text in it. */
export function readClipboard(text, html) {
  if (text) return readBlock(text);
  return html ? readTable(html) : null;
}

const quote = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");

/**
 * The two flavours that a spreadsheet understands, of rows of {text, number}. `number` is the value
 * behind a text such as 1.234, so that a spreadsheet of another country reads no 1,234 in it:
 * x:num is Excel's attribute for it, sdval that of LibreOffice, which reads it only beside an sdnum
 * (1033: the language of the point in sdval).
 */
export function writeBlock(rows) {
  const cell = ({ text, number }) => (number === undefined ? `<td>${escape(text)}</td>` : `<td x:num="${number}" sdval="${number}" sdnum="1033;">${escape(text)}</td>`);
  const lines = rows.map((row) => row.map(({ text }) => quote(text)).join("\t"));
  const cells = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`);
  const html = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><meta charset="utf-8"><table data-numbers="vi">${cells.join("")}</table></html>`;
  return { text: lines.join("\r\n"), html };
}

const clean = (text) => nfc(text).replace(/\s+/g, " ").trim().toLowerCase();

/** Whether the first row is, position by position, the heading of these columns: [[title, full title]]. */
export function hasHeading(rows, titles) {
  const same = (text, place) => place < titles.length && titles[place].some((title) => clean(title) === clean(text));
  return rows.length > 1 && rows[0].every(same);
}

/**
 * Lays a block over the grid from its anchor. `width` and `height` are the size of the selection:
 * one value fills it all, a block is repeated where the selection is a multiple of it.
 * Gives [{row, column, text}] and how many texts fall off the edges of a grid of `rows` x `columns`.
 */
export function spread(block, anchor, selection, grid) {
  const tall = block.length;
  const wide = Math.max(...block.map((row) => row.length));
  const repeat = selection.height % tall === 0 && selection.width % wide === 0;
  const height = repeat ? Math.max(tall, selection.height) : tall;
  const width = repeat ? Math.max(wide, selection.width) : wide;
  const placed = [];
  let clipped = 0;
  for (let r = 0; r < height; r += 1) {
    for (let c = 0; c < width; c += 1) {
      const text = block[r % tall][c % wide];
      if (text === undefined) continue;
      const [row, column] = [anchor.row + r, anchor.column + c];
      if (row < grid.rows && column < grid.columns) placed.push({ row, column, text });
      else if (text.trim()) clipped += 1;
    }
  }
  return { placed, clipped };
}
