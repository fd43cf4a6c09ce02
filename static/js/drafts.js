// Cells that have not reached the server, kept in this browser so that a crash loses none.
// One small record for each cell in IndexedDB, encrypted with a key of the account that never
// leaves the browser; a record goes as soon as the server has the cell.

const NAME = "bieumau-drafts";
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const ended = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });

export class Drafts {
  /** Drafts of one account's document; `available` is false where the browser keeps none. */
  static async open(account, document) {
    const drafts = new Drafts();
    drafts.account = account;
    drafts.document = document;
    drafts.available = false;
    try {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("keys");
        opening.result.createObjectStore("cells");
      };
      drafts.db = await done(opening);
      drafts.key = await drafts.ownKey();
      drafts.available = true;
    } catch {
      drafts.db = null; // private mode, full disk, an insecure origin: the page says so when it matters
    }
    return drafts;
  }

  async ownKey() {
    const kept = await done(this.db.transaction("keys").objectStore("keys").get(this.account));
    if (kept) return kept;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const writing = this.db.transaction("keys", "readwrite");
    const store = writing.objectStore("keys");
    const first = await done(store.get(this.account));
    if (!first) store.put(key, this.account);
    await ended(writing);
    return first || key;
  }

  cellKey(path) {
    return [this.account, this.document, path];
  }

  /** Keep cells: [{path, change}]. Gives whether they are kept. */
  async put(cells) {
    if (!this.available) return false;
    try {
      const sealed = await Promise.all(cells.map(async ({ path, change }) => [path, await this.seal({ path, change })]));
      const writing = this.db.transaction("cells", "readwrite", { durability: "relaxed" });
      for (const [path, record] of sealed) writing.objectStore("cells").put(record, this.cellKey(path));
      await ended(writing);
      return true;
    } catch {
      this.available = false;
      return false;
    }
  }

  async remove(paths) {
    if (!this.available || !paths.length) return;
    try {
      const writing = this.db.transaction("cells", "readwrite", { durability: "relaxed" });
      for (const path of paths) writing.objectStore("cells").delete(this.cellKey(path));
      await ended(writing);
    } catch {
      this.available = false;
    }
  }

  /** What an earlier visit could not send: [{path, change}]. */
  async all() {
    if (!this.available) return [];
    try {
      const range = IDBKeyRange.bound([this.account, this.document], [this.account, this.document, []]);
      const records = await done(this.db.transaction("cells").objectStore("cells").getAll(range));
      return await Promise.all(records.map((record) => this.unseal(record)));
    } catch {
      return [];
    }
  }

  async seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, text) };
  }

  async unseal({ iv, data }) {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, data);
    return JSON.parse(new TextDecoder().decode(text));
  }
}
