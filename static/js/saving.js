// Sends changed cells to the server in small batches and says, truthfully, where they are.
// `local` is what stands on the page, `base` what the server is known to hold; a change tells
// both, so that the server notices when somebody else was quicker.

import { same } from "./answers.js";
import { FormerCells } from "./former_cells.js";

const DEBOUNCE = 300;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const LONGEST_ASKED = 300000;
const BATCH = 500;
/** What the server refuses because of single cells: the others must not wait for them. */
const OF_CELLS = new Set([400, 413, 422]);

export class Saver {
  /** `on`: answer, conflicts, state, refused, saved, clock. */
  constructor({ program, local, base, drafts, line, edit, on }) {
    Object.assign(this, { program, local, base, drafts, line, edit, on });
    this.queue = new Set();
    this.origins = new Map();
    this.conflicts = new Map();
    this.refused = new Map();
    this.limit = BATCH;
    this.sending = false;
    this.running = null;
    this.pause = FIRST_PAUSE;
    this.timer = 0;
    this.notBefore = 0;
    this.trouble = null; // null, {kind: "offline" | "fault" | "session" | "foreign" | "refused", reason}
    this.last = {};
    this.isLeft = false;
    this.former = new FormerCells(this);
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.say());
    addEventListener("focus", () => this.trouble && this.wake());
  }

  /** How many cells of this page the server does not hold. */
  get unsent() {
    return this.waiting().length + this.conflicts.size + this.refused.size + this.former.count;
  }

  waiting() {
    return [...this.queue].filter((path) => !same(this.base.get(path), this.local.get(path)));
  }

  /** Whether what is unsent would survive the end of this page. */
  get kept() {
    return this.drafts.available && ![...this.queue, ...this.conflicts.keys(), ...this.refused.keys(), ...this.former.ownPaths()].some((path) => this.isPersonal(path));
  }

  /** A cell with a person's data, or a row that has such cells: never kept in the browser. */
  isPersonal(path) {
    const spec = this.local.spec(path);
    if (spec) return Boolean(spec.personal);
    const block = this.local.blocks[path.split("/")[1]];
    return Boolean(block) && Object.values(block.cells || {}).some((cell) => cell.personal);
  }

  /** Cells of the page that changed; `origins` says how, where it was not typing. */
  touch(paths, origins = new Map()) {
    const asked = paths.filter((path) => this.conflicts.delete(path));
    for (const path of paths) {
      this.refused.delete(path);
      this.former.retake(path);
      this.queue.add(path);
      if (origins.get(path)) this.origins.set(path, origins.get(path));
      else this.origins.delete(path);
    }
    // A question about what stood here before must not take away what stands here now.
    if (asked.length) this.on.conflicts(this.conflicts);
    this.keep(paths);
    this.say();
    // While the server has trouble the next try has its time; more typing is no reason to hurry.
    if (!this.trouble) this.schedule(paths.some((path) => this.isPersonal(path)) ? 0 : DEBOUNCE);
  }

  async keep(paths) {
    const storable = paths.filter((path) => !this.isPersonal(path));
    await this.drafts.put(storable.map((path) => ({ path, change: { from: this.base.get(path), to: this.local.get(path) } })));
    // A cell that reached the server while it was being written down needs no record any more.
    await this.drafts.remove(storable.filter((path) => !this.isUnsent(path)));
    if (this.trouble) this.say();
  }

  /** These need not be sent any more: the line they stood in is gone. */
  drop(paths) {
    for (const path of paths) {
      for (const held of [this.queue, this.origins, this.conflicts, this.refused]) held.delete(path);
    }
    return this.drafts.remove(paths);
  }

  isUnsent(path) {
    return this.queue.has(path) || this.conflicts.has(path) || this.refused.has(path) || this.former.isLost(path);
  }

  /** Unsent, or just being typed: another's value must not slip in under the person's hands. */
  isHeld(path) {
    const place = document.getElementById(path);
    const isEdited = place && (place.querySelector(".cell-input") || (place === document.activeElement && place.matches("[data-cell]")));
    return this.isUnsent(path) || Boolean(isEdited);
  }

  /** Take up what another visit could not send; gives the paths that changed here. */
  restore(cells, tab) {
    const taken = [];
    const isFormer = (one) => this.former.isFormer(one);
    this.former.take(cells.filter(isFormer));
    for (const { path, change } of cells.filter((one) => !isFormer(one))) {
      if (same(this.base.get(path), change.to) && !this.isUnsent(path)) continue;
      if (this.isUnsent(path)) {
        if (!same(this.local.get(path), change.to)) this.conflicts.set(path, { theirs: change.to.value ?? change.to.status, ofDraft: true, tab });
        continue;
      }
      this.base.set(path, change.from);
      this.local.set(path, change.to);
      this.queue.add(path);
      taken.push(path);
    }
    if (taken.length) {
      this.say();
      this.schedule(0);
    }
    if (this.conflicts.size) this.on.conflicts(this.conflicts);
    return taken;
  }

  schedule(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
  }

  wake() {
    if (Date.now() >= this.notBefore) this.now();
  }

  /** Send now; resolves with whether everything has reached the server. */
  now() {
    if (!this.running) {
      this.running = this.run().finally(() => {
        this.running = null;
      });
    }
    return this.running;
  }

  async run() {
    clearTimeout(this.timer);
    if (this.former.waiting.size && !(await this.former.send())) {
      this.say();
      return false;
    }
    for (let paths = this.batch(); paths.length; paths = this.batch()) {
      if (!(await this.send(paths))) {
        this.say();
        return false;
      }
    }
    if (!this.queue.size && !this.former.waiting.size && this.trouble) this.trouble = null;
    this.say();
    return this.unsent === 0;
  }

  /** The next cells to send; one that is again as the server holds it needs no sending. */
  batch() {
    const paths = [];
    for (const path of [...this.queue]) {
      if (paths.length >= this.limit) break;
      if (same(this.base.get(path), this.local.get(path))) {
        this.queue.delete(path);
        this.drafts.remove([path]);
      } else paths.push(path);
    }
    return paths;
  }

  change(path) {
    const [before, after] = [this.base.get(path), this.local.get(path)];
    const change = { path, from: before.value ?? before.status, to: after.value };
    if (after.status) change.status = after.status;
    const origin = this.origins.get(path);
    if (origin && origin !== "typed") change.origin = origin;
    return change;
  }

  async send(paths) {
    const sent = new Map(paths.map((path) => [path, this.local.get(path)]));
    const body = { changes: paths.map((path) => this.change(path)), version: this.program.version };
    this.sending = true;
    this.say();
    const known = `edit=${this.edit || 0}${this.last.verdict ? `; verdict=${this.last.verdict}` : ""}`;
    const answer = await this.line.ask("PATCH", this.program.changes, { body, prefer: `return=minimal; ${known}` });
    this.sending = false;
    if (answer.ok) {
      this.arrived(sent);
      this.limit = Math.min(BATCH, this.limit * 2);
      this.take(answer.body, sent);
      return true;
    }
    if (answer.status === 409 && answer.body && ["conflict", "form-changed"].includes(answer.body.code)) return this.meet(sent, answer.body);
    if (OF_CELLS.has(answer.status) && answer.body) return this.part(paths, answer);
    return this.failed(answer);
  }

  arrived(sent) {
    this.trouble = null;
    this.pause = FIRST_PAUSE;
    this.notBefore = 0;
    const gone = [];
    for (const [path, held] of sent) {
      this.base.set(path, held);
      if (same(held, this.local.get(path))) {
        this.queue.delete(path);
        this.origins.delete(path);
        gone.push(path);
      }
    }
    if (sent.size) this.savedAt = this.on.clock();
    this.drafts.remove(gone);
  }

  /** The server's answer as a whole: a short one leaves out what this page knows. */
  take(body, sent = new Map()) {
    const before = this.edit;
    if (this.former.hears(body.version)) return; // these are not the cells of this page
    // Read before another window's news came in: it would put old figures back.
    if (!sent.size && body.edit < before) return;
    this.edit = body.edit || this.edit;
    this.last = { ...this.last, ...body, answers: body.answers || this.base.answers, statuses: body.statuses || this.base.statuses };
    this.last.findings = this.last.findings || this.program.findings;
    this.on.answer(this.last);
    this.on.saved([...sent].map(([path, held]) => ({ path, held })), before, this.edit);
  }

  /** Cells that somebody else changed: both values wait until one is chosen; the others are saved. */
  async meet(sent, body) {
    this.former.hears(body.version);
    for (const error of body.errors || []) {
      const { path, theirs, at, by, by_name: name } = error;
      const current = body.current || {};
      if (error.code === "no-place") {
        this.queue.delete(path);
        this.former.lose(path, { from: this.base.get(path), to: this.local.get(path) }, error);
        sent.delete(path);
        continue;
      }
      if (same(sent.get(path) || {}, this.local.get(path))) {
        this.queue.delete(path);
        this.conflicts.set(path, { theirs, at: at || current.at, by, name });
      }
      sent.delete(path);
    }
    this.arrived(sent);
    this.on.conflicts(this.conflicts);
    await this.refresh(sent);
    return true;
  }

  /** Refused because of single cells: leave out those that are named, or look for them by halves. */
  part(paths, { body, status }) {
    const places = (body.errors || []).map(({ path }) => String(path || ""));
    const at = (place) => paths[Number((/^\/changes\/(\d+)(\/|$)/.exec(place) || [])[1])];
    const named = [...new Set(places.map((place) => (this.queue.has(place) ? place : at(place))))].filter(Boolean);
    if (!named.length && paths.length > 1) {
      this.limit = Math.ceil(paths.length / 2);
      return true;
    }
    for (const path of named.length ? named : paths) {
      this.queue.delete(path);
      this.refused.set(path, { reason: body.detail || String(status) });
      this.on.refused(path);
    }
    return true;
  }

  /** Read the document again: other people's cells, and the verdict on all. */
  async refresh(sent = new Map()) {
    const answer = await this.line.ask("GET", this.program.document);
    if (answer.ok) this.take(answer.body, sent);
    return answer.ok;
  }

  failed({ status, body, foreign, retryAfter }) {
    const reason = (body && body.detail) || "";
    if (foreign) this.trouble = { kind: "foreign", name: foreign };
    else if (status === 401) this.trouble = { kind: "session" };
    else if (status === 0) this.trouble = { kind: "offline" };
    else if (status >= 500 || status === 408 || status === 429) this.trouble = { kind: "fault" };
    else this.trouble = { kind: "refused", reason: reason || String(status) };
    const asked = Math.min(LONGEST_ASKED, (retryAfter || 0) * 1000);
    const pause = Math.max(this.pause, asked);
    this.notBefore = asked ? Date.now() + asked : 0;
    this.schedule(pause);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
    return false;
  }

  say() {
    const { state } = this.on;
    const waiting = this.waiting().length;
    const count = waiting + this.conflicts.size + this.refused.size + this.former.count;
    const toSend = this.queue.size + this.former.waiting.size;
    if (this.trouble && (toSend || this.former.count)) state({ ...this.trouble, count, kept: this.kept });
    else if (this.sending && this.queue.size) state({ kind: "sending", count });
    else if (waiting || this.former.waiting.size) state({ kind: "waiting", count });
    else if (this.refused.size) state({ kind: "refused", count: this.refused.size, reason: [...this.refused.values()][0].reason });
    else if (this.conflicts.size) state({ kind: "conflict", count: this.conflicts.size });
    else if (this.former.count) state({ kind: "unplaced", count: this.former.count });
    else if (!navigator.onLine) state({ kind: "offline", count: 0, kept: this.drafts.available });
    else if (this.savedAt) state({ kind: "saved", at: this.savedAt });
    else state({ kind: "asBefore" });
  }
}
