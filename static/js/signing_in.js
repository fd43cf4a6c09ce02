// Signing in again in place: the page with its unsent cells stays, scroll and focus with it.

import { whoIsHere } from "./browser_store.js";

const byId = (id) => document.getElementById(id);

/** Opens the dialog at links marked data-sign-in; without it they open a new tab. */
export function startSigningIn(page, { address, texts }) {
  const dialog = byId("sign-in-again");
  if (!dialog || typeof dialog.showModal !== "function") return;
  const form = dialog.querySelector("form");
  const said = dialog.querySelector("[data-said]");
  const tell = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sign-in]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const [focused, top] = [document.activeElement, [scrollX, scrollY]];
    const cell = page.grids.map(({ active }) => active).find((active) => active && active.isConnected);
    tell("");
    dialog.showModal();
    form.elements.password.focus();
    dialog.addEventListener("close", () => {
      form.elements.password.value = "";
      const back = focused && focused.isConnected && focused !== document.body && !focused.matches("[data-sign-in]") ? focused : cell;
      if (back) back.focus({ preventScroll: true });
      scrollTo(...top);
    }, { once: true });
  });
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation(); // not a page's form: it may be sent again
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      if (!(await signIn(form, address, tell, texts))) return;
      const here = await whoIsHere(address);
      if (!here) throw new Error("no answer");
      if (here.account !== page.program.account) {
        tell(texts.otherAccount.replace("{name}", here.name));
        page.saver.trouble = { kind: "foreign", name: here.name };
        page.saver.say();
        return;
      }
      takeToken(here.csrf);
      dialog.close();
      page.saver.pause = 1000;
      page.saver.now();
    } catch {
      tell(texts.signInFailed);
    } finally {
      button.disabled = false;
    }
  });
}

/** Name and password by the same door as the sign-in page; its words when it refuses. */
async function signIn(form, address, tell, texts) {
  const headers = { Accept: "text/html" };
  const body = new URLSearchParams(new FormData(form));
  body.set("csrf_token", await doorToken(form.action, headers, address));
  const answer = await fetch(form.action, { method: "POST", headers, body, credentials: "same-origin", redirect: "manual" });
  if (answer.type === "opaqueredirect") return true;
  const refusal = read(await answer.text()).querySelector(".error-summary li");
  tell(refusal ? refusal.textContent.trim() : texts.signInFailed);
  return false;
}

/** The token of the sign-in page, or of whoever has signed in here meanwhile. */
async function doorToken(action, headers, address) {
  const fresh = await fetch(action, { headers, credentials: "same-origin", redirect: "manual", cache: "no-store" });
  if (fresh.type === "opaqueredirect") return (await whoIsHere(address)).csrf;
  return read(await fresh.text()).querySelector('input[name="csrf_token"]').value;
}

const read = (html) => new DOMParser().parseFromString(html, "text/html");

function takeToken(token) {
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
}
