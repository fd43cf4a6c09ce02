// Attached files on the filling page: sent one after the other with their progress, chosen or
// dropped, for the report or for one cell ([data-attach-path]). Without this script the form posts.

import { csrfHeaders } from "./app.js";
import { fill } from "./cell_values.js";

/** Send one file; resolves with the answer's status and its JSON, status 0 without a connection. */
function send(address, file, path, onProgress) {
  const query = new URLSearchParams({ name: file.name, ...(path ? { path } : {}) });
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    request.open("POST", `${address}?${query}`);
    for (const [name, value] of Object.entries(csrfHeaders({ "Content-Type": "application/octet-stream" }))) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(Math.round((100 * loaded) / (total || 1))));
    request.addEventListener("loadend", () => resolve({ status: request.status, body: request.response || {} }));
    request.send(file);
  });
}

export function start(page) {
  const shelf = document.getElementById("attachments");
  const form = shelf && shelf.querySelector(".attachments-add");
  if (!form) return;
  const { address, mostBytes, texts } = JSON.parse(shelf.dataset.attachments);
  const input = form.querySelector("input[type=file]");
  const label = form.querySelector("[data-attach-label]");
  const place = form.elements.namedItem("path");
  const progress = shelf.querySelector("progress");
  const messages = shelf.querySelector(".attachments-messages");

  function say(text, kind) {
    const item = document.createElement("li");
    item.className = `flash flash-${kind}`;
    item.textContent = text;
    messages.append(item);
  }

  function why(file, { status, body }) {
    if (!status) return fill(texts.offline, { name: file.name });
    const [error] = body.errors || [];
    const reason = status === 413 ? "too-large" : error && error.code;
    return `${file.name}: ${texts[reason] || body.detail || fill(texts.refused, { name: file.name })}`;
  }

  async function attach(files) {
    messages.replaceChildren();
    let added = 0;
    progress.hidden = false;
    for (const file of files) {
      if (file.size > mostBytes) {
        say(`${file.name}: ${texts["too-large"]}`, "error");
        continue;
      }
      const told = (percent) => {
        progress.value = percent;
        progress.textContent = fill(texts.sending, { name: file.name, percent });
      };
      told(0);
      const answer = await send(address, file, place.value, told);
      if (answer.status === 201) {
        added += 1;
        say(fill(texts.done, { name: file.name }), "success");
      } else say(why(file, answer), "error");
    }
    progress.hidden = true;
    form.reset();
    forCell("", "");
    if (added) await refresh();
  }

  /** The list as the server draws it; the figures being typed are not touched. */
  async function refresh() {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("attachments");
    if (!fresh) return;
    shelf.querySelector("h2").replaceWith(fresh.querySelector("h2"));
    const [list, newList] = [shelf, fresh].map((one) => one.querySelector(".attachments-list"));
    if (list && newList) list.replaceWith(newList);
    else if (newList) form.before(newList);
    page.emit("attached", {});
  }

  function forCell(path, title) {
    place.value = path;
    label.textContent = path ? fill(texts.forCell, { cell: title || path }) : texts.forReport;
  }

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    attach([...input.files]);
  });
  for (const name of ["dragover", "drop"]) {
    shelf.addEventListener(name, (event) => {
      event.preventDefault();
      shelf.classList.toggle("dropping", name === "dragover");
      if (name === "drop") attach([...event.dataTransfer.files]);
    });
  }
  shelf.addEventListener("dragleave", () => shelf.classList.remove("dropping"));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest && target.closest("[data-attach-path]");
    if (!button) return;
    const path = button.dataset.attachPath;
    forCell(path, button.dataset.attachTitle || (path ? page.titleOf(path) : ""));
    form.scrollIntoView({ block: "center" });
    input.focus();
  });
}
