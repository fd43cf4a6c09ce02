// The service worker: keeps our own static files, and answers without a network with the kept page
// of a report or with words on what to do. It never touches the API or forms. TOLD, put before this
// file by server/web/offline.py, holds the headers of answers and the addresses of the offline page.

const FILES = "bieumau-static-1";
const STORE = "bieumau-drafts";

self.addEventListener("install", (event) => {
  event.waitUntil(keepOfflinePages().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== FILES).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data.kind === "used") event.waitUntil(keepUsed(event.data));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
});

/** The pages without a network, one in each language, as nobody in particular sees them. */
async function keepOfflinePages() {
  const cache = await caches.open(FILES);
  for (const address of Object.values(TOLD.offline)) {
    const response = await fetch(address, { credentials: "omit", cache: "no-store" });
    if (!response.ok) throw new Error(address);
    const html = await response.clone().text();
    await cache.put(address, response);
    const assets = [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, found]) => found.replace(/&amp;/g, "&"));
    await Promise.all(assets.map((asset) => keep(cache, new URL(asset, location.origin))));
  }
}

async function keepUsed({ assets, tastes }) {
  const cache = await caches.open(FILES);
  await cache.put("/offline/tastes", new Response(JSON.stringify(tastes)));
  await Promise.all(assets.map((asset) => keep(cache, new URL(asset))));
}

/** Into the cache, if it is not there; other versions of the same file go. */
async function keep(cache, url, response = null) {
  if (!response && (await cache.match(url.href))) return;
  const fresh = response || (await fetch(url.href).catch(() => null));
  if (!fresh || fresh.status !== 200) return;
  await cache.put(url.href, fresh);
  const others = await cache.keys(url.href, { ignoreSearch: true });
  await Promise.all(others.filter((one) => one.url !== url.href).map((one) => cache.delete(one)));
}

/** A file named with its digest never changes; of the others the newest is asked for. */
async function file(request, url) {
  const cache = await caches.open(FILES);
  const isLasting = url.searchParams.has("v") || url.pathname.startsWith("/static/fonts/");
  const kept = await cache.match(url.href);
  if (kept && isLasting) return kept;
  try {
    const response = await fetch(request);
    if (response.status === 200) await keep(cache, url, response.clone());
    return response;
  } catch (fault) {
    const any = kept || (await cache.match(url.href, { ignoreSearch: true }));
    if (any) return any;
    throw fault;
  }
}

async function page(request, url) {
  try {
    const response = await fetch(request);
    // Sent elsewhere, e.g. to sign in: whoever sits here may no longer read the kept page.
    if (response.type === "opaqueredirect" || response.status === 404) await forgetPage(url.pathname).catch(() => {});
    return response;
  } catch {
    const kept = await keptPage(url.pathname).catch(() => null);
    return kept ? copyOf(kept) : offlinePage();
  }
}

/** The kept page as it was, marked, under the policy it had. */
async function copyOf(html) {
  const style = /<style>([^]*?)<\/style>/.exec(html);
  const headers = new Headers({ ...TOLD.headers, "Content-Type": "text/html; charset=utf-8" });
  if (style) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style[1])));
    const hash = btoa(String.fromCharCode(...digest));
    headers.set("Content-Security-Policy", headers.get("Content-Security-Policy").replace("style-src 'self'", `style-src 'self' 'sha256-${hash}'`));
  }
  return new Response(html.replace("<html ", "<html data-offline-copy "), { headers });
}

async function offlinePage() {
  const cache = await caches.open(FILES);
  const kept = await cache.match("/offline/tastes");
  const { lang, theme } = kept ? await kept.json() : {};
  const found = await cache.match(TOLD.offline[lang] || TOLD.offline.vi);
  if (!found) return Response.error();
  const html = (await found.text()).replace(/data-theme="\w+"/, () => `data-theme="${/^\w+$/.test(theme) ? theme : "auto"}"`);
  return new Response(html, { status: 503, headers: { ...TOLD.headers, "Content-Type": "text/html; charset=utf-8" } });
}

// ---- what static/js/browser_store.js keeps --------------------------------------------------------

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function withStore(work) {
  const opening = indexedDB.open(STORE);
  opening.onupgradeneeded = () => opening.transaction.abort(); // pages make it, not the worker
  const db = await done(opening);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

async function unseal(key, { iv, data }) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
}

/** The HTML of *path* for the account whose key is here, null when there is none or it is too old. */
function keptPage(path) {
  return withStore(async (db) => {
    for (const account of await done(db.transaction("keys").objectStore("keys").getAllKeys())) {
      const key = await done(db.transaction("keys").objectStore("keys").get(account));
      const pages = () => db.transaction("pages").objectStore("pages");
      const [html, now] = await Promise.all(["html", "now"].map((part) => done(pages().get([account, path, part]))));
      if (!html || !now) continue;
      if ((await unseal(key, now)).until > Date.now()) return (await unseal(key, html)).html;
    }
    return null;
  });
}

function forgetPage(path) {
  return withStore(async (db) => {
    const pages = db.transaction("pages", "readwrite").objectStore("pages");
    const places = await done(pages.getAllKeys());
    await Promise.all(places.filter((place) => place[1] === path).map((place) => done(pages.delete(place))));
  });
}
