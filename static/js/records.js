// A survey sheet beside its cells: the sheets that it repeats, and opening the next one only when
// everything typed has reached the server.

const NAME = "{number}";

/** The warning with links to the sheets that agree with this one; nothing when there is none. */
function paint(region, same) {
  const texts = JSON.parse(region.dataset.texts);
  if (same.length === 0) {
    region.replaceChildren();
    return;
  }
  const line = document.createElement("p");
  line.className = "notice notice-warning";
  const words = document.createElement("span");
  words.append(`${texts.one} `);
  same.forEach((one, at) => {
    const link = document.createElement("a");
    link.href = region.dataset.address.replace("RECORD", encodeURIComponent(one.record));
    link.textContent = texts.sheet.replace(NAME, String(one.number));
    words.append(at > 0 ? ", " : "", link);
  });
  words.append(`. ${texts.hint}`);
  line.append(words);
  region.replaceChildren(line);
}

/** The next sheet is opened when this one is safe. */
function leaveSafely(page, form) {
  form.addEventListener("submit", async (event) => {
    for (const grid of page.grids) grid.finish(true);
    if (!page.saver.unsent) return;
    event.preventDefault();
    if (await page.saver.now()) form.submit();
  });
}

export function start(page) {
  const region = document.getElementById("same-sheets");
  if (!region) return;
  let shown = "";
  page.on("answered", ({ body }) => {
    if (!Array.isArray(body.same)) return; // a conflict tells its cells only
    const told = JSON.stringify(body.same);
    if (told !== shown) paint(region, body.same);
    shown = told;
  });
  for (const form of document.querySelectorAll("form[data-leave-form]")) leaveSafely(page, form);
}
