// Blocks of cells to and from a spreadsheet: tab-separated text with Excel's quoting.

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

const quote = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The two flavours that a spreadsheet understands. */
export function writeBlock(rows) {
  const lines = rows.map((row) => row.map(quote).join("\t"));
  const cells = rows.map((row) => `<tr>${row.map((text) => `<td>${escape(text)}</td>`).join("")}</tr>`);
  return { text: lines.join("\r\n"), html: `<table>${cells.join("")}</table>` };
}

/** Without its first row when that is, position by position, the heading of these columns. */
export function withoutHeading(rows, titles) {
  const clean = (text) => text.trim().toLowerCase();
  const [first] = rows;
  const heading = rows.length > 1 && first.every((text, place) => place < titles.length && clean(text) === clean(titles[place]));
  return heading ? rows.slice(1) : rows;
}

/**
 * Lays a block over the grid from its anchor. `width` and `height` are the size of the selection:
 * one value fills it all, a block is repeated where the selection is a multiple of it.
 * Gives [{row, column, text}] and how many fall off the edges of a grid of `rows` x `columns`.
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
      if (row >= grid.rows || column >= grid.columns) clipped += 1;
      else placed.push({ row, column, text });
    }
  }
  return { placed, clipped };
}
