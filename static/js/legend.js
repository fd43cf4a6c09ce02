// The list of keys and marks, one key away from wherever somebody types: F1, or Ctrl and /.

export function startLegend() {
  const legend = document.querySelector("details.keys");
  if (!legend) return;
  let before = null;
  const close = () => {
    legend.open = false;
    if (before && before.isConnected) before.focus();
    before = null;
  };
  document.addEventListener("keydown", (event) => {
    const asked = event.key === "F1" || (event.key === "/" && (event.ctrlKey || event.metaKey));
    if (asked && !event.isComposing) {
      event.preventDefault();
      if (legend.open) {
        close();
        return;
      }
      before = document.activeElement;
      if (before.matches(".cell-input")) before = before.closest("td");
      legend.open = true;
      legend.querySelector("summary").focus();
      legend.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Escape" && legend.open) close();
  });
}
