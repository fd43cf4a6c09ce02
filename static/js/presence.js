// Says to the server every 20 seconds, while the page is in view, at which cell its reader is, and
// shows who else is at the report; what they have written meanwhile is fetched. It is never in the way: a beat that fails is followed by the next.

import { csrfHeaders } from "./app.js";

const BEAT = 20000;
const SOON = 1500;

export function start(page) {
  const bar = document.getElementById("parts");
  const list = document.getElementById("parts-there");
  if (!bar || !list || !bar.dataset.presence) return;
  let path = "";
  let told = "";
  let timer = 0;

  function show(there) {
    const text = there.join("\n");
    if (text === told) return; // nothing new to be read out
    told = text;
    list.replaceChildren(
      ...there.map((sentence) => {
        const item = document.createElement("li");
        item.textContent = sentence;
        return item;
      }),
    );
  }

  /** A version of the form that was published while this page was open. */
  function tellVersion(text) {
    const place = document.getElementById("version-note");
    if (!text || !place || place.childElementCount) return;
    const line = document.createElement("p");
    line.className = "notice notice-info";
    line.textContent = text;
    place.append(line);
  }

  /** Figures and reasons of others; what is being sent from here brings them along by itself. */
  async function follow(edit) {
    const { saver } = page;
    if (edit !== saver.edit && !saver.sending && !saver.waiting().length && !saver.isLeft) await saver.refresh();
  }

  async function beat() {
    clearTimeout(timer);
    timer = setTimeout(beat, BEAT);
    if (document.visibilityState !== "visible" || !navigator.onLine) return;
    try {
      const answer = await fetch(bar.dataset.presence, { method: "POST", headers: csrfHeaders(), body: new URLSearchParams({ path }) });
      if (!answer.ok) return;
      const { there, edit, newer } = await answer.json();
      show(there);
      tellVersion(newer);
      await follow(edit);
    } catch {
      // Offline or between two servers: the state of saving tells people what they need to know.
    }
  }

  page.on("focused", ({ path: focused }) => {
    const [section, before] = [focused, path].map((one) => document.getElementById(one)?.closest(".form-section"));
    path = focused;
    if (section === before) return; // the same part: the next beat tells the cell
    clearTimeout(timer);
    timer = setTimeout(beat, SOON);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && beat());
  beat();
}
