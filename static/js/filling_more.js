// What the filling page does beside taking figures: judging them by itself, the panel at the cell,
// files, who else is there. Fetched once one can type, so that a slow line brings the grid first.

import { start as startAttachments } from "./attachments.js";
import { start as startBeside } from "./beside.js";
import { start as startDeadline } from "./deadline.js";
import { started } from "./filling.js";
import { start as startMovedForm } from "./moved_form.js";
import { start as startPresence } from "./presence.js";
import { start as startRecords } from "./records.js";
import { Judge } from "./verdict.js";

started.then((page) => {
  page.findings.judgeBy(new Judge(page.program));
  startBeside(page);
  startDeadline(page);
  startMovedForm(page);
  startPresence(page);
  startAttachments(page);
  startRecords(page);
  document.documentElement.dataset.ready = "filling";
});
