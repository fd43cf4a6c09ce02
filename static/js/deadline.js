// The head of the report says how many days are left. At midnight of the office's day, by the
// server's clock, it is read again, whatever this machine's clock and zone say.

const DAY = 24 * 3600 * 1000;
const OFFICE_ZONE = 7 * 3600 * 1000; // Asia/Ho_Chi_Minh, which has no summer time
const A_MOMENT = 2000;

/** Keeps the head of the report true over midnight and after a long sleep of the machine. */
export function start(page) {
  const dayOf = (instant) => Math.floor((instant.getTime() + OFFICE_ZONE) / DAY);
  let shown = dayOf(page.messages.clock());
  let timer = 0;

  async function read() {
    try {
      const response = await fetch(location.pathname, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!response.ok || response.redirected) return;
      const found = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".report-head");
      if (found) document.querySelector(".report-head").replaceWith(document.importNode(found, true));
    } catch {
      shown -= 1; // no network: asked again at the next look
    }
  }

  function look() {
    clearTimeout(timer);
    const now = page.messages.clock();
    const due = dayOf(now) !== shown;
    shown = dayOf(now);
    if (due) read();
    timer = setTimeout(look, DAY - ((now.getTime() + OFFICE_ZONE) % DAY) + A_MOMENT);
  }

  look();
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}
