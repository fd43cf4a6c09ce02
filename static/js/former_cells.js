// Figures that were typed on another version of the form than the report is on now: those that an
// earlier visit left, and those of this page when the report has gone on meanwhile. The server knows
// where each stands now; one without a place waits here, readable, until somebody decides.

import { same } from "./answers.js";

const nameOf = ({ version, path }) => `${version} ${path}`;
/** What the server refuses because of single cells. */
const OF_CELLS = new Set([400, 413, 422]);

export class FormerCells {
  constructor(saver) {
    this.saver = saver;
    this.own = saver.program.version;
    this.now = this.own; // which version the report is on, as far as the server has said
    this.waiting = new Map(); // name -> {path, change, version, key}: to be sent
    this.unplaced = new Map(); // the same, with {title, into, reason}: to be decided
    this.onChange = () => {};
  }

  get count() {
    return this.waiting.size + this.unplaced.size;
  }

  /** Whether the report has gone to another version than this page shows. */
  get isMoved() {
    return this.now !== this.own;
  }

  /** Takes note of the version in an answer; gives whether the answer's cells are not this page's. */
  hears(version) {
    if (version && version !== this.now) {
      this.now = version;
      this.onChange();
    }
    return this.isMoved;
  }

  /** Of what an earlier visit left: whether it belongs to another version, or to no cell at all. */
  isFormer({ path, version }) {
    if (version && version !== this.own) return true;
    const { local } = this.saver;
    const [block, , cell] = path.split("/").slice(1);
    return !local.spec(path) && (cell !== undefined || !local.blocks[block] || local.blocks[block].kind === "line");
  }

  /** What an earlier visit left goes to the server first of all. */
  take(cells) {
    for (const { path, change, version, title, half } of cells) {
      const one = { path, change, version: version || this.saver.program.before || this.own, title };
      const name = nameOf(one);
      const held = { ...one, key: name, half };
      // Half typed: it is for its writer to say whether it is a figure.
      if (half) this.unplaced.set(name, { ...held, title: title || path, into: [] });
      else if (!this.unplaced.has(name)) this.waiting.set(name, held);
    }
    if (!cells.length) return;
    this.onChange();
    this.saver.say();
    this.saver.schedule(0);
  }

  /** Written down here before the record of the window that left it goes. */
  keep() {
    return this.saver.drafts.put([...this.waiting.values(), ...this.unplaced.values()].filter(({ version }) => version !== this.own || !this.isMoved));
  }

  /** A cell of this page that has no place in the version that the report is on now. */
  lose(path, change, error) {
    const one = { path, change, version: this.own, key: path };
    this.unplaced.set(nameOf(one), { ...one, title: error.message || path, into: error.into || [] });
    this.onChange();
  }

  /** The lost cells of this page itself: what they hold may be a person's data. */
  ownPaths() {
    return [...this.unplaced.values()].filter(({ version }) => version === this.own).map(({ path }) => path);
  }

  isLost(path) {
    return this.unplaced.has(nameOf({ path, version: this.own }));
  }

  /** Somebody types in the cell once more: what was lost there is asked again. */
  retake(path) {
    if (this.unplaced.delete(nameOf({ path, version: this.own }))) this.onChange();
  }

  /** Resolves with whether the server has answered for all that waited. */
  async send() {
    let isRead = true;
    while (this.waiting.size) {
      const [{ version }] = this.waiting.values();
      const group = [...this.waiting.values()].filter((one) => one.version === version).slice(0, this.saver.limit);
      if (!(await this.sendGroup(version, group))) return false;
      isRead = false;
    }
    if (!isRead && !this.isMoved) await this.saver.refresh();
    return true;
  }

  async sendGroup(version, group) {
    const { saver } = this;
    const changes = group.map(({ path, change: { from, to } }) => {
      const change = { path, from: from.value ?? from.status, to: to.value };
      return to.status ? { ...change, status: to.status } : change;
    });
    const answer = await saver.line.ask("PATCH", saver.program.changes, { body: { changes, version }, prefer: "return=minimal" });
    const { body, status } = answer;
    if (!answer.ok && !(status === 409 && body && Array.isArray(body.errors) && body.version)) {
      if (!OF_CELLS.has(status) || !body) return saver.failed(answer);
      if (group.length > 1) {
        for (const one of group) if (!(await this.sendGroup(version, [one]))) return false;
      } else this.decide(group[0], { message: group[0].path, reason: body.detail });
      return true;
    }
    this.hears(body.version);
    const met = new Map((answer.ok ? [] : body.errors).map((error) => [error.path, error]));
    for (const one of group) {
      const error = met.get(one.path);
      if (!error) this.settle(one);
      else if (error.code === "no-place" || !this.ask(one, error)) this.decide(one, error);
    }
    saver.arrived(new Map());
    return true;
  }

  /** Both values are shown at the cell's place of now, where this page has it free. */
  ask(one, { now, mine, theirs, at, by, by_name: name }) {
    const { saver } = this;
    if (this.isMoved || !saver.local.spec(now) || saver.isUnsent(now)) return false;
    const { status } = one.change.to;
    saver.conflicts.set(now, { theirs, at, by, name });
    saver.local.set(now, { value: mine === status ? null : mine, status });
    saver.keep([now]);
    this.settle(one);
    saver.on.conflicts(saver.conflicts);
    return true;
  }

  decide(one, { message, into = [], reason }) {
    const name = nameOf(one);
    this.waiting.delete(name);
    this.unplaced.set(name, { ...one, title: message || one.path, into, reason });
    this.onChange();
  }

  /** The server has it, or it was put elsewhere. */
  settle(one) {
    const name = nameOf(one);
    this.waiting.delete(name);
    if (this.unplaced.delete(name)) this.onChange();
    this.saver.drafts.remove([one.key]);
  }

  /** Knowingly not used: the server writes it into the history, then it goes here. */
  async giveUp(one) {
    const { saver } = this;
    const { value, status } = one.change.to;
    const given = { path: one.path, to: value, ...(status ? { status } : {}) };
    const body = { changes: [], version: one.version, given_up: [given] };
    const answer = await saver.line.ask("PATCH", saver.program.changes, { body, prefer: "return=minimal" });
    if (!answer.ok) {
      saver.failed(answer);
      saver.say();
      return false;
    }
    this.hears(answer.body.version);
    if (one.version === this.own && saver.local.spec(one.path) && same(saver.local.get(one.path), one.change.to)) saver.local.set(one.path, saver.base.get(one.path));
    this.settle(one);
    saver.say();
    return true;
  }
}
