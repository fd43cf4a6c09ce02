// The offers below a text that is being written: drawn, chosen by keys or mouse, taken into the text.

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class OfferList {
  /** `take(offer)` writes the chosen {name, note} into *area*. */
  constructor(area, list, take) {
    Object.assign(this, { area, list, take });
    this.offers = [];
    this.chosen = -1;
    area.setAttribute("aria-controls", list.id);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open(offers) {
    if (!offers.length) {
      this.close();
      return;
    }
    this.offers = offers;
    this.chosen = 0;
    this.list.replaceChildren(...offers.map((one, at) => this.drawn(one, at)));
    this.list.hidden = false;
    this.mark();
  }

  drawn({ name, note }, at) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${at}`;
    item.setAttribute("role", "option");
    item.textContent = name;
    if (note) {
      const small = document.createElement("small");
      small.textContent = note;
      item.append(small);
    }
    item.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the text keeps the focus
      this.chosen = at;
      this.choose();
    });
    return item;
  }

  mark() {
    for (const [at, item] of [...this.list.children].entries()) {
      item.setAttribute("aria-selected", String(at === this.chosen));
      if (at === this.chosen) item.scrollIntoView({ block: "nearest" });
    }
    this.area.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
  }

  close() {
    this.list.hidden = true;
    this.offers = [];
    this.area.removeAttribute("aria-activedescendant");
  }

  choose() {
    const one = this.offers[this.chosen];
    this.close();
    if (one) this.take(one);
  }

  /** Arrows, Enter, Tab and Escape while the offers are shown. */
  onKey(event) {
    if (!this.isOpen) return;
    if (event.key in STEPS) {
      this.chosen = (this.chosen + STEPS[event.key] + this.offers.length) % this.offers.length;
      this.mark();
    } else if (event.key === "Enter" || event.key === "Tab") this.choose();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
