// The outline of a draft: Alt with the arrow keys and drag and drop change the order of siblings.
// Both send the form that the buttons "up" and "down" of the part send as well.

const mover = document.querySelector("form[data-move]");

function send(node, to) {
  mover.elements.part.value = node.dataset.node;
  mover.elements.to.value = String(to);
  mover.requestSubmit();
}

function siblings(node) {
  return [...node.parentElement.children].filter((other) => other.dataset.node);
}

if (mover) {
  for (const hint of document.querySelectorAll("[data-drag-hint]")) hint.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const node = document.activeElement.closest("li[data-node]");
    if (!node || !document.activeElement.matches("[data-pick]")) return;
    event.preventDefault();
    const to = Number(node.dataset.index) + (event.key === "ArrowUp" ? -1 : 1);
    mover.elements.at.value = document.activeElement.dataset.pick;
    if (to >= 0 && to < siblings(node).length) send(node, to);
  });

  let dragged = null;
  const clear = () => {
    for (const one of document.querySelectorAll(".drop-before")) one.classList.remove("drop-before");
  };
  for (const node of document.querySelectorAll("li[data-node]")) {
    node.draggable = true;
    for (const link of node.querySelectorAll(":scope > a")) link.draggable = false;
    node.addEventListener("dragstart", (event) => {
      event.stopPropagation();
      dragged = node;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", node.dataset.node);
    });
    node.addEventListener("dragover", (event) => {
      if (!dragged || dragged === node || dragged.parentElement !== node.parentElement) return;
      event.preventDefault();
      event.stopPropagation();
      clear();
      node.classList.add("drop-before");
    });
    node.addEventListener("drop", (event) => {
      if (!dragged || dragged === node || dragged.parentElement !== node.parentElement) return;
      event.preventDefault();
      event.stopPropagation();
      // Taken out first: places behind the old one are one less then.
      const from = Number(dragged.dataset.index);
      const at = Number(node.dataset.index);
      send(dragged, from < at ? at - 1 : at);
    });
    node.addEventListener("dragend", () => {
      dragged = null;
      clear();
    });
  }

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
}
