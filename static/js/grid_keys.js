// What each key does in a grid whose cells are not being typed in: the habits of a spreadsheet.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Keys that lead somewhere; with Shift they extend the selection. */
function moved(grid, { key, shiftKey, altKey }, control) {
  if (ARROWS[key] && !altKey) {
    if (control) grid.moveToEdge(...ARROWS[key], shiftKey);
    else grid.move(...ARROWS[key], shiftKey);
  } else if (key === "Home") grid.moveFar(control ? -1 : 0, -1, shiftKey);
  else if (key === "End") grid.moveFar(control ? 1 : 0, 1, shiftKey);
  else if (key === "PageUp" || key === "PageDown") grid.movePage(key === "PageUp" ? -1 : 1, shiftKey);
  else return false;
  grid.runColumn = null;
  return true;
}

/** Keys that change something, or lead on after typing. */
function acted(grid, { key, shiftKey, altKey }, control) {
  const { sheet } = grid;
  const letter = control && !altKey ? key.toLowerCase() : "";
  if (key === "Tab") return grid.tab(shiftKey ? -1 : 1);
  if (key === "Enter" && !control) grid.enter(shiftKey ? -1 : 1);
  else if ((key === "F2" || (altKey && key === "ArrowDown")) && grid.editable(grid.active)) grid.edit(null);
  // Shift+Delete is the old "cut": the browser turns it into one.
  else if ((key === "Delete" && !shiftKey) || key === "Backspace") sheet.clear(grid.selection().rows.flat());
  else if (key === "Escape") grid.activate(grid.active, false);
  else if (letter === "z" && !shiftKey) sheet.undo();
  else if (letter === "y" || (letter === "z" && shiftKey)) sheet.redo();
  else if (letter === "d") grid.fillDown();
  else if (letter === "a") grid.selectAll();
  else return false;
  return true;
}

/** A key pressed in the grid's table. */
export function keyPressed(grid, event) {
  // Composing keys belong to the input method; backspaces that rewrite a letter are not composing.
  if (event.isComposing || event.target.closest("button, select:not(.cell-input)")) return;
  if (grid.editor.open) {
    grid.editor.key(event);
    return;
  }
  if (!event.target.matches("td.cell")) return;
  const control = event.ctrlKey || event.metaKey;
  if (moved(grid, event, control) || acted(grid, event, control)) {
    event.preventDefault();
    return;
  }
  const typed = event.key.length === 1 || event.key === "Process";
  // The key itself goes on into the new input, so composing works too.
  if (typed && !control && !event.altKey && grid.editable(grid.active)) grid.edit("");
}
