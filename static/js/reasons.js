// The reasons that are written for warnings and for unusual figures: kept in the browser until the
// server has them, like the figures themselves. Only a report has them, a survey's sheet has none.

import { REASON } from "./browser_store.js";

const SHORTEST = 5; // as the server counts: less is no reason
const keyOf = (code, path) => `${code} ${path}`;

export class Reasons {
  constructor(page) {
    this.page = page;
    this.texts = new Map();
    this.unsent = new Map(); // key -> {code, path, text}
    this.offered = Array.isArray(page.program.reasons);
    for (const { code, path, text } of page.program.reasons || []) this.texts.set(keyOf(code, path), text);
    this.sending = false;
    page.on("state", ({ kind }) => kind === "saved" && this.send());
    page.on("answered", ({ body }) => this.take(body.reasons));
    addEventListener("online", () => this.send());
    addEventListener("beforeunload", (event) => this.unsent.size && !this.page.saver.isLeft && event.preventDefault());
  }

  get({ code, path }) {
    return this.texts.get(keyOf(code, path)) || "";
  }

  /** What somebody began to write and has neither finished nor given up. */
  begun({ code, path }) {
    return this.page.halfWritten.get(`reason ${keyOf(code, path)}`);
  }

  begin({ code, path }, text) {
    this.page.halfWritten.set(`reason ${keyOf(code, path)}`, text);
  }

  isGiven(finding) {
    return this.get(finding).trim().length >= SHORTEST;
  }

  isEnough(text) {
    return text.trim().length >= SHORTEST;
  }

  isSent({ code, path }) {
    return !this.unsent.has(keyOf(code, path));
  }

  set({ code, path }, text) {
    this.note({ code, path, text: text.trim() });
    return this.send();
  }

  /** What the server holds, whoever wrote it; what is still unsent here stays as it is here. */
  take(held) {
    if (!this.offered || !held) return;
    const texts = new Map(held.map(({ code, path, text }) => [keyOf(code, path), text]));
    for (const [key, { text }] of this.unsent) texts.set(key, text);
    const same = texts.size === this.texts.size && [...texts].every(([key, text]) => this.texts.get(key) === text);
    this.texts = texts;
    if (!same) this.page.findings.paint();
  }

  note(reason) {
    const key = keyOf(reason.code, reason.path);
    this.texts.set(key, reason.text);
    this.unsent.set(key, reason);
    this.page.drafts.putTyping(REASON + key, JSON.stringify(reason));
  }

  /** Takes up what another visit could not send; gives back the texts that are no reasons. */
  restore(texts) {
    const mine = texts.filter(({ path }) => path.startsWith(REASON));
    for (const { text, version } of mine) this.note({ ...JSON.parse(text), version });
    if (mine.length) this.send();
    return texts.filter(({ path }) => !path.startsWith(REASON));
  }

  /** To the server, behind the figures that the reasons are about; resolves with whether it has all. */
  async send() {
    const { saver, drafts, program } = this.page;
    if (this.sending || !this.unsent.size || !saver) return !this.unsent.size;
    this.sending = true;
    // One that an earlier visit left is about a cell of the version of then.
    const versionOf = (reason) => reason.version || program.version;
    const [first] = this.unsent.values();
    const sent = new Map([...this.unsent].filter(([, reason]) => versionOf(reason) === versionOf(first)));
    await saver.now();
    const reasons = [...sent.values()].map(({ code, path, text }) => ({ code, path, text }));
    const body = { changes: [], reasons, version: versionOf(first) };
    const answer = await saver.line.ask("PATCH", program.changes, { body });
    this.sending = false;
    if (!answer.ok) return false;
    for (const [key, reason] of sent) {
      if (this.unsent.get(key) !== reason) continue;
      this.unsent.delete(key);
      drafts.removeTyping(REASON + key);
    }
    saver.take(answer.body);
    this.page.findings.paint();
    return this.send();
  }
}
