// "Bỏ qua cảnh báo và ghi lý do": the field in which the reason for one finding is written, where
// the finding is told. Usual reasons are offered; what is written replaces them.

let made = 0;

function element(tag, className, text = "") {
  const found = document.createElement(tag);
  if (className) found.className = className;
  if (text) found.textContent = text;
  return found;
}

function button(className, text, action) {
  const found = element("button", className, text);
  found.type = "button";
  found.addEventListener("click", action);
  return found;
}

export class ReasonField {
  /** `saved()` is called when a reason has been written down. */
  constructor(finding, { reasons, texts, saved }) {
    Object.assign(this, { finding, reasons, texts, saved });
    this.box = element("div", "finding-reason");
    this.open = Boolean(reasons.begun(finding));
    this.show();
  }

  show() {
    this.shown = this.mark();
    this.box.replaceChildren(...(this.open ? this.editing() : this.closed()));
  }

  /** What is on display; when it changes, show again. */
  mark() {
    return `${this.open} ${this.reasons.get(this.finding)} ${this.reasons.isSent(this.finding)}`;
  }

  refresh() {
    if (this.open || this.shown === this.mark()) return;
    const focused = this.box.contains(document.activeElement);
    this.show();
    if (focused) this.box.querySelector("button").focus();
  }

  closed() {
    const { texts, reasons, finding } = this;
    const given = reasons.isGiven(finding);
    const words = finding.severity === "warning" ? texts.reasonSkip : texts.reasonAnswer;
    const opener = button("button button-small", given ? texts.reasonEdit : words, () => this.begin());
    if (!given) return [opener];
    const line = element("p", "finding-given");
    line.append(element("strong", "", `${texts.reason}: `), reasons.get(finding));
    if (!reasons.isSent(finding)) line.append(" ", element("span", "hint", texts.reasonWaiting));
    return [line, opener];
  }

  begin() {
    this.open = true;
    this.show();
    this.field.focus();
  }

  editing() {
    const { texts, reasons, finding } = this;
    made += 1;
    const label = element("label", "", texts.reasonLabel);
    const hint = element("p", "hint", texts.reasonHint);
    const wrong = element("p", "field-error");
    this.field = element("textarea", "input");
    Object.assign(this.field, { id: `reason-${made}`, rows: 2, maxLength: 2000, value: reasons.begun(finding) || reasons.get(finding) });
    this.field.addEventListener("input", () => reasons.begin(finding, this.field.value));
    Object.assign(hint, { id: `reason-hint-${made}` });
    Object.assign(wrong, { id: `reason-wrong-${made}`, hidden: true });
    label.htmlFor = this.field.id;
    this.field.setAttribute("aria-describedby", `${hint.id} ${wrong.id}`);
    this.wrong = wrong;
    const usual = element("p", "usual-reasons");
    for (const text of texts.usualReasons.split("|")) {
      usual.append(button("button button-small", text, () => {
        this.field.value = text;
        reasons.begin(finding, text);
        this.field.focus();
      }));
    }
    const actions = element("p", "actions");
    actions.append(button("button button-small button-primary", texts.reasonSave, () => this.save()), button("button button-small", texts.reasonCancel, () => this.end()));
    return [label, hint, wrong, this.field, usual, actions];
  }

  save() {
    const text = this.field.value;
    const enough = this.reasons.isEnough(text);
    this.wrong.hidden = enough;
    this.wrong.textContent = enough ? "" : this.texts.reasonShort;
    if (!enough) {
      this.field.setAttribute("aria-invalid", "true");
      this.field.focus();
      return;
    }
    this.reasons.set(this.finding, text);
    this.end();
    this.saved();
  }

  end() {
    this.reasons.begin(this.finding, "");
    this.open = false;
    this.show();
    this.box.querySelector("button").focus();
  }
}
