// The windows of one account in this browser: what one has saved appears in the others, and all
// of them close when the account signs out.

/** Opens the channel of *account*; null where the browser has none. */
export function channelOf(account) {
  return typeof BroadcastChannel === "function" ? new BroadcastChannel(`bieumau:${account}`) : null;
}

/** Joins *page* to the other windows that show the same document. */
export function startWindows(page) {
  const channel = channelOf(page.program.account);
  if (!channel) return { saved() {} };
  const { document: shown } = page.program;
  const tell = (message) => channel.postMessage({ ...message, document: shown, tab: page.drafts.tab, version: page.program.version });

  const take = ({ cells, before, edit }) => {
    const taken = [];
    const isPassedOver = cells.some(({ path }) => page.saver.isHeld(path));
    for (const { path, held } of cells) {
      // What is being changed here too stays; the server will show both values.
      if (page.saver.isHeld(path)) continue;
      page.base.set(path, held);
      page.local.set(path, held);
      taken.push(path);
    }
    // Anything else in between, and the next answer must bring the whole document.
    page.saver.edit = page.saver.edit === before && !isPassedOver ? edit : 0;
    if (taken.length) page.emit("changed", { paths: taken });
    page.recalculate(page.withCells(taken));
  };
  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "signed-out") page.leave();
    if (data.document !== shown || data.tab === page.drafts.tab) return;
    page.drafts.meet(data.tab);
    if (data.kind === "hello") tell({ kind: "here" });
    if (data.kind !== "saved") return;
    // A window on another version of the form: its cells are not ours, the next answer brings all.
    if (data.version === page.program.version) take(data);
    else page.saver.edit = 0;
  });
  tell({ kind: "hello" });
  return { saved: (cells, before, edit) => cells.length && tell({ kind: "saved", cells, before, edit }) };
}
