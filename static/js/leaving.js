// Signing out of a computer that others use too: what is unsent is sent, kept or thrown away, as
// the person says; then the account's key and pages are deleted here.

import { BrowserStore, inTime, REASON } from "./browser_store.js";
import { channelOf } from "./windows.js";

const askers = [];

/** A page with cells of its own: {count() -> {cells, reasons}, send() -> promise, leave()}. */
export function onSigningOut(page) {
  askers.push(page);
}

/** What the browser's storage answers; null when it refuses or is too slow for somebody who goes. */
const settled = (asked) => inTime(asked.catch(() => null), null);
const token = () => document.querySelector('meta[name="csrf-token"]').content;

/** What waits in this browser: on this page, or in the store where it knows more. */
async function countUnsent(store, account) {
  const most = (kind, places) => {
    const shown = askers.reduce((sum, { count }) => sum + count()[kind], 0);
    return Math.max(shown, new Set(places.map(([, document, path]) => `${document} ${path}`)).size);
  };
  const cells = most("cells", store ? await store.places("cells", account) : []);
  return { cells, reasons: most("reasons", store ? await store.reasons(account) : []) };
}

/** Send what waits: first what is on this page, then the drafts of other reports. */
async function sendAll(store, account, address) {
  for (const { send } of askers) await send();
  if (!store) return;
  const key = await store.ownKey(account, address);
  const byAddress = new Map();
  for (const { place, value } of await store.all("cells", key, account)) {
    if (!value.changes || value.half) continue;
    const group = `${value.version || ""} ${value.changes}`;
    byAddress.set(group, [...(byAddress.get(group) || []), { place, value }]);
  }
  for (const records of byAddress.values()) {
    const { changes, version } = records[0].value;
    const left = await sendTo(changes, version, records.map(({ value }) => value));
    await store.remove("cells", records.filter(({ value }) => !left.has(value.path)).map(({ place }) => place));
  }
  await sendReasons(store, key, account);
}

/** The reasons follow the figures that they are about; one that has arrived is no longer kept. */
async function sendReasons(store, key, account) {
  for (const { place, value } of await store.all("typing", key, account)) {
    if (!value.path.startsWith(REASON) || !value.changes) continue;
    const { version } = value;
    const { ok } = await patch(value.changes, { changes: [], reasons: [JSON.parse(value.text)], ...(version ? { version } : {}) });
    if (ok) await store.remove("typing", [place]);
  }
}

function patch(address, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token(), Prefer: "return=minimal" };
  return fetch(address, { method: "PATCH", headers, body: JSON.stringify(body), credentials: "same-origin" });
}

/** One report's drafts to the server; gives the paths that it did not take. */
async function sendTo(address, version, drafts) {
  const all = new Set(drafts.map(({ path }) => path));
  const response = await patch(address, { changes: drafts.map(changeOf), ...(version ? { version } : {}) });
  if (response.ok) return new Set();
  const answer = await response.json().catch(() => null);
  return response.status === 409 && answer && ["conflict", "form-changed"].includes(answer.code) ? new Set(answer.errors.map(({ path }) => path)) : all;
}

function changeOf({ path, change: { from, to } }) {
  const change = { path, from: from.value ?? from.status, to: to.value };
  if (to.status) change.status = to.status;
  return change;
}

class SigningOut {
  constructor(form) {
    this.form = form;
    const { account, browser, after } = form.dataset;
    Object.assign(this, { account, browser, signIn: after });
    this.dialog = document.getElementById("signing-out");
    this.texts = this.dialog.dataset;
    this.dialog.addEventListener("click", ({ target }) => this.choose(target.closest("[data-choice]")));
    // One channel to tell and to hear: it does not hear itself, so this page leaves once, and its greeting is not used up.
    this.channel = channelOf(account);
    if (this.channel) this.channel.addEventListener("message", ({ data }) => this.follow(data));
  }

  /** Another window of the account has signed out. */
  follow({ kind }) {
    if (kind !== "signed-out") return;
    for (const { leave } of askers) leave();
    location.replace(this.signIn);
  }

  tell(text) {
    const line = this.dialog.querySelector("[data-said]");
    line.textContent = text;
    line.hidden = !text;
  }

  /** "2 ô và 1 lý do": what waits, in words; empty when nothing does. */
  async waiting() {
    const { texts } = this;
    const counted = (await settled(countUnsent(this.store, this.account))) || (await countUnsent(null, this.account));
    const said = ["cells", "reasons"].filter((kind) => counted[kind]).map((kind) => texts[kind].replace("{count}", counted[kind]));
    return said.join(` ${texts.and} `);
  }

  async ask() {
    this.store = await settled(BrowserStore.open());
    const waiting = await this.waiting();
    if (!waiting) {
      await this.leave("sent");
      return;
    }
    this.dialog.querySelector("[data-count]").textContent = this.texts.question.replace("{waiting}", waiting);
    this.tell("");
    if (!this.dialog.open) this.dialog.showModal();
  }

  async choose(button) {
    if (!button) return;
    const { choice } = button.dataset;
    if (choice === "stay") {
      this.dialog.close();
      return;
    }
    const buttons = [...this.dialog.querySelectorAll("button")];
    for (const one of buttons) one.disabled = true;
    try {
      if (choice === "send") await this.send();
      else await this.leave(choice);
    } finally {
      for (const one of buttons) one.disabled = false;
    }
  }

  async send() {
    this.tell(this.texts.sending);
    await sendAll(this.store, this.account, this.browser).catch(() => {});
    const left = await this.waiting();
    if (left) this.tell(this.texts.notSent.replace("{waiting}", left));
    else await this.leave("sent");
  }

  /** The server first: a session that goes on must not look ended. Then what is left here. */
  async leave(choice) {
    const { store, account } = this;
    // What "keep" leaves, of this account or of another, must survive the browser's own sweep.
    const sweep = choice !== "keep" && store && (await settled(store.othersWait(account))) === false;
    const body = new URLSearchParams({ csrf_token: token(), ...(sweep ? { sweep: "yes" } : {}) });
    try {
      await fetch(this.form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    } catch {
      if (!this.dialog.open) this.dialog.showModal();
      this.tell(this.texts.notLeft);
      return;
    }
    for (const { leave } of askers) leave();
    if (this.channel) this.channel.postMessage({ kind: "signed-out" });
    if (store && choice !== "keep") await settled(store.discard(account)); // half-typed texts too
    if (store) await settled(store.forget(account));
    location.replace(this.signIn);
  }
}

/** Makes the sign-out button of this page ask first. */
export function startSigningOut() {
  const form = document.querySelector("form[data-sign-out]");
  if (!form || !document.getElementById("signing-out")) return;
  const signingOut = new SigningOut(form);
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    signingOut.ask();
  }, { capture: true });
  // Who was signed in here before and did not sign out left a key: from now on it opens nothing.
  if ("indexedDB" in window) BrowserStore.open().then((store) => store.forgetOthers(form.dataset.account)).catch(() => {});
}

startSigningOut();
