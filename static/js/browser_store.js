// The one database of this browser: keys of accounts, and what they encrypt. Shared by the pages
// that are filled, by signing out and by the list of offline reports; static/js/offline_worker.js
// reads the same stores.

export const NAME = "bieumau-drafts";
const VERSION = 2;
export const SEALED = ["cells", "typing", "pages"];
/** How the places of reasons for warnings begin, among what was typed and is no value. */
export const REASON = "reason ";

export const done = (request) =>
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
/** Milliseconds after which a page no longer waits for the browser's own storage. */
const PATIENCE = 4000;
/** What *work* gives; after the time `late`, while the work goes on. */
export const inTime = (work, late) => Promise.race([work, new Promise((resolve) => setTimeout(resolve, PATIENCE, late))]);
const below = (...start) => IDBKeyRange.bound(start, [...start, []]);

export class BrowserStore {
  /** Rejects where the browser keeps nothing: private mode, a full disk, an insecure origin. */
  static async open() {
    const store = new BrowserStore();
    await store.connect();
    return store;
  }

  async connect() {
    const opening = indexedDB.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      const there = opening.result.objectStoreNames;
      for (const name of ["keys", ...SEALED]) if (!there.contains(name)) opening.result.createObjectStore(name);
    };
    this.db = await done(opening);
    this.db.onversionchange = () => this.db.close();
  }

  /** One transaction; once more on a new connection when the browser has closed the old one. */
  async run(names, mode, work) {
    for (let again = true; ; again = false) {
      try {
        const transaction = this.db.transaction(names, mode, { durability: "relaxed" });
        const result = await work(...[names].flat().map((name) => transaction.objectStore(name)));
        if (mode === "readwrite") await ended(transaction);
        return result;
      } catch (fault) {
        if (!again || fault.name !== "InvalidStateError") throw fault;
        await this.connect();
      }
    }
  }

  // ---- keys -----------------------------------------------------------------------------------

  key(account) {
    return this.run("keys", "readonly", (keys) => done(keys.get(account)));
  }

  /** The accounts whose keys are here. */
  accounts() {
    return this.run("keys", "readonly", (keys) => done(keys.getAllKeys()));
  }

  /** The account's key: the one kept since it signed in, else made from what the server gives. */
  async ownKey(account, address) {
    const kept = await this.key(account);
    if (kept) return kept;
    const given = await whoIsHere(address);
    if (!given || given.account !== account) throw new Error("no key");
    const secret = Uint8Array.from(atob(given.key), (char) => char.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);
    await this.run("keys", "readwrite", (keys) => {
      keys.put(key, account);
    });
    return key;
  }

  /** Nobody but *account* is signed in here: the others' keys go, and pages only those could read. */
  async forgetOthers(account) {
    for (const other of await this.accounts()) if (other !== account) await this.forget(other);
  }

  /** Without its key nothing of *account* can be read here; what waits to be sent stays, locked. */
  async forget(account) {
    await this.run(["keys", "pages"], "readwrite", (keys, pages) => {
      keys.delete(account);
      pages.delete(below(account));
    });
  }

  /** What *account* could not send, and what it was typing, is thrown away. */
  async discard(account) {
    await this.run(["cells", "typing"], "readwrite", (...stores) => {
      for (const one of stores) one.delete(below(account));
    });
  }

  /** The places of unsent reasons below [account, ...]. */
  async reasons(...start) {
    return (await this.places("typing", ...start)).filter(([, , path]) => path.startsWith(REASON));
  }

  /** Whether another account's unsent cells or reasons wait here. */
  async othersWait(account) {
    const all = (name) => this.run(name, "readonly", (store) => done(store.getAllKeys()));
    const waiting = [...(await all("cells")), ...(await all("typing")).filter(([, , path]) => path.startsWith(REASON))];
    return waiting.some(([owner]) => owner !== account);
  }

  // ---- sealed records, under [account, document, ...] -------------------------------------------

  /** Puts {name, place, value}s, and takes away those without a value: in their order, in one transaction. */
  async write(key, changes) {
    const sealed = await Promise.all(changes.map(async (one) => ({ ...one, record: one.value && (await seal(key, one.value)) })));
    const names = [...new Set(changes.map(({ name }) => name))];
    await this.run(names, "readwrite", (...stores) => {
      for (const { name, place, record } of sealed) {
        const store = stores[names.indexOf(name)];
        if (record) store.put(record, place);
        else store.delete(place);
      }
    });
  }

  async remove(name, places) {
    await this.run(name, "readwrite", (store) => {
      for (const place of places) store.delete(place);
    });
  }

  places(name, ...start) {
    return this.run(name, "readonly", (store) => done(store.getAllKeys(below(...start))));
  }

  /** [{place, value}] below *start*; what this key cannot read is left where it is. */
  async all(name, key, ...start) {
    const [places, records] = await this.run(name, "readonly", (store) =>
      Promise.all([done(store.getAllKeys(below(...start))), done(store.getAll(below(...start)))]));
    const read = await Promise.all(
      records.map((record, at) => unseal(key, record).then((value) => ({ place: places[at], value }), () => null)));
    return read.filter(Boolean);
  }
}

/** Who the server says is signed in: {account, name, csrf, key}, null when nobody or no network. */
export async function whoIsHere(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function seal(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) };
}

async function unseal(key, { iv, data }) {
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
  return JSON.parse(new TextDecoder().decode(text));
}
