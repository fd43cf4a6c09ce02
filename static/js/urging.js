// Đôn đốc: ticking all late units, counting them, and copying the words for chat.
// Everything here works without it too: boxes are boxes, and a text can be selected.

for (const form of document.querySelectorAll("form[data-ticks]")) {
  const boxes = [...form.querySelectorAll('input[name="chosen"]')];
  const all = form.querySelector("[data-all]");
  const told = form.querySelector("[data-count]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    told.textContent = told.dataset.words.replace("{count}", String(chosen));
  };
  all.hidden = false;
  all.addEventListener("click", () => {
    const wanted = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = wanted;
    count();
  });
  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.querySelector("[data-copied]");
  const said = document.querySelector("[data-copy-said]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = button.dataset.done;
    } catch {
      // Plain http and old browsers have no clipboard; the text is selected already.
      said.textContent = document.execCommand("copy") ? button.dataset.done : button.dataset.failed;
    }
  });
}
