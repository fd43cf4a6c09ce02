// The back office: asking before a deletion, keys in the inbox, several reports at once, marks.
// Everything here works without it too, by plain links and forms.

// By the very address of the page's own script: another address would be a second copy of it, and
// two copies take every submitted form for the second click of a double click.
const { announce, ask } = await import(document.querySelector('script[src*="/js/app.js"]').src);

// Delete: the link leads to a page that asks; with script the question comes here.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-delete]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (!(await ask(link.dataset.delete, { yes: link.firstChild.textContent.trim() }))) return;
  const form = document.createElement("form");
  form.method = "post";
  form.action = link.href;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  for (const [name, value] of [["csrf_token", token], ["edit", link.dataset.edit]]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Inbox: J and K or the arrows walk, X ticks, Enter opens (the link has the focus).
const links = [...document.querySelectorAll("[data-item] [data-open]")];
if (links.length) {
  for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;
  const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea, dialog *, summary, .menu-panel *")) return;
    const row = document.activeElement.closest("[data-item]");
    const at = row ? links.indexOf(row.querySelector("[data-open]")) : -1;
    if (event.key in steps) {
      const wanted = at < 0 ? 0 : Math.min(Math.max(at + steps[event.key], 0), links.length - 1);
      links[wanted].focus();
      event.preventDefault();
    } else if (event.key === "x" && row) {
      const box = row.querySelector("input[type=checkbox]");
      if (box) box.click();
    }
  });
}

// A report at the desk: N goes to the next one, by the page's own link.
const next = document.querySelector("a[data-next]");
if (next) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea, dialog *, .menu-panel *")) return;
    event.preventDefault();
    next.click();
  });
}

// Several at once: the button counts, and an empty choice is not sent.
for (const form of document.querySelectorAll("form[data-bulk]")) {
  const boxes = [...form.querySelectorAll('input[name="chosen"]')];
  const button = form.querySelector("button[type=submit]");
  const all = form.querySelector("[data-pick-all]");
  const most = Number(form.dataset.most);
  if (!button) continue;
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    button.textContent = chosen ? `${button.dataset.label} (${chosen})` : button.dataset.label;
    button.disabled = chosen === 0 || chosen > most;
  };
  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
  all.hidden = false;
  all.addEventListener("click", () => {
    const wanted = boxes.some((box) => !box.checked);
    for (const [place, box] of boxes.entries()) box.checked = wanted && place < most;
    count();
    announce(button.textContent);
  });
}

// The buttons of the bar unfold the decision that asks for a reason.
for (const link of document.querySelectorAll("a[data-unfold]")) {
  link.addEventListener("click", () => {
    const part = document.querySelector(link.getAttribute("href"));
    part.open = true;
    const first = part.querySelector("textarea, input:not([type=hidden]), select");
    if (first) requestAnimationFrame(() => first.focus());
  });
}

// Marks: a cell chosen by its name joins the list, with a place for a note.
for (const select of document.querySelectorAll("select[data-mark-more]")) {
  select.addEventListener("change", () => {
    const path = select.value;
    const list = select.closest("fieldset").querySelector("[data-marks]");
    const known = [...list.querySelectorAll('input[name="mark"]')].find((box) => box.value === path);
    const title = select.selectedOptions[0].textContent;
    select.value = "";
    if (!path) return;
    if (known) {
      known.checked = true;
      return;
    }
    const line = document.createElement("li");
    line.className = "mark";
    const label = document.createElement("label");
    label.className = "check";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "mark", value: path, checked: true });
    const text = document.createElement("span");
    text.textContent = title;
    label.append(box, text);
    const note = document.createElement("input");
    Object.assign(note, { className: "input", name: `note:${path}`, maxLength: 500, placeholder: select.dataset.note });
    note.setAttribute("aria-label", `${select.dataset.note}: ${title}`);
    line.append(label, note);
    list.append(line);
    note.focus();
  });
}
