// Keeps the focused cell out from under what sticks: the heading, the first column, the bar at the
// foot of the page.

/** Tell the table's scroll box how much of it is covered, now and whenever that changes. */
export function keepInView(table) {
  const box = table.parentElement;
  const corner = table.querySelector("thead th");
  const measure = () => {
    box.style.setProperty("--stuck-top", `${table.tHead.offsetHeight}px`);
    box.style.setProperty("--stuck-left", `${corner.offsetWidth}px`);
    const bar = document.querySelector("[data-fill-bar]");
    if (!bar) return;
    document.documentElement.style.setProperty("--bar-height", `${bar.offsetHeight}px`);
    document.documentElement.style.scrollPaddingBottom = `${bar.offsetHeight + 8}px`;
  };
  const watching = new ResizeObserver(measure);
  watching.observe(table.tHead);
  watching.observe(corner);
}

/** Bring a cell to where it is seen, and no further. */
export function reveal(cell) {
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}
