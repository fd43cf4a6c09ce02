// Sentences that nobody has finished yet, a reason or a comment: kept while they are written, and
// back in their field when it is opened again, also after the browser has died.

const PLACE = "writing ";
const EVERY = 500;

export class HalfWritten {
  constructor(page) {
    this.page = page;
    this.isKept = true; // a page with persons' data keeps its sentences only as long as it is open
    this.texts = new Map();
    this.waiting = new Set();
    this.timer = 0;
  }

  get(key) {
    return this.texts.get(key) || "";
  }

  /** An empty text: it was sent, or given up. */
  set(key, text) {
    if (text.trim()) this.texts.set(key, text);
    else this.texts.delete(key);
    this.waiting.add(key);
    if (!this.timer && this.isKept) this.timer = setTimeout(() => this.write(), EVERY);
  }

  write() {
    this.timer = 0;
    const { drafts } = this.page;
    for (const key of this.waiting) {
      if (this.texts.has(key)) drafts.putTyping(PLACE + key, this.texts.get(key));
      else drafts.removeTyping(PLACE + key);
    }
    this.waiting.clear();
  }

  /** Takes up what a window that is gone left; gives back the texts that are no sentences. */
  restore(texts) {
    const isMine = ({ path }) => path.startsWith(PLACE);
    for (const { path, text } of texts.filter(isMine)) {
      const key = path.slice(PLACE.length);
      if (!this.texts.has(key)) this.set(key, text);
    }
    return texts.filter((one) => !isMine(one));
  }
}
