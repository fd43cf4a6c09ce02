// Sends changed cells to the server in small batches and says, truthfully, where they are.
// `local` is what stands on the page, `base` what the server is known to hold; a change tells
// both, so that the server notices when somebody else was quicker.

import { same } from "./answers.js";

const DEBOUNCE = 300;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;

export class Saver {
  constructor({ program, local, base, drafts, on }) {
    Object.assign(this, { program, local, base, drafts, on });
    this.queue = new Set();
    this.conflicts = new Map();
    this.sending = null;
    this.pause = FIRST_PAUSE;
    this.timer = 0;
    this.trouble = null; // null, {kind: "offline" | "session" | "refused", reason}
    this.kept = true;
    addEventListener("online", () => this.now());
    addEventListener("focus", () => this.trouble && this.now());
  }

  get unsent() {
    return this.queue.size + this.conflicts.size;
  }

  /** Cells of the page that changed. */
  touch(paths) {
    for (const path of paths) {
      this.conflicts.delete(path);
      this.queue.add(path);
    }
    this.keep(paths);
    this.say();
    this.schedule(DEBOUNCE);
  }

  async keep(paths) {
    const storable = paths.filter((path) => !(this.local.spec(path) || {}).personal);
    const cells = storable.map((path) => ({ path, change: { from: this.base.get(path), to: this.local.get(path) } }));
    this.kept = (await this.drafts.put(cells)) && storable.length === paths.length;
    // A cell that reached the server while it was being written down needs no record any more.
    await this.drafts.remove(storable.filter((path) => !this.queue.has(path) && !this.conflicts.has(path)));
    if (!this.kept && this.trouble) this.say();
  }

  /** Take up what an earlier visit could not send. */
  restore(cells) {
    for (const { path, change } of cells) {
      this.base.set(path, change.from);
      this.local.set(path, change.to);
      this.queue.add(path);
    }
    if (cells.length) this.schedule(0);
  }

  schedule(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
  }

  /** Send now; resolves with whether everything has reached the server. */
  async now() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    while (this.queue.size) {
      this.sending = this.send();
      const went = await this.sending;
      this.sending = null;
      if (!went) return false;
    }
    this.say();
    return this.unsent === 0;
  }

  change(path) {
    const [before, after] = [this.base.get(path), this.local.get(path)];
    const change = { path, from: before.value ?? before.status, to: after.value };
    if (after.status) change.status = after.status;
    return change;
  }

  async send() {
    const sent = new Map();
    for (const path of this.queue) {
      if (same(this.base.get(path), this.local.get(path))) {
        this.queue.delete(path);
        this.drafts.remove([path]);
      } else sent.set(path, this.local.get(path));
    }
    if (!sent.size) return true;
    this.say();
    const answer = await this.request("PATCH", this.program.changes, {
      changes: [...sent.keys()].map((path) => this.change(path)),
    });
    if (answer.ok) {
      this.arrived(sent);
      this.on.answer(answer.body);
      return true;
    }
    if (answer.status === 409 && answer.body && answer.body.code === "conflict") {
      const met = answer.body.errors || [];
      met.forEach(({ path }) => sent.delete(path));
      this.arrived(sent);
      this.meet(met, (answer.body.current || {}).at);
      return this.refresh();
    }
    return this.failed(answer);
  }

  arrived(sent) {
    this.trouble = null;
    this.pause = FIRST_PAUSE;
    const gone = [];
    for (const [path, held] of sent) {
      this.base.set(path, held);
      if (same(held, this.local.get(path))) {
        this.queue.delete(path);
        gone.push(path);
      }
    }
    this.savedAt = this.on.clock();
    this.drafts.remove(gone);
  }

  meet(met, at) {
    for (const { path, theirs } of met) {
      this.queue.delete(path);
      this.conflicts.set(path, { theirs, at });
    }
  }

  /** Read the document again: other people's cells, and the verdict on all. */
  async refresh() {
    const answer = await this.request("GET", this.program.document);
    if (answer.ok) {
      this.on.answer(answer.body);
      this.on.conflicts(this.conflicts);
    }
    return answer.ok;
  }

  failed({ status, body }) {
    if (status === 401) this.trouble = { kind: "session" };
    else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      this.trouble = { kind: "refused", reason: (body && body.detail) || String(status) };
    } else this.trouble = { kind: "offline" };
    this.say();
    this.schedule(this.pause);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
    return false;
  }

  say() {
    const count = this.unsent;
    if (this.trouble) this.on.state({ ...this.trouble, count, kept: this.kept });
    else if (this.sending && this.queue.size) this.on.state({ kind: "sending", count });
    else if (this.queue.size) this.on.state({ kind: "waiting", count });
    else if (count) this.on.state({ kind: "conflict", count });
    else if (this.savedAt) this.on.state({ kind: "saved", at: this.savedAt });
  }

  async request(method, address, body, again = true) {
    const headers = { Accept: "application/json", "X-CSRF-Token": token().content };
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(address, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" });
    } catch {
      return { ok: false, status: 0 };
    }
    const answer = { ok: response.ok, status: response.status, body: await response.json().catch(() => null) };
    const forged = response.status === 403 && answer.body && answer.body.code === "csrf-invalid";
    // After signing in again the page's token is an old one: take the new one from a fresh page.
    if (forged && again && (await renewToken())) return this.request(method, address, body, false);
    return answer;
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]');

async function renewToken() {
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok || response.redirected) return false;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    token().content = page.querySelector('meta[name="csrf-token"]').content;
    return true;
  } catch {
    return false;
  }
}
