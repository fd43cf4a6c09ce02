// Keeps the focused cell out from under what sticks: the heading, the first column, the bar at the
// foot of the page and, on phones, the tools at its top.

const CARD_HEAD = 48;

/** Tell the table's scroll box how much of it is covered, now and whenever that changes. */
export function keepInView(table) {
  const box = table.parentElement;
  const corner = table.querySelector("thead th");
  const measure = () => {
    box.style.setProperty("--stuck-top", `${table.tHead.offsetHeight}px`);
    box.style.setProperty("--stuck-left", `${corner.offsetWidth}px`);
    const { style } = document.documentElement;
    const tools = document.querySelector(".cell-tools");
    const covered = tools && getComputedStyle(tools).position === "sticky" ? tools.offsetHeight : 0;
    style.setProperty("--tools-height", `${covered}px`);
    style.scrollPaddingTop = covered ? `${covered + CARD_HEAD}px` : "";
    const bar = document.querySelector("[data-fill-bar]");
    if (!bar) return;
    style.setProperty("--bar-height", `${bar.offsetHeight}px`);
    style.scrollPaddingBottom = `${bar.offsetHeight + 8}px`;
  };
  const watching = new ResizeObserver(measure);
  watching.observe(table.tHead);
  watching.observe(corner);
}

let awaited = null;

/** Bring a cell to where it is seen, and no further: with the next paint, which lays out anyway. */
export function reveal(cell) {
  if (!awaited) {
    requestAnimationFrame(() => {
      awaited.scrollIntoView({ block: "nearest", inline: "nearest" });
      awaited = null;
    });
  }
  awaited = cell;
}
