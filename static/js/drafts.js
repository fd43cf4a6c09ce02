// Cells that have not reached the server, and the one being typed, kept in this browser so that a
// crash loses none. One small record for each cell and window, encrypted with a key of the account;
// a record goes as soon as the server has the cell.

import { afterPaint } from "./after_paint.js";
import { BrowserStore } from "./browser_store.js";

const lockOf = (tab) => `bieumau-window:${tab}`;
/** More cells than somebody types: a pasted block is shown first and kept right after. */
const BLOCK = 20;
const newTab = () => [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36).padStart(2, "0")).join("");

export class Drafts {
  /** Drafts of one account's document; `changes` is the address that takes its cells. */
  constructor({ account, document, changes, version }, address) {
    Object.assign(this, { account, document, changes, version, address });
    this.tab = newTab();
    this.available = false;
    this.known = new Set([this.tab]);
    this.half = new Set(); // paths below which a text that is no value yet was written down
    this.waiting = [];
    this.writing = null;
    this.onTrouble = () => {};
    this.opened = this.open();
  }

  /** Resolves with whether this browser keeps drafts. */
  async open() {
    try {
      this.store = await BrowserStore.open();
      await this.store.forgetOthers(this.account);
      this.key = await this.store.ownKey(this.account, this.address);
      await this.holdOn();
      this.available = true;
    } catch {
      this.fail();
    }
    return this.available;
  }

  /** A lock that the browser takes back when this window ends, however it ends. */
  holdOn() {
    if (!navigator.locks) return null;
    return new Promise((held) => {
      navigator.locks.request(lockOf(this.tab), () => {
        held();
        return new Promise(() => {});
      });
    });
  }

  fail() {
    this.available = false;
    this.onTrouble();
  }

  /** After signing out nothing more is written. */
  close() {
    this.available = false;
  }

  async attempt(work, otherwise) {
    if (!(await this.opened) || !this.available) return otherwise;
    try {
      return await work();
    } catch {
      this.fail();
      return otherwise;
    }
  }

  place(path, tab = this.tab) {
    return [this.account, this.document, path, tab];
  }

  /**
   * Resolves when these {name, place, value} are written down, in their order. What comes while the
   * browser writes goes together in the next transaction: however quick the hand, one follows.
   */
  async write(changes) {
    if (!changes.length) return; // writeAll() would have ended before it was noted down
    this.waiting.push(...changes);
    this.writing = this.writing || this.writeAll();
    await this.writing;
  }

  async writeAll() {
    try {
      while (this.waiting.length) await this.store.write(this.key, this.waiting.splice(0));
    } finally {
      this.writing = null;
    }
  }

  /** Keep cells: [{path, change}]; `key` sets one of another version apart. Gives whether they are kept. */
  put(cells) {
    const records = cells.map(({ path, change, key = path, version = this.version, title, half }) => ({
      name: "cells",
      place: this.place(key),
      value: { path, change, changes: this.changes, version, ...(half ? { title, half } : {}) },
    }));
    return this.attempt(async () => {
      if (records.length > BLOCK) await new Promise(afterPaint);
      const settled = cells.map(({ path }) => path).filter((path) => this.half.delete(path)); // a value now
      await this.write([...records, ...settled.map((path) => ({ name: "typing", place: this.place(path) }))]);
      return true;
    }, false);
  }

  remove(paths) {
    return paths.length ? this.attempt(() => this.write(paths.map((path) => ({ name: "cells", place: this.place(path) })))) : null;
  }

  /** The text that stands in an editor and is no value yet. */
  putTyping(path, text, title) {
    this.half.add(path);
    const value = { path, text, title, changes: this.changes, version: this.version };
    return this.attempt(() => this.write([{ name: "typing", place: this.place(path), value }]));
  }

  removeTyping(path) {
    this.half.delete(path);
    return this.attempt(() => this.write([{ name: "typing", place: this.place(path) }]));
  }

  /**
   * Watches the other windows of this document. What a window leaves behind when it is gone (now
   * or later) is given to `left({cells: [{path, change, version, key}], typing: [{path, text}], tab})`.
   */
  async watch(left) {
    const places = await this.attempt(async () => [
      ...(await this.store.places("cells", this.account, this.document)),
      ...(await this.store.places("typing", this.account, this.document)),
    ], []);
    const tabs = new Set(places.map(([, , , tab]) => tab || ""));
    this.left = left;
    await Promise.all([...tabs].map((tab) => this.meet(tab)));
  }

  /** Resolves when the window's drafts are taken up, or when it turns out to be alive. */
  async meet(tab) {
    if (this.known.has(tab) || !this.left) return null;
    this.known.add(tab);
    if (!navigator.locks) return this.inherit(tab);
    return new Promise((resolve) => {
      const heir = async (lock) => {
        if (lock) await this.inherit(tab);
        resolve();
        // Alive: wait in line, behind its own lock, until it is gone.
        if (!lock) navigator.locks.request(lockOf(tab), () => this.inherit(tab));
      };
      navigator.locks.request(lockOf(tab), { ifAvailable: true }, heir);
    });
  }

  /** The last window but one has gone: its records become this window's, by `left`. */
  async inherit(tab) {
    const of = async (name) => {
      const all = await this.store.all(name, this.key, this.account, this.document);
      return all.filter(({ place }) => (place[3] || "") === tab).map(({ place, value }) => ({ ...value, key: place[2] }));
    };
    const [cells, typing] = await this.attempt(async () => [await of("cells"), await of("typing")], [[], []]);
    if (cells.length || typing.length) await this.left({ cells, typing, tab });
  }

  /** A gone window's records that are no longer needed; `tab` "" are those of one without a name. */
  async drop(tab, cells, typing) {
    const place = (path) => (tab ? this.place(path, tab) : [this.account, this.document, path]);
    const gone = (name, paths) => paths.map((path) => ({ name, place: place(path) }));
    await this.attempt(() => this.write([...gone("cells", cells), ...gone("typing", typing)]));
  }

  // ---- the page itself, for opening it without a network ------------------------------------------

  putPage(path, part, value) {
    return this.attempt(() => this.store.write(this.key, [{ name: "pages", place: [this.account, path, part], value }]));
  }

  async page(path, part) {
    const found = await this.attempt(() => this.store.all("pages", this.key, this.account, path), []);
    const one = found.find(({ place }) => place[2] === part);
    return one ? one.value : null;
  }

  removePage(path) {
    return this.attempt(() => this.store.remove("pages", ["html", "now", "entry"].map((part) => [this.account, path, part])));
  }
}
