// Requests of a page that stays open for hours: each ends within 15 seconds, a token that has
// become old is renewed, and nothing is sent for somebody else who signed in meanwhile.

import { whoIsHere } from "./browser_store.js";

const LONGEST = 15000;

export class ServerLine {
  constructor(account, address) {
    this.account = account;
    this.address = address;
  }

  /** {ok, status, body, retryAfter}: status 0 is no answer; `foreign` names another account. */
  async ask(method, address, { body, prefer, again = true } = {}) {
    const headers = { Accept: "application/json", "X-CSRF-Token": token().content };
    if (body) headers["Content-Type"] = "application/json";
    if (prefer) headers.Prefer = prefer;
    const answer = await this.fetch(address, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" });
    const forged = answer.status === 403 && answer.body && answer.body.code === "csrf-invalid";
    if (!forged || !again) return answer;
    const here = await whoIsHere(this.address);
    if (!here) return { ok: false, status: 0, body: null };
    if (here.account !== this.account) return { ok: false, status: 401, body: null, foreign: here.name };
    token().content = here.csrf;
    return this.ask(method, address, { body, prefer, again: false });
  }

  async fetch(address, options) {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), LONGEST);
    try {
      const response = await fetch(address, { ...options, signal: ending.signal });
      const body = await response.json().catch((fault) => {
        if (fault.name === "AbortError" || ending.signal.aborted) throw fault;
        return null; // a page of a proxy, not of ours
      });
      // A 2xx that is no answer of ours (a proxy's sign-in page) has saved nothing.
      const ok = response.ok && body !== null;
      return { ok, status: response.ok && !ok ? 502 : response.status, body, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
    } catch {
      return { ok: false, status: 0, body: null };
    } finally {
      clearTimeout(timer);
    }
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]');
