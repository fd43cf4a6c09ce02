// The page that stands in for others without a network: the reports that can be opened here.

import { BrowserStore } from "./browser_store.js";

/** Every kept page of the account whose key is here: [{path, title, until}]. */
async function keptPages() {
  const store = await BrowserStore.open();
  const found = [];
  for (const account of await store.accounts()) {
    for (const { place, value } of await store.all("pages", await store.key(account), account)) {
      if (place[2] === "now" && value.until > Date.now()) found.push(value);
    }
  }
  return found.sort((a, b) => a.title.localeCompare(b.title, "vi"));
}

async function show() {
  const pages = await keptPages().catch(() => []);
  const list = document.querySelector("[data-reports]");
  for (const { path, title } of pages) {
    const link = document.createElement("a");
    link.href = path;
    link.textContent = title;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  document.querySelector("[data-none]").hidden = pages.length > 0;
  document.documentElement.dataset.ready = "offline";
}

document.querySelector("[data-again]").addEventListener("click", () => location.reload());
addEventListener("online", () => location.reload());
show();
