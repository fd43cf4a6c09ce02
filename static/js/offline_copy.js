// The page as it can be opened without a network: its HTML as it came, and what the server was
// last known to hold, encrypted like drafts. static/js/offline_worker.js answers with it.

const LASTS = 12 * 3600 * 1000; // no longer than a session does
const SOON = 1000;

// This module runs while the page stands as the server sent it; later scripts change it.
const HTML = `<!doctype html>${document.documentElement.outerHTML}`;

/** Whether the worker answered with a kept copy because there was no network. */
export const isCopy = () => document.documentElement.hasAttribute("data-offline-copy");

/** What the server held when the copy was last made, for a page that is one. */
export async function takeCopy(page) {
  const kept = isCopy() ? await page.drafts.page(location.pathname, "now") : null;
  if (!kept) return;
  page.answered({ ...kept.document, findings: kept.document.findings || page.program.findings });
  page.paint([...document.querySelectorAll("#sheet [id]")].map(({ id }) => id).filter((id) => page.spec(id)));
}

/** Keeps the copy of *page* true; a page with persons' data is not kept at all. */
export function startOfflineCopy(page, { worker, personal, title }) {
  const path = location.pathname;
  if (personal) page.drafts.removePage(path);
  else keepCopy(page, path, title);
  if (!navigator.serviceWorker || !worker) return;
  navigator.serviceWorker.register(worker, { scope: "/" }).then(() => navigator.serviceWorker.ready).then(({ active }) => {
    const used = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const assets = used.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/")).map(String);
    const { more } = document.querySelector("script[data-more]").dataset;
    const { lang, dataset } = document.documentElement;
    active.postMessage({ kind: "used", assets: [...assets, new URL(more, location).href], tastes: { lang, theme: dataset.theme } });
  }, () => {}); // refused in private windows: the page works, but not without a network
}

function keepCopy(page, path, title) {
  let timer = 0;
  const entry = () => ({ path, title, until: Date.now() + LASTS });
  const now = () => ({
    document: { answers: page.base.answers, statuses: page.base.statuses, findings: page.saver.last.findings },
    ...entry(),
  });
  const write = () => {
    clearTimeout(timer);
    timer = setTimeout(() => page.drafts.putPage(path, "now", now()), SOON);
  };
  if (!isCopy()) {
    page.drafts.putPage(path, "html", { html: HTML, ...entry() });
    page.drafts.putPage(path, "now", now());
  }
  page.on("answered", write);
}
