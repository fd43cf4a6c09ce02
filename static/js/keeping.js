// Nothing typed is lost: joins drafts, saving, signing in again, other windows and the copy for
// working without a network with the filling page.

import { inTime } from "./browser_store.js";
import { Drafts } from "./drafts.js";
import { onSigningOut } from "./leaving.js";
import { startOfflineCopy, takeCopy } from "./offline_copy.js";
import { startPersonalCells } from "./personal_cells.js";
import { Saver } from "./saving.js";
import { ServerLine } from "./server_line.js";
import { startSigningIn } from "./signing_in.js";
import { Typing } from "./typing.js";
import { startWindows } from "./windows.js";

const byId = (id) => document.getElementById(id);

/** Gives *page* its drafts and its saver, before anything can be typed. */
export function startKeeping(page) {
  const told = JSON.parse(byId("keeping").textContent);
  page.messages.saving = told.texts;
  page.halfWritten.isKept = !told.personal;
  page.drafts = new Drafts(page.program, told.browser);
  const noteStorage = (isKept) => {
    byId("storage-note").hidden = isKept;
  };
  page.drafts.onTrouble = () => noteStorage(false);
  let windows = { saved() {} };
  const on = {
    answer: (body) => page.answered(body),
    clock: page.messages.clock,
    conflicts: (met) => {
      page.messages.conflicts(met, page.local, (path, their, mine, facts) => {
        if (facts.ofDraft) decideDraft(page, path, mine ? page.local.get(path) : their, facts.tab);
        else page.decided(path, their, mine);
      });
      page.paint([...met.keys()]);
    },
    refused: (path) => page.paint([path]),
    saved: (cells, before, edit) => windows.saved(cells, before, edit),
    state: (state) => {
      page.messages.state(state);
      page.paint([...page.unsettled]);
      page.emit("state", state);
    },
  };
  const line = new ServerLine(page.program.account, told.browser);
  page.saver = new Saver({ program: page.program, local: page.local, base: page.base, drafts: page.drafts, line, edit: told.edit, on });
  page.leave = () => {
    page.drafts.close();
    page.saver.isLeft = true;
  };
  onSigningOut({
    count: () => ({ cells: page.saver.unsent, reasons: page.reasons.unsent.size }),
    send: async () => {
      await page.saver.now();
      await page.reasons.send();
    },
    leave: page.leave,
  });
  startSigningIn(page, { address: told.browser, texts: told.texts });
  startPersonalCells(page, told.texts);
  const typing = new Typing(page, told.texts);

  const restore = async () => {
    await page.drafts.opened;
    await takeCopy(page);
    windows = startWindows(page);
    await page.drafts.watch((left) => takeUp(page, typing, left));
    startOfflineCopy(page, told);
    askToPersist();
  };
  /** What this browser still holds of earlier visits; resolves when it stands on the page, or may stand there later. */
  return async () => {
    const restoring = restore().then(() => true);
    if (await inTime(restoring, false)) return;
    noteStorage(false);
    restoring.then(() => noteStorage(page.drafts.available));
  };
}

/** What a window left behind becomes this window's own; only then its records go. */
async function takeUp(page, typing, { cells, typing: texts, tab }) {
  const { former } = page.saver;
  const gone = texts.filter(({ path }) => path.startsWith("/") && former.isFormer({ path }));
  const taken = page.saver.restore([...cells, ...gone.map(asCell)], tab);
  const rivals = cells.filter((one) => !former.isFormer(one)).map(({ key }) => key).filter((path) => (page.saver.conflicts.get(path) || {}).ofDraft);
  await page.saver.keep(taken);
  await former.keep();
  await page.drafts.drop(tab, cells.map(({ key }) => key).filter((key) => !rivals.includes(key)), texts.map(({ path }) => path));
  if (taken.length) page.emit("changed", { paths: taken });
  page.recalculate(page.withCells(taken));
  typing.restore(page.halfWritten.restore(page.reasons.restore(texts.filter((one) => !gone.includes(one)))));
}

/** A text of a cell that is gone: no editor can take it up again, so it is shown like a lost figure. */
function asCell({ path, text, title, version }) {
  return { path, version, title, half: true, change: { from: { value: null, status: null }, to: { value: text, status: null } } };
}

/** Two windows left different figures for one cell: the chosen one goes on. */
function decideDraft(page, path, held, tab) {
  page.local.set(path, held);
  page.saver.touch([path]);
  page.drafts.drop(tab, [path], []);
  page.emit("changed", { paths: [path] });
  page.recalculate([path]);
}

/** Once: that this site's drafts are not the first to go when the disk gets full. */
async function askToPersist() {
  const { storage } = navigator;
  try {
    if (!storage || !storage.persist || localStorage.getItem("asked-to-persist")) return;
    localStorage.setItem("asked-to-persist", "1");
    if (!(await storage.persisted())) await storage.persist();
  } catch {
    // Without a storage of its own there is nothing to ask for.
  }
}
