// What a cell means and what happened to it: parts of the cell's own page, fetched when somebody
// opens them, so that screen and page never tell two stories.

export class CellPast {
  constructor(side) {
    this.side = side;
    this.pages = new Map(); // path -> promise of {meaning, history}
    this.boxes = [...side.box.querySelectorAll("[data-side-part]")];
    for (const box of this.boxes) box.addEventListener("toggle", () => this.fill(box));
  }

  /** Another cell came into view: what is open shows it. */
  show(path) {
    if (path === this.path && this.pages.has(path)) return;
    this.path = path;
    for (const box of this.boxes) this.fill(box);
  }

  forget(paths) {
    for (const path of paths) this.pages.delete(path);
  }

  async fill(box) {
    if (!box.open || !this.path) return;
    const { path } = this;
    const place = box.querySelector("[data-part]");
    if (!this.pages.has(path)) {
      place.textContent = this.side.texts.loading;
      this.pages.set(path, this.fetch(path));
    }
    const found = await this.pages.get(path);
    if (path !== this.path) return;
    if (found) place.replaceChildren(...[...found[box.dataset.sidePart].childNodes].map((node) => node.cloneNode(true)));
    else {
      this.pages.delete(path);
      place.textContent = this.side.texts.notLoaded;
    }
  }

  /** The parts of the page, null when it did not come. What is typed here goes to the server first. */
  async fetch(path) {
    try {
      await this.side.page.saver.now();
      const address = `${this.side.box.dataset.cell}?path=${encodeURIComponent(path)}`;
      const response = await fetch(address, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return null;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      return { meaning: page.querySelector("[data-cell-meaning]"), history: page.querySelector("[data-cell-history]") };
    } catch {
      return null;
    }
  }
}
