// The findings as a list that is read: each names its cell and leads to it, says what is wrong, how to
// put it right, and by which rule. Lines that stay are kept, so that nothing flickers or loses focus.

import { fill } from "./cell_values.js";
import { ReasonField } from "./reason_field.js";
import { formatNumber } from "./vietnamese.js";

const ICONS = { error: "late", warning: "warning", info: "info" };
const ASKED = new Set(["warning"]);

function element(tag, className, ...parts) {
  const found = document.createElement(tag);
  if (className) found.className = className;
  found.append(...parts);
  return found;
}

function icon(name) {
  const known = document.querySelector("svg.icon use");
  if (!known) return "";
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  drawn.setAttribute("viewBox", "0 0 16 16");
  use.setAttribute("href", known.getAttribute("href").replace(/#.*$/, `#${name}`));
  drawn.append(use);
  return drawn;
}

/** "Lỗi:" with its sign: told apart by word and by form, not by colour alone. */
export function severityWord(severity, texts) {
  return element("span", `severity severity-${severity}`, icon(ICONS[severity]), element("span", "", `${texts[severity]}:`));
}

export const keyOf = ({ code, path, message, left, right }) => JSON.stringify([code, path, message, left, right]);

/** Whether this finding asks for a reason: a warning, or a question about an unusual figure. */
export const asksReason = ({ severity, code }) => ASKED.has(severity) || code === "outlier";

export class FindingList {
  constructor(list, page) {
    this.list = list;
    this.page = page;
    this.lines = new Map(); // key -> {line, id, field}
    this.made = 0;
    list.addEventListener("click", (event) => this.follow(event));
  }

  /** Gives the id of each finding's sentence, in their order. */
  show(findings) {
    const wanted = new Map(findings.map((finding) => [keyOf(finding), finding]));
    for (const [key, { line }] of this.lines) {
      if (wanted.has(key)) continue;
      if (line.contains(document.activeElement)) this.moveOn(line);
      line.remove();
      this.lines.delete(key);
    }
    let after = null;
    for (const [key, finding] of wanted) {
      if (!this.lines.has(key)) this.lines.set(key, this.line(finding));
      const { line, field } = this.lines.get(key);
      if (field) field.refresh();
      const place = after ? after.nextElementSibling : this.list.firstElementChild;
      if (place !== line) this.list.insertBefore(line, place);
      after = line;
    }
    return findings.map((finding) => this.lines.get(keyOf(finding)).id);
  }

  /** A line goes while somebody is in it: the next one, or the whole, has the focus then. */
  moveOn(line) {
    const near = line.nextElementSibling || line.previousElementSibling;
    (near ? near.querySelector("a") : this.page.findings.box).focus();
  }

  line(finding) {
    const { texts, reasons } = this.page;
    const id = `finding-${this.made}`;
    this.made += 1;
    const said = element("p", "finding-line", severityWord(finding.severity, texts), " ", this.link(finding), `: ${finding.message}`);
    said.id = id;
    const line = element("li", `finding finding-${finding.severity}`, said);
    if (finding.fix && finding.code !== "unread") {
      line.append(element("p", "finding-fix", element("strong", "", `${texts.fix}: `), finding.fix));
      line.append(this.why(finding));
    }
    line.dataset.code = finding.code;
    let field = null;
    if (asksReason(finding) && reasons.offered) {
      field = new ReasonField(finding, { reasons, texts, saved: () => this.page.findings.now() });
      line.append(field.box);
    }
    return { line, id, field };
  }

  /** The rule, both sides and the cells; made when somebody wants to see them. */
  why(finding) {
    const { texts } = this.page;
    const box = element("details", "finding-why", element("summary", "", texts.why));
    box.addEventListener("toggle", () => {
      if (!box.open || box.children.length > 1) return;
      const facts = element("dl", "finding-facts");
      const add = (title, ...parts) => facts.append(element("dt", "", title), element("dd", "", ...parts));
      if (finding.rule) add(texts.rule, finding.rule);
      if (finding.left !== undefined && finding.right !== undefined) {
        const [left, right, difference] = [finding.left, finding.right, Math.abs(finding.left - finding.right)].map((one) => formatNumber(Number(one.toPrecision(15))));
        add(texts.sides, fill(texts.sidesText, { left, right, difference }));
      }
      const links = (finding.paths || [finding.path]).filter((path) => this.page.spec(path) && document.getElementById(path)).map((path) => this.cellLink(path));
      if (links.length) add(texts.cells, ...links.flatMap((link, place) => (place ? ["; ", link] : [link])));
      box.append(facts);
    });
    return box;
  }

  cellLink(path) {
    const link = element("a", "", `${this.page.titleOf(path)}: ${this.page.show(path) || this.page.texts.empty}`);
    link.href = `#${path}`;
    return link;
  }

  link(finding) {
    const target = this.page.findings.targetOf(finding);
    const heading = target.matches("h2, h3, summary");
    const link = element("a", "", heading || !this.page.spec(target.id) ? target.dataset.title || target.textContent.trim() : this.page.titleOf(target.id));
    link.href = `#${target.id}`;
    return link;
  }

  follow(event) {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    this.page.select(decodeURIComponent(link.hash.slice(1)));
  }
}
