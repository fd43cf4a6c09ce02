// The outline of a draft: Alt with the arrow keys and drag and drop change the order of siblings
// and take a part of the form to another section. Both send the form that the buttons send as well.

const mover = document.querySelector("form[data-move]");
const MOVED = "outline-moved";

function send(node, op, to, section = "") {
  const { elements } = mover;
  elements.op.value = op;
  elements.part.value = op === "place" ? node.dataset.root : node.dataset.node;
  elements.at.value = node.querySelector(":scope > [data-pick]").dataset.pick;
  elements.to.value = String(to);
  elements.section.value = String(section);
  // The page that follows shows the moved part and puts the focus there.
  sessionStorage.setItem(MOVED, "1");
  mover.requestSubmit();
}

function siblings(node) {
  return [...node.parentElement.children].filter((other) => other.dataset.node);
}

function sectionOf(node) {
  return document.querySelector(`#outline li[data-section="${node.dataset.within}"]`);
}

// The nearest section above or below that holds what the node is.
function nextSection(node, step) {
  const sections = [...document.querySelectorAll("#outline li[data-section]")];
  const takes = (one) => !one.dataset.holds || one.dataset.holds === node.dataset.holds;
  const own = sections.indexOf(sectionOf(node));
  // What no section shows yet stands below them all.
  let at = (own < 0 ? sections.length : own) + step;
  while (at >= 0 && at < sections.length && !takes(sections[at])) at += step;
  return sections[at] || null;
}

function partsIn(section) {
  return section.querySelectorAll(":scope > ul > li[data-root]").length;
}

function step(node, down) {
  if (node.dataset.node) {
    const to = Number(node.dataset.index) + (down ? 1 : -1);
    if (to >= 0 && to < siblings(node).length) {
      send(node, "move", to);
      return;
    }
  }
  if (!node.dataset.root) return;
  const section = nextSection(node, down ? 1 : -1);
  if (section) send(node, "place", down ? 0 : partsIn(section), section.dataset.section);
}

// Where the dragged node would go from here: the line, the side of it, and what is sent.
function placeFor(dragged, event) {
  for (let line = event.target.closest("#outline li"); line; line = line.parentElement.closest("#outline li")) {
    if (line === dragged) return null;
    const box = line.querySelector(":scope > a").getBoundingClientRect();
    const after = event.clientY > box.top + box.height / 2;
    const at = Number(line.dataset.index) + (after ? 1 : 0);
    const mark = after ? "drop-after" : "drop-before";
    if (line.parentElement === dragged.parentElement && line.dataset.node && dragged.dataset.node) {
      // Taken out first: places behind the old one are one less then.
      const to = Number(dragged.dataset.index) < at ? at - 1 : at;
      return { line, mark, op: "move", to, section: "" };
    }
    if (!dragged.dataset.root) continue;
    if (line.dataset.within && line.dataset.holds === dragged.dataset.holds) {
      return { line, mark, op: "place", to: at, section: line.dataset.within };
    }
    if (line.dataset.section && line.dataset.section !== dragged.dataset.within) {
      return { line, mark: "drop-into", op: "place", to: partsIn(line), section: line.dataset.section };
    }
  }
  return null;
}

if (mover) {
  for (const hint of document.querySelectorAll("[data-drag-hint]")) hint.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const node = document.activeElement.closest("li[data-node], li[data-root]");
    if (!node || !document.activeElement.matches("[data-pick]")) return;
    event.preventDefault();
    step(node, event.key === "ArrowDown");
  });

  const outline = document.querySelector("#outline");
  const marks = ["drop-before", "drop-after", "drop-into"];
  let dragged = null;
  const clear = () => {
    for (const one of outline.querySelectorAll(`.${marks.join(", .")}`)) one.classList.remove(...marks);
  };
  for (const node of outline.querySelectorAll("li[data-node], li[data-root]")) {
    node.draggable = true;
    for (const link of node.querySelectorAll(":scope > a")) link.draggable = false;
    node.addEventListener("dragstart", (event) => {
      event.stopPropagation();
      dragged = node;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", node.dataset.node || node.dataset.root);
    });
    node.addEventListener("dragend", () => {
      dragged = null;
      clear();
    });
  }
  outline.addEventListener("dragover", (event) => {
    clear();
    const place = dragged && placeFor(dragged, event);
    if (!place) return;
    event.preventDefault();
    place.line.classList.add(place.mark);
  });
  outline.addEventListener("drop", (event) => {
    const place = dragged && placeFor(dragged, event);
    if (!place) return;
    event.preventDefault();
    send(dragged, place.op, place.to, place.section);
  });

  // Ctrl+Z and Ctrl+Y outside of a field are the steps of the draft.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    const act = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "";
    const button = act && document.querySelector(`[data-step="${act}"]:not(:disabled)`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

// On a narrow screen the chosen line of the outline may be far down in its own scroll.
const chosen = document.querySelector('#outline [aria-current="true"]');
if (chosen) {
  const frame = document.querySelector("#outline");
  const down = chosen.getBoundingClientRect().top - frame.getBoundingClientRect().top;
  frame.scrollTop += down - frame.clientHeight / 2;
  if (location.hash === "#part") document.querySelector("#part").scrollIntoView({ block: "nearest" });
  if (sessionStorage.getItem(MOVED)) chosen.focus({ preventScroll: true });
}
sessionStorage.removeItem(MOVED);
