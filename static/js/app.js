// Small behaviours of every page; all pages work without them. Screens import what they need:
// csrfHeaders() for fetch, ask(text, ...) for a confirmation, announce(text) for a spoken message.

const WORDS =
  document.documentElement.lang === "en"
    ? { yes: "Confirm", no: "Cancel" }
    : { yes: "Xác nhận", no: "Thôi" };

/** Headers of a write by fetch: the token of this page and the wish for JSON answers. */
export function csrfHeaders(more = {}) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  return { "X-CSRF-Token": token, Accept: "application/json", ...more };
}

/** Takes a new token after signing in again in place, for this page's forms as well. */
export function takeCsrfToken(token) {
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
}

/** Asks before something that cannot be taken back; resolves to true or false. */
export function ask(text, { yes = WORDS.yes, no = WORDS.no } = {}) {
  const dialog = document.createElement("dialog");
  if (typeof dialog.showModal !== "function") return Promise.resolve(window.confirm(text));
  dialog.className = "dialog";
  const sentence = document.createElement("p");
  sentence.id = "dialog-text";
  sentence.textContent = text;
  dialog.setAttribute("aria-labelledby", sentence.id);
  const row = document.createElement("p");
  row.className = "actions";
  for (const [title, value, look] of [[yes, "yes", " button-primary"], [no, "no", ""]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button${look}`;
    button.textContent = title;
    button.addEventListener("click", () => dialog.close(value));
    row.append(button);
  }
  dialog.append(sentence, row);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

let speaker = null;
/** Has a screen reader say *text* without moving the focus. */
export function announce(text) {
  if (!speaker) {
    speaker = document.createElement("p");
    speaker.className = "visually-hidden";
    speaker.setAttribute("aria-live", "polite");
    document.body.append(speaker);
  }
  speaker.textContent = text;
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const open = document.querySelector("details[data-menu][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// A form or button with data-confirm asks first; the button that was pressed is sent along.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const pressed = event.submitter;
  const text = (pressed && pressed.dataset.confirm) || form.dataset.confirm;
  if (text && !form.dataset.confirmed) {
    event.preventDefault();
    if (await ask(text, { yes: (pressed && pressed.textContent.trim()) || undefined })) {
      form.dataset.confirmed = "yes";
      form.requestSubmit(pressed);
      delete form.dataset.confirmed;
    }
    return;
  }
  if (event.defaultPrevented || form.method !== "post") return;
  // The second click of a double click must not send the form again; Back must find it usable.
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Language and theme: the theme changes at once, the server keeps it.
for (const form of document.querySelectorAll("form[data-tastes]")) {
  form.addEventListener("submit", async (event) => {
    const pressed = event.submitter;
    if (!pressed || pressed.name !== "theme") return;
    event.preventDefault();
    document.documentElement.dataset.theme = pressed.value;
    document.querySelector('meta[name="color-scheme"]').content =
      pressed.value === "auto" ? "light dark" : pressed.value;
    for (const button of form.querySelectorAll('[name="theme"]')) {
      button.setAttribute("aria-pressed", String(button === pressed));
    }
    const body = new URLSearchParams({ theme: pressed.value });
    await fetch(form.action, { method: "POST", headers: csrfHeaders(), body });
  });
}

// After a refused form the summary of errors is the first thing to hear and see.
const first = document.querySelector("[data-focus]");
if (first) first.focus();
